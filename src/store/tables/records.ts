// Records as people and the CRM see and change them.

import type { By } from '../../model/actor.ts'
import { FieldError } from '../../model/field-error.ts'
import type { Page, PageQuery } from '../../model/page.ts'
import type { CrmRecord, RecordChange, Records } from '../../model/record.ts'
import type { StoredBounce } from '../../model/stored-bounce.ts'
import { databaseNow, resetTime } from '../database/clock.ts'
import { isKey } from '../database/columns.ts'
import { againWhenDuplicate, failureOf, persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { bounceRows, toBounce, toRecord } from '../database/rows.ts'
import { inTransaction } from '../database/transaction.ts'
import { homeOf, modulesOf } from '../homes/home-of.ts'
import type { RecordHome } from '../homes/record-home.ts'
import { audit } from '../upkeep/audit.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'

export interface StoredRecords extends Records {
  /** The only record that has this address, as written, with its domain or all of it in lower case, and in any case where the CRM's table compares so; null when none or several have it. */
  readonly findByAddress: (
    address: string,
  ) => Promise<{ readonly module: string; readonly id: string } | null>
}

export function createRecords(store: Store): StoredRecords {
  const put = async (
    create: boolean,
    module: string,
    id: string,
    change: RecordChange,
    { actor }: By,
  ): ReturnType<Records['put']> => {
    const home = homeOf(store, module)
    if (!home || !isKey(id)) return null
    const attempt = () => persist(() => putRecord(store, { module, home, id }, change, { create, actor }))
    try {
      // Of two that make the same record at once, one comes again.
      return await againWhenDuplicate(attempt)
    } catch (error) {
      if (failureOf(error) !== 'duplicate' || !change.email) throw error
      throw new FieldError('email', 'is the address of another record, and the CRM keeps each but once')
    }
  }
  return {
    get: async (module, id) => {
      const home = homeOf(store, module)
      if (!home || !isKey(id)) return null
      const row = (await persist(() => home.read([id]))).get(id)
      return row ? toRecord(module, row) : null
    },
    change: async (...given) => (await put(false, ...given))?.record ?? null,
    put: (...given) => put(true, ...given),
    alive: async (module, id, { actor }) => {
      const home = homeOf(store, module)
      if (!home || !isKey(id)) return null
      return await persist(() => noteAlive(store, { module, home, id }, actor))
    },
    findByAddress: async address => {
      const at = address.lastIndexOf('@')
      const folded = `${address.slice(0, at)}${address.slice(at).toLowerCase()}`
      const spellings = [...new Set([address, folded, address.toLowerCase()])]
      const found: { readonly module: string; readonly id: string }[] = []
      for (const module of modulesOf(store)) {
        const ids = await persist(
          async () => (await homeOf(store, module)?.findByAddress(spellings, 2)) ?? [],
        )
        found.push(...ids.map(id => ({ module, id })))
      }
      return found.length === 1 && found[0] ? found[0] : null
    },
    history: (module, id, page) => persist(() => readHistory(store, module, id, page)),
  }
}

async function putRecord(
  store: Store,
  at: { readonly module: string; readonly home: RecordHome; readonly id: string },
  change: RecordChange,
  options: { readonly create: boolean; readonly actor: string },
): ReturnType<Records['put']> {
  const { module, home, id } = at
  return await inTransaction(store, async transaction => {
    const locked = await home.lock(transaction, [id])
    const isNew = locked.find(id) === null && options.create
    if (isNew) locked.create(id)
    const row = locked.find(id)
    if (!row) return null

    const now = await databaseNow(store, transaction)
    if (change.email !== undefined && change.email !== row.email) locked.setAddress(id, change.email)
    const isReset = !row.email_bounced && row.hard_bounces === 0 && row.soft_bounces === 0
    if (change.emailBounced === false && !isReset) {
      const resetAt = await resetTime(store, transaction, module, id)
      locked.reset(id, resetAt)
      const { email_bounced, hard_bounces, soft_bounces, bounced_address, reset_at } = row
      await audit(store, transaction, {
        at: resetAt,
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
    await locked.write(now)
    const after = locked.find(id)
    return after && { record: toRecord(module, after), isNew }
  })
}

/** Audited where a bounce is forgotten by it: somebody may say so at every click. */
async function noteAlive(
  store: Store,
  { module, home, id }: { readonly module: string; readonly home: RecordHome; readonly id: string },
  actor: string,
): Promise<CrmRecord | null> {
  return await inTransaction(store, async transaction => {
    const locked = await home.lock(transaction, [id])
    const row = locked.find(id)
    if (!row) return null
    // Later than every event of it, as a reset is: what counts since then is plain.
    const at = await resetTime(store, transaction, module, id)
    const bounced = store.knex('rebound_bounces').select('id').where({ module, record_id: id, type: 'soft' })
    const since = bounced.where('recorded_at', '>=', locked.countsSince(id)).limit(1)
    if (((await transaction.run(since)) as readonly unknown[]).length > 0)
      await audit(store, transaction, {
        at,
        actor,
        action: 'alive',
        module,
        recordId: id,
        eventId: null,
        before: {
          soft_bounces: row.soft_bounces,
          last_bounce_at: row.last_bounce_at,
          alive_at: row.alive_at,
        },
      })
    locked.setAlive(id, at)
    await locked.write(at)
    const after = locked.find(id)
    return after && toRecord(module, after)
  })
}

async function readHistory(
  store: Store,
  module: string,
  recordId: string,
  page: PageQuery,
): Promise<Page<StoredBounce>> {
  const after = page.after === undefined ? null : decodeCursor('h', page.after, [0, 0] as const)
  const select = bounceRows(store)
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
  const rows = await select
  const shown = rows.slice(0, page.limit)
  const last = shown.at(-1)
  return {
    items: shown.map(toBounce),
    next:
      rows.length > page.limit && last ? encodeCursor('h', Number(last.recorded_at), Number(last.id)) : null,
  }
}
