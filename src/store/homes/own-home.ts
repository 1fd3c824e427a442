// Records in Rebound's own tables, made on first sight.

import type { RecordState } from '../../crm/effects.ts'
import { sameAddress } from '../../crm/mapped-record.ts'
import { normalAddress } from '../../model/address.ts'
import { chunks } from '../database/chunks.ts'
import { fitText, lengths } from '../database/columns.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { byText, type RecordRow, recordColumns } from '../database/rows.ts'
import type { Transaction } from '../database/transaction.ts'
import { rename, rowsThatMention } from '../upkeep/forget-texts.ts'
import type { Forgetting, LockedRows, RecordHome } from './record-home.ts'

interface LockedRow {
  row: RecordRow
  readonly existed: boolean
  changed: boolean
}

const unseen: Omit<RecordRow, 'id'> = {
  email: null,
  email_bounced: 0,
  bounced_address: null,
  hard_bounces: 0,
  soft_bounces: 0,
  last_bounce_at: null,
  reset_at: null,
}

export function ownHome(store: Store, module: string): RecordHome {
  const { knex } = store
  const table = `rebound_${module}`
  return {
    seen: { table, where: {}, isTruth: true },
    lock: (transaction, ids) => lock(store, transaction, table, ids),
    read: async ids => {
      const rows = new Map<string, RecordRow>()
      for (const some of chunks(store, ids))
        for (const row of (await knex(table).select(recordColumns).whereIn('id', some)) as RecordRow[])
          rows.set(row.id, row)
      return rows
    },
    findByAddress: async spellings => {
      const normal = [...new Set(spellings.map(normalOf))]
      const rows = await knex(table).select('id').whereIn('normal_email', normal).limit(2)
      return (rows as readonly { id: string }[]).map(({ id }) => id)
    },
    forget: wanted => forget(store, table, wanted),
  }
}

async function forget(
  store: Store,
  table: string,
  { spellings, pseudonym, dryRun }: Forgetting,
): Promise<number> {
  const columns = ['email', 'bounced_address'] as const
  const isIt = (text: unknown): boolean => typeof text === 'string' && spellings.isWhole(text)
  let changed = 0
  for await (const rows of rowsThatMention(
    store,
    { table, key: 'id', columns: ['id', ...columns] },
    spellings,
  ))
    for (const row of rows) {
      const found = columns.filter(column => isIt(row[column]))
      if (found.length === 0 && !isIt(row.id)) continue
      changed++
      if (dryRun) continue
      for (const column of found) {
        // Only what was found: somebody may have given it another address meanwhile.
        const where = { id: `${row.id}`, [column]: `${row[column]}` }
        await persist(
          async () =>
            await store
              .knex(table)
              .where(where)
              .update({ [column]: null, ...(column === 'email' ? { normal_email: null } : {}) }),
        )
      }
      if (isIt(row.id)) await rename(store, table, { id: row.id }, { id: pseudonym })
    }
  return changed
}

async function lock(
  store: Store,
  transaction: Transaction,
  table: string,
  ids: readonly string[],
): Promise<LockedRows> {
  const locked = new Map<string, LockedRow>()
  for (const id of ids) locked.set(id, { row: { id, ...unseen }, existed: false, changed: false })
  let latestReset = 0
  for (const some of chunks(store, [...locked.keys()].sort(byText))) {
    const query = store.knex(table).select(recordColumns).whereIn('id', some).orderBy('id')
    const rows = await transaction.run(store.dialect === 'mysql' ? query.forUpdate() : query)
    for (const row of rows as readonly RecordRow[]) {
      locked.set(row.id, { row, existed: true, changed: false })
      latestReset = Math.max(latestReset, Number(row.reset_at ?? 0))
    }
  }
  const find = (id: string): RecordRow | null => {
    const found = locked.get(id)
    return found && (found.existed || found.changed) ? found.row : null
  }
  const change = (id: string, fields: Partial<RecordRow>): void => {
    const found = locked.get(id)
    if (!found) return
    found.row = { ...found.row, ...fields }
    found.changed = true
  }

  return {
    find,
    latestReset,
    resetAt: id => Number(find(id)?.reset_at ?? 0),
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
    write: async () => {
      const changed = [...locked.values()]
        .filter(each => each.changed)
        .sort((a, b) => byText(a.row.id, b.row.id))
      const rows = (existed: boolean) =>
        changed.flatMap(each => (each.existed === existed ? [columnsOf(each.row)] : []))
      // A row that somebody else made meanwhile fails on its key, and the batch begins again.
      for (const some of chunks(store, rows(false)))
        await transaction.run(store.knex(table).insert([...some]))
      for (const some of chunks(store, rows(true)))
        await transaction.run(
          store
            .knex(table)
            .insert([...some])
            .onConflict('id')
            .merge(),
        )
    },
  }
}

/** As `normal_email` keeps it. */
function normalOf(email: string): string {
  return fitText(normalAddress(email), lengths.address)
}

/** A row as it is written. */
function columnsOf(row: RecordRow): RecordRow & { readonly normal_email: string | null } {
  return { ...row, normal_email: row.email === null ? null : normalOf(row.email) }
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

function recordFields(state: RecordState): Omit<RecordRow, 'id' | 'reset_at'> {
  return {
    email: fitText(state.email, lengths.address),
    email_bounced: state.emailBounced ? 1 : 0,
    bounced_address: fitText(state.bouncedAddress, lengths.address),
    hard_bounces: state.hardBounces,
    soft_bounces: state.softBounces,
    last_bounce_at: state.lastBounceAt,
  }
}
