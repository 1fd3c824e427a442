// How the campaigns of one batch count its records: read under lock, changed in memory, written at its end.

import type { CampaignRecordState } from '../../crm/effects.ts'
import { chunks } from '../database/chunks.ts'
import type { Store } from '../database/open.ts'
import { byText } from '../database/rows.ts'
import type { Transaction } from '../database/transaction.ts'
import type { RecordKey } from './locked-records.ts'

export interface StandingKey extends RecordKey {
  readonly campaignId: string
}

interface StandingRow {
  readonly campaign_id: string
  readonly module: string
  readonly record_id: string
  readonly type: 'hard' | 'soft' | null
  readonly blocked: number | boolean
  readonly event_id: number | null
  readonly complaint_event_id: number | null
}

interface Standing {
  readonly state: CampaignRecordState
  /** The fingerprints of the events that count, until their ids are known. */
  readonly bounce: string | number | null
  readonly complaint: string | number | null
}

interface LockedStanding {
  readonly key: StandingKey
  state: Standing | null
  readonly existed: boolean
  changed: boolean
}

export interface LockedStandings {
  readonly get: (key: StandingKey) => CampaignRecordState | null
  readonly set: (key: StandingKey, state: CampaignRecordState, fingerprint: string) => void
  readonly write: (idOf: (fingerprint: string) => number | null) => Promise<void>
}

const joined = (key: StandingKey): string => `${key.campaignId}\0${key.module}\0${key.recordId}`

/** Reads, under lock, how the campaigns count these records. */
export async function lockStandings(
  store: Store,
  transaction: Transaction,
  keys: readonly StandingKey[],
): Promise<LockedStandings> {
  const all = new Map<string, LockedStanding>()
  for (const key of keys) all.set(joined(key), { key, state: null, existed: false, changed: false })
  const sorted = [...all.keys()].sort(byText)
  for (const some of chunks(store, sorted)) {
    const query = store
      .knex('rebound_campaign_records')
      .select('*')
      .whereIn(
        ['campaign_id', 'module', 'record_id'],
        some.map(joint => joint.split('\0')),
      )
    const rows = await transaction.run(store.dialect === 'mysql' ? query.forUpdate() : query)
    for (const row of rows as readonly StandingRow[]) {
      const key = { campaignId: row.campaign_id, module: row.module, recordId: row.record_id }
      all.set(joined(key), { key, state: standing(row), existed: true, changed: false })
    }
  }

  return {
    get: key => all.get(joined(key))?.state?.state ?? null,
    set: (key, state, fingerprint) => {
      const locked = all.get(joined(key))
      if (!locked) return
      const before = locked.state
      locked.state = {
        state,
        bounce: state.type === (before?.state.type ?? null) ? (before?.bounce ?? null) : fingerprint,
        complaint:
          state.complained === (before?.state.complained ?? false)
            ? (before?.complaint ?? null)
            : fingerprint,
      }
      locked.changed = true
    },
    write: async idOf => {
      const id = (ref: string | number | null): number | null => (typeof ref === 'string' ? idOf(ref) : ref)
      const rows = (existed: boolean): readonly StandingRow[] =>
        sorted.flatMap(joint => {
          const locked = all.get(joint)
          if (!locked?.changed || locked.existed !== existed || !locked.state) return []
          const { state, bounce, complaint } = locked.state
          return [
            {
              campaign_id: locked.key.campaignId,
              module: locked.key.module,
              record_id: locked.key.recordId,
              type: state.type,
              blocked: state.blocked ? 1 : 0,
              event_id: id(bounce),
              complaint_event_id: id(complaint),
            },
          ]
        })
      const table = () => store.knex('rebound_campaign_records')
      for (const some of chunks(store, rows(false))) await transaction.run(table().insert([...some]))
      for (const some of chunks(store, rows(true)))
        await transaction.run(
          table()
            .insert([...some])
            .onConflict(['campaign_id', 'module', 'record_id'])
            .merge(),
        )
    },
  }
}

function standing(row: StandingRow): Standing {
  return {
    state: { type: row.type, blocked: Boolean(row.blocked), complained: row.complaint_event_id !== null },
    bounce: row.event_id,
    complaint: row.complaint_event_id,
  }
}
