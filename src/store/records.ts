// Records as people and the CRM see and change them.

import type { CrmRecord, Page, StoredBounce } from '../model.ts'
import { audit } from './audit.ts'
import { databaseNow } from './clock.ts'
import { isKey } from './columns.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { failureOf, persist } from './failures.ts'
import type { Store } from './open.ts'
import {
  type BounceRow,
  bounceColumns,
  modules,
  type RecordRow,
  recordColumns,
  tableOf,
  toBounce,
  toRecord,
} from './rows.ts'
import { inTransaction } from './transaction.ts'

export interface RecordChange {
  readonly email?: string | null | undefined
  readonly emailBounced?: false | undefined
}

export interface Records {
  readonly get: (module: string, id: string) => Promise<CrmRecord | null>
  /** Changes the fields given; a new address does not clear the flag, `emailBounced: false` resets (§2.4). */
  readonly change: (
    module: string,
    id: string,
    change: RecordChange,
    options: { readonly create: boolean; readonly actor: string },
  ) => Promise<CrmRecord | null>
  /** The only record that has this address, as written or in lower case; null when none or several have it. */
  readonly findByAddress: (
    address: string,
  ) => Promise<{ readonly module: string; readonly id: string } | null>
  /** What came back for the record, newest first; other people's blocks of its reports are left out. */
  readonly history: (
    module: string,
    id: string,
    page: { readonly after?: string | undefined; readonly limit: number },
  ) => Promise<Page<StoredBounce>>
}

export function createRecords(store: Store): Records {
  return {
    get: async (module, id) => {
      const table = tableOf(module)
      if (!table || !isKey(id)) return null
      const rows = await persist(async () => await store.knex(table).select(recordColumns).where({ id }))
      return rows[0] ? toRecord(module, rows[0] as RecordRow) : null
    },
    change: async (module, id, change, options) => {
      const table = tableOf(module)
      if (!table || !isKey(id)) return null
      return await persist(() => changeRecord(store, { module, table, id }, change, options))
    },
    findByAddress: async address => {
      const found: { readonly module: string; readonly id: string }[] = []
      for (const module of modules) {
        const spellings = [address, address.toLowerCase()]
        const query = () =>
          store
            .knex(`${tableOf(module)}`)
            .select('id')
            .whereIn('email', spellings)
            .limit(2)
        const rows = await persist(async () => (await query()) as readonly { id: string }[])
        found.push(...rows.map(({ id }) => ({ module, id })))
      }
      return found.length === 1 && found[0] ? found[0] : null
    },
    history: (module, id, page) => persist(() => readHistory(store, module, id, page)),
  }
}

async function changeRecord(
  store: Store,
  at: { readonly module: string; readonly table: string; readonly id: string },
  change: RecordChange,
  options: { readonly create: boolean; readonly actor: string },
): Promise<CrmRecord | null> {
  const { module, table, id } = at
  if (options.create) await createUnlessThere(store, table, id)
  return await inTransaction(store, async transaction => {
    const query = store.knex(table).select(recordColumns).where({ id })
    const [row] = (await transaction.run(
      store.dialect === 'mysql' ? query.forUpdate() : query,
    )) as readonly RecordRow[]
    if (!row) return null

    const changed: { -readonly [K in keyof RecordRow]?: RecordRow[K] } = {}
    if (change.email !== undefined && change.email !== row.email) changed.email = change.email
    const isReset = !row.email_bounced && row.hard_bounces === 0 && row.soft_bounces === 0
    if (change.emailBounced === false && !isReset) {
      changed.email_bounced = 0
      changed.hard_bounces = 0
      changed.soft_bounces = 0
      changed.reset_at = await resetTime(store, transaction, module, id)
      const { email_bounced, hard_bounces, soft_bounces, bounced_address, reset_at } = row
      await audit(store, transaction, {
        at: changed.reset_at,
        actor: options.actor,
        action: 'reset',
        module,
        recordId: id,
        eventId: null,
        before: {
          email_bounced: Boolean(email_bounced),
          hard_bounces,
          soft_bounces,
          bounced_address,
          reset_at,
        },
      })
    }
    if (Object.keys(changed).length > 0)
      await transaction.run(store.knex(table).where({ id }).update(changed))
    return toRecord(module, { ...row, ...changed })
  })
}

async function createUnlessThere(store: Store, table: string, id: string): Promise<void> {
  const there = await store.knex(table).select('id').where({ id })
  if (there.length > 0) return
  try {
    await store.knex(table).insert({ id })
  } catch (error) {
    if (failureOf(error) !== 'duplicate') throw error
  }
}

/** Later than every event of the record, and no later than the next: what counts since then is plain (undo.ts). */
async function resetTime(
  store: Store,
  transaction: Parameters<typeof databaseNow>[1],
  module: string,
  recordId: string,
): Promise<number> {
  const rows = (await transaction.run(
    store.knex('rebound_bounces').max('recorded_at as last').where({ module, record_id: recordId }),
  )) as unknown as readonly { last: number | null }[]
  return Math.max(await databaseNow(store, transaction), Number(rows[0]?.last ?? 0) + 1)
}

async function readHistory(
  store: Store,
  module: string,
  recordId: string,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<Page<StoredBounce>> {
  const after = page.after === undefined ? null : decodeCursor('h', page.after, [0, 0] as const)
  const select = store
    .knex('rebound_bounces')
    .select(bounceColumns)
    .where({ module, record_id: recordId })
    .whereNot('concern', 'other')
    .orderBy([
      { column: 'recorded_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(page.limit + 1)
  if (after)
    select
      .where('recorded_at', '<=', after[0])
      .where(either => either.where('recorded_at', '<', after[0]).orWhere('id', '<', after[1]))
  const rows = (await select) as readonly BounceRow[]
  const shown = rows.slice(0, page.limit)
  const last = shown.at(-1)
  return {
    items: shown.map(toBounce),
    next:
      rows.length > page.limit && last ? encodeCursor('h', Number(last.recorded_at), Number(last.id)) : null,
  }
}
