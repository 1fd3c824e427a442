// The records and campaign standings that one batch touches: read under lock, changed in memory, written at its end.

import type { CampaignRecordState, RecordState } from '../crm/effects.ts'
import { fitText, lengths } from './columns.ts'
import type { Store } from './open.ts'
import { type RecordRow, recordColumns } from './rows.ts'
import type { Transaction } from './transaction.ts'

/** The table of a module, or null for a module that nobody told us of. */
export function tableOf(module: string): string | null {
  return module === 'contacts' || module === 'companies' || module === 'leads' ? `rebound_${module}` : null
}

/** So many values in one `in (…)` or rows in one insert: far below what any of the databases takes. */
export const chunkSize = 200

export function chunks<T>(items: readonly T[]): readonly (readonly T[])[] {
  const all: T[][] = []
  for (let at = 0; at < items.length; at += chunkSize) all.push(items.slice(at, at + chunkSize))
  return all
}

interface Held<S> {
  state: S | null
  readonly existed: boolean
  changed: boolean
}

export interface RecordKey {
  readonly module: string
  readonly recordId: string
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export interface Records {
  readonly get: (key: RecordKey) => RecordState | null
  readonly set: (key: RecordKey, state: RecordState) => void
  /** Epoch milliseconds of the latest reset among them, 0 when there is none. */
  readonly latestReset: number
  readonly write: () => Promise<void>
}

/** Reads the records under lock, in the order of their keys so that no two servers wait for each other. */
export async function holdRecords(
  store: Store,
  transaction: Transaction,
  keys: readonly RecordKey[],
): Promise<Records> {
  const tables = new Map<string, Map<string, Held<RecordState>>>()
  for (const { module, recordId } of keys) {
    const held = tables.get(module) ?? new Map<string, Held<RecordState>>()
    held.set(recordId, { state: null, existed: false, changed: false })
    tables.set(module, held)
  }
  let latestReset = 0
  const modules = [...tables.keys()].sort(byText)
  for (const module of modules) {
    const held = tables.get(module)
    const table = tableOf(module)
    if (!held || !table) continue
    for (const ids of chunks([...held.keys()].sort(byText))) {
      const query = store.knex(table).select(recordColumns).whereIn('id', ids).orderBy('id')
      const rows = await transaction.run(store.dialect === 'mysql' ? query.forUpdate() : query)
      for (const row of rows as readonly RecordRow[]) {
        held.set(row.id, { state: recordState(row), existed: true, changed: false })
        latestReset = Math.max(latestReset, Number(row.reset_at ?? 0))
      }
    }
  }

  return {
    latestReset,
    get: key => tables.get(key.module)?.get(key.recordId)?.state ?? null,
    set: (key, state) => {
      const held = tables.get(key.module)?.get(key.recordId)
      if (!held) return
      held.state = state
      held.changed = true
    },
    write: async () => {
      for (const module of modules) {
        const table = tableOf(module)
        const changed = [...(tables.get(module) ?? [])].filter(([, held]) => held.changed)
        if (!table) continue
        changed.sort(([a], [b]) => byText(a, b))
        const rows = (existed: boolean) =>
          changed.flatMap(([id, held]) =>
            held.existed === existed && held.state ? [recordRow(id, held.state)] : [],
          )
        // A row that somebody else made meanwhile fails on its key, and the batch begins again.
        for (const some of chunks(rows(false))) await transaction.run(store.knex(table).insert([...some]))
        for (const some of chunks(rows(true)))
          await transaction.run(
            store
              .knex(table)
              .insert([...some])
              .onConflict('id')
              .merge(),
          )
      }
    },
  }
}

function recordState(row: RecordRow): RecordState {
  return {
    email: row.email,
    emailBounced: Boolean(row.email_bounced),
    bouncedAddress: row.bounced_address,
    hardBounces: row.hard_bounces,
    softBounces: row.soft_bounces,
    lastBounceAt: row.last_bounce_at === null ? null : Number(row.last_bounce_at),
  }
}

function recordRow(id: string, state: RecordState): Omit<RecordRow, 'reset_at'> {
  return {
    id,
    email: fitText(state.email, lengths.address),
    email_bounced: state.emailBounced ? 1 : 0,
    bounced_address: fitText(state.bouncedAddress, lengths.address),
    hard_bounces: state.hardBounces,
    soft_bounces: state.softBounces,
    last_bounce_at: state.lastBounceAt,
  }
}

// ------------------------------------------------------------------------------------------------

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

export interface Standings {
  readonly get: (key: StandingKey) => CampaignRecordState | null
  readonly set: (key: StandingKey, state: CampaignRecordState, fingerprint: string) => void
  readonly write: (idOf: (fingerprint: string) => number | null) => Promise<void>
}

const joined = (key: StandingKey): string => `${key.campaignId}\0${key.module}\0${key.recordId}`

/** Reads, under lock, how the campaigns count these records. */
export async function holdStandings(
  store: Store,
  transaction: Transaction,
  keys: readonly StandingKey[],
): Promise<Standings> {
  const all = new Map<string, Held<Standing> & { readonly key: StandingKey }>()
  for (const key of keys) all.set(joined(key), { key, state: null, existed: false, changed: false })
  const sorted = [...all.keys()].sort(byText)
  for (const some of chunks(sorted)) {
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
      const held = all.get(joined(key))
      if (!held) return
      const before = held.state
      held.state = {
        state,
        bounce: state.type === (before?.state.type ?? null) ? (before?.bounce ?? null) : fingerprint,
        complaint:
          state.complained === (before?.state.complained ?? false)
            ? (before?.complaint ?? null)
            : fingerprint,
      }
      held.changed = true
    },
    write: async idOf => {
      const id = (ref: string | number | null): number | null => (typeof ref === 'string' ? idOf(ref) : ref)
      const rows = (existed: boolean): readonly StandingRow[] =>
        sorted.flatMap(joint => {
          const held = all.get(joint)
          if (!held?.changed || held.existed !== existed || !held.state) return []
          const { state, bounce, complaint } = held.state
          return [
            {
              campaign_id: held.key.campaignId,
              module: held.key.module,
              record_id: held.key.recordId,
              type: state.type,
              blocked: state.blocked ? 1 : 0,
              event_id: id(bounce),
              complaint_event_id: id(complaint),
            },
          ]
        })
      const table = () => store.knex('rebound_campaign_records')
      for (const some of chunks(rows(false))) await transaction.run(table().insert([...some]))
      for (const some of chunks(rows(true)))
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
