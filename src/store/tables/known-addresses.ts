// What is known of addresses: the last bounce of each, and the records that have or had one.

import type { StoredBounce } from '../../model/stored-bounce.ts'
import { chunks } from '../database/chunks.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { bounceRows, toBounce } from '../database/rows.ts'
import { homeOf, modulesOf } from '../homes/home-of.ts'

/** As written, with its domain in lower case, and in lower case altogether. */
export function spelledLike(address: string): readonly string[] {
  const at = address.lastIndexOf('@')
  const folded = `${address.slice(0, at)}${address.slice(at).toLowerCase()}`
  return [...new Set([address, folded, address.toLowerCase()])]
}

/** Addresses looked up in one statement. */
const atOnce = 50

/** The last bounce of each address that was not taken back, in the order asked; null for one that never bounced. */
export async function lastBounces(
  store: Store,
  addresses: readonly string[],
): Promise<readonly (StoredBounce | null)[]> {
  const newest = new Map<string, number>()
  const spellings = [...new Set(addresses.flatMap(spelledLike))]
  for (let at = 0; at < spellings.length; at += atOnce) {
    const rows = await persist(() => lastIds(store, spellings.slice(at, at + atOnce)))
    for (const { address, id } of rows) newest.set(address, Number(id))
  }
  const bounces = new Map<number, StoredBounce>()
  for (const some of chunks(store, [...newest.values()])) {
    const rows = await persist(async () => await bounceRows(store).whereIn('id', some))
    for (const row of rows) bounces.set(Number(row.id), toBounce(row))
  }
  return addresses.map(address => {
    const ids = spelledLike(address).flatMap(spelling => newest.get(spelling) ?? [])
    return ids.length === 0 ? null : (bounces.get(Math.max(...ids)) ?? null)
  })
}

interface LastId {
  readonly address: string
  readonly id: number
}

/** From the end of each address's events: an address of thousands costs no more than one of two. */
async function lastIds(store: Store, spellings: readonly string[]): Promise<readonly LastId[]> {
  const { knex } = store
  const last = (address: string) =>
    knex
      .select('address', 'id')
      .from(
        ofAddress(store, address)
          .select('address', 'id')
          .where('kind', 'bounce')
          .whereNotNull('type')
          .whereNull('undone_at')
          .orderBy(newestFirst)
          .limit(1)
          .as('last'),
      )
  return (await knex.unionAll(spellings.map(last))) as readonly LastId[]
}

const newestFirst = [
  { column: 'recorded_at', order: 'desc' },
  { column: 'id', order: 'desc' },
]

function ofAddress(store: Store, address: string) {
  const hint = store.dialect === 'mysql' ? 'force index (??)' : 'indexed by ??'
  const source = store.knex.raw(`?? ${hint}`, ['rebound_bounces', 'rebound_bounces_address'])
  return store.knex(source).where({ address })
}

export interface RecordRef {
  readonly module: string
  readonly id: string
}

/** The records that have this address now, of each module so many at most. */
export async function recordsWith(
  store: Store,
  address: string,
  most: number,
): Promise<readonly RecordRef[]> {
  const found: RecordRef[] = []
  for (const module of modulesOf(store)) {
    const find = async () => (await homeOf(store, module)?.findByAddress(spelledLike(address), most)) ?? []
    for (const id of await persist(find)) found.push({ module, id })
  }
  return found
}

/** How many of the newest events of one address are looked at. */
const mostEvents = 500

/** The records that have this address, or had it when one of its bounces came: by module and id. */
export async function recordsOfAddress(store: Store, address: string): Promise<readonly RecordRef[]> {
  const found = new Map<string, RecordRef>()
  const add = (module: string, id: string): void => void found.set(`${module} ${id}`, { module, id })
  const spellings = spelledLike(address)
  const modules = modulesOf(store)
  for (const { module, id } of await recordsWith(store, address, 2)) add(module, id)
  for (const spelling of spellings) {
    const seen = (await persist(
      async () =>
        await ofAddress(store, spelling).select('module', 'record_id').orderBy(newestFirst).limit(mostEvents),
    )) as readonly { readonly module: string | null; readonly record_id: string | null }[]
    for (const { module, record_id } of seen)
      if (module !== null && record_id !== null && modules.includes(module)) add(module, record_id)
  }
  return [...found.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

const key = ({ module, id }: RecordRef): string => `${module} ${id}`
