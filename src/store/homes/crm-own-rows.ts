// Reads what Rebound keeps of records of the CRM's own tables: counts, and which addresses their bounces took.

import { chunks } from '../database/chunks.ts'
import { type RecordRow, recordColumns } from '../database/rows.ts'
import type { Transaction } from '../database/transaction.ts'
import { type CrmReader, run } from './crm-reader.ts'

export interface OwnRow extends Omit<RecordRow, 'email'> {
  readonly flag_column: string | null
  readonly address_column: string | null
}

export async function ownRows(
  reader: CrmReader,
  ids: readonly string[],
): Promise<ReadonlyMap<string, OwnRow>> {
  const { store, mapping } = reader
  const rows = new Map<string, OwnRow>()
  for (const some of chunks(store, ids)) {
    const query = store
      .knex('rebound_mapped_records')
      .select(recordColumns.filter(column => column !== 'email'))
      .select('flag_column', 'address_column')
      .where({ module: mapping.module })
      .whereIn('id', some)
      .orderBy('id')
    for (const row of await run<OwnRow>(reader, query, true)) rows.set(row.id, row)
  }
  return rows
}

/** An address that a bounce of a record took. */
export interface TakenAddress {
  /** Empty once it was forgotten. */
  readonly address: string
  /** The mark was seen clear since then: another record's bounce may have set it anew, this one places nothing. */
  readonly hasLapsed: boolean
}

export async function takenAddresses(
  reader: CrmReader,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, TakenAddress>>> {
  const { store, mapping } = reader
  const taken = new Map<string, Map<string, TakenAddress>>()
  interface ClaimedRow {
    readonly record_id: string
    readonly place: string
    readonly address: string | null
    readonly lapsed: number | boolean
  }
  for (const some of chunks(store, ids)) {
    const query = store
      .knex('rebound_taken_addresses')
      .select('record_id', 'place', 'address', 'lapsed')
      .where({ module: mapping.module })
      .whereIn('record_id', some)
    for (const { record_id, place, address, lapsed } of await run<ClaimedRow>(reader, query, false)) {
      const found = { address: address ?? '', hasLapsed: Boolean(lapsed) }
      taken.set(record_id, (taken.get(record_id) ?? new Map<string, TakenAddress>()).set(place, found))
    }
  }
  return taken
}

/** Of these places, those from which a bounce of any record took the address, and whose mark was not seen clear since. */
export async function markedPlaces(
  reader: CrmReader,
  places: readonly string[],
): Promise<ReadonlySet<string>> {
  const marked = new Set<string>()
  for (const some of chunks(reader.store, places)) {
    const query = reader.store
      .knex('rebound_taken_addresses')
      .distinct('place')
      .whereIn('place', some)
      .where({ lapsed: 0 })
    for (const row of await run<{ place: string }>(reader, query, false)) marked.add(row.place)
  }
  return marked
}

/** Marks that somebody cleared are marked by no bounce any more, of whatever record and module. */
export async function letLapse(
  { store }: CrmReader,
  transaction: Transaction,
  places: readonly string[],
): Promise<void> {
  for (const some of chunks(store, places))
    await transaction.run(
      store.knex('rebound_taken_addresses').whereIn('place', some).where({ lapsed: 0 }).update({ lapsed: 1 }),
    )
}
