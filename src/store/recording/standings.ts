// How the campaigns of one batch count its records, held in memory between reading and writing. Pure.

import type { CampaignRecordState } from '../../crm/effects.ts'
import type { RowWrite } from '../database/row-write.ts'
import { byText } from '../database/rows.ts'
import type { StandingRow } from '../database/tables.ts'
import type { RecordKey } from './locked-records.ts'

export interface StandingKey extends RecordKey {
  readonly campaignId: string
}

export type { StandingRow }

export const standingColumns = [
  'campaign_id',
  'module',
  'record_id',
  'type',
  'blocked',
  'event_id',
  'complaint_event_id',
] as const satisfies readonly (keyof StandingRow)[]

interface Standing {
  readonly state: CampaignRecordState
  /** The fingerprints of the events that count, until their ids are known. */
  readonly bounce: string | number | null
  readonly complaint: string | number | null
}

interface HeldStanding {
  readonly key: StandingKey
  state: Standing | null
  readonly existed: boolean
  changed: boolean
}

export interface Standings {
  readonly get: (key: StandingKey) => CampaignRecordState | null
  readonly set: (key: StandingKey, state: CampaignRecordState, fingerprint: string) => void
  /** What changed: new rows, then those that are there, in the order of their keys. */
  readonly changes: <Id>(
    idOf: (fingerprint: string) => Id,
  ) => readonly RowWrite<Id | string | number | null>[]
}

const joined = (key: StandingKey): string => `${key.campaignId}\0${key.module}\0${key.recordId}`

/** The keys, each once, in the order in which they are locked. */
export function inLockOrder(keys: readonly StandingKey[]): readonly StandingKey[] {
  const distinct = new Map(keys.map(key => [joined(key), key]))
  return [...distinct].sort(([a], [b]) => byText(a, b)).map(([, key]) => key)
}

/**
 * @param keys in lock order
 * @param rows those that are there, at least of these keys
 */
export function standingsOf(keys: readonly StandingKey[], rows: readonly StandingRow[]): Standings {
  const held = new Map<string, HeldStanding>()
  for (const key of keys) held.set(joined(key), { key, state: null, existed: false, changed: false })
  for (const row of rows) {
    const key = { campaignId: row.campaign_id, module: row.module, recordId: row.record_id }
    if (held.has(joined(key)))
      held.set(joined(key), { key, state: standing(row), existed: true, changed: false })
  }

  return {
    get: key => held.get(joined(key))?.state?.state ?? null,
    set: (key, state, fingerprint) => {
      const found = held.get(joined(key))
      if (!found) return
      const before = found.state
      found.state = {
        state,
        bounce: state.type === (before?.state.type ?? null) ? (before?.bounce ?? null) : fingerprint,
        complaint:
          state.complained === (before?.state.complained ?? false)
            ? (before?.complaint ?? null)
            : fingerprint,
      }
      found.changed = true
    },
    changes: idOf => {
      const id = (ref: string | number | null) => (typeof ref === 'string' ? idOf(ref) : ref)
      const rowsThat = (existed: boolean) =>
        [...held.values()].flatMap(({ key, state, existed: did, changed }) => {
          if (!changed || did !== existed || !state) return []
          const { type, blocked } = state.state
          const counted = [id(state.bounce), id(state.complaint)]
          return [[key.campaignId, key.module, key.recordId, type, blocked ? 1 : 0, ...counted]]
        })
      const table = 'rebound_campaign_records'
      return [
        { table, columns: standingColumns, rows: rowsThat(false), key: null },
        {
          table,
          columns: standingColumns,
          rows: rowsThat(true),
          key: ['campaign_id', 'module', 'record_id'],
        },
      ]
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
