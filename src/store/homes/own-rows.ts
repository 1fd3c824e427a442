// Records of Rebound's own tables, held in memory between reading and writing. Pure: who reads and who writes is open.

import type { RecordState } from '../../crm/effects.ts'
import { sameAddress } from '../../crm/mapped-record.ts'
import { normalAddress } from '../../model/address.ts'
import { fitText, lengths } from '../database/columns.ts'
import type { RowWrite, Value } from '../database/row-write.ts'
import { byText, type RecordRow, recordColumns } from '../database/rows.ts'
import type { LockedRows } from './record-home.ts'

interface HeldRow {
  row: RecordRow
  readonly existed: boolean
  changed: boolean
}

export interface OwnRows extends Omit<LockedRows, 'write'> {
  /** What changed: new rows, then those that are there, in the order of their ids. */
  readonly changes: () => readonly RowWrite[]
}

const unseen: Omit<RecordRow, 'id'> = {
  email: null,
  email_bounced: 0,
  bounced_address: null,
  hard_bounces: 0,
  soft_bounces: 0,
  last_bounce_at: null,
  reset_at: null,
  alive_at: null,
  complaints: 0,
  last_complaint_at: null,
}

const columns = [...recordColumns, 'normal_email'] as const

/** @param rows those that are there, at least of these ids */
export function ownRows(table: string, ids: readonly string[], rows: readonly RecordRow[]): OwnRows {
  const held = new Map<string, HeldRow>()
  for (const id of ids) held.set(id, { row: { id, ...unseen }, existed: false, changed: false })
  let latestReset = 0
  for (const row of rows) {
    if (!held.has(row.id)) continue
    held.set(row.id, { row, existed: true, changed: false })
    latestReset = Math.max(latestReset, Number(row.reset_at ?? 0), Number(row.alive_at ?? 0))
  }
  const find = (id: string): RecordRow | null => {
    const found = held.get(id)
    return found && (found.existed || found.changed) ? found.row : null
  }
  const change = (id: string, fields: Partial<RecordRow>): void => {
    const found = held.get(id)
    if (!found) return
    found.row = { ...found.row, ...fields }
    found.changed = true
  }

  return {
    find,
    latestReset,
    resetAt: id => Number(find(id)?.reset_at ?? 0),
    countsSince: id => Math.max(Number(find(id)?.reset_at ?? 0), Number(find(id)?.alive_at ?? 0)),
    setAlive: (id, at) => change(id, { alive_at: at }),
    get: id => {
      const row = find(id)
      return row ? recordState(row) : null
    },
    create: id => change(id, {}),
    set: (id, state) => change(id, recordFields(state)),
    reset: (id, at) => change(id, { email_bounced: 0, hard_bounces: 0, soft_bounces: 0, reset_at: at }),
    setAddress: (id, email) => change(id, { email }),
    giveBack: (id, address) => {
      const row = find(id)
      if (!row) return null
      if (row.email !== null) return sameAddress(row.email, address) ? null : row.email
      const isTheBounced = sameAddress(row.bounced_address, address)
      change(id, { email: address, ...(isTheBounced ? { bounced_address: null } : {}) })
      return null
    },
    changes: () => {
      const changed = [...held.values()]
        .filter(each => each.changed)
        .sort((a, b) => byText(a.row.id, b.row.id))
      const rowsThat = (existed: boolean): readonly (readonly Value[])[] =>
        changed.flatMap(each => (each.existed === existed ? [valuesOf(each.row)] : []))
      return [
        // A row that somebody else made meanwhile fails on its key, and the batch begins again.
        { table, columns, rows: rowsThat(false), key: null },
        { table, columns, rows: rowsThat(true), key: ['id'] },
      ]
    },
  }
}

/** As `normal_email` keeps it. */
export function normalOf(email: string): string {
  return fitText(normalAddress(email), lengths.address)
}

/** A row as it is written, in the order of `columns`. */
function valuesOf(row: RecordRow): readonly Value[] {
  const written = recordColumns.map(column => {
    const value = row[column]
    return typeof value === 'boolean' ? Number(value) : value
  })
  return [...written, row.email === null ? null : normalOf(row.email)]
}

function recordState(row: RecordRow): RecordState {
  return {
    email: row.email,
    emailBounced: Boolean(row.email_bounced),
    bouncedAddress: row.bounced_address,
    hardBounces: row.hard_bounces,
    softBounces: row.soft_bounces,
    lastBounceAt: row.last_bounce_at === null ? null : Number(row.last_bounce_at),
    complaints: row.complaints,
    lastComplaintAt: row.last_complaint_at === null ? null : Number(row.last_complaint_at),
  }
}

function recordFields(state: RecordState): Omit<RecordRow, 'id' | 'reset_at' | 'alive_at'> {
  return {
    email: fitText(state.email, lengths.address),
    email_bounced: state.emailBounced ? 1 : 0,
    bounced_address: fitText(state.bouncedAddress, lengths.address),
    hard_bounces: state.hardBounces,
    soft_bounces: state.softBounces,
    last_bounce_at: state.lastBounceAt,
    complaints: state.complaints,
    last_complaint_at: state.lastComplaintAt,
  }
}
