// Reads the rows of a table of addresses: which address each record has, and how each of them stands.

import type { AddressTable, ColumnRef } from '../../crm/mapping.ts'
import { chunks } from '../database/chunks.ts'
import { byText } from '../database/rows.ts'
import { type CrmReader, type CrmRow, columnName, meeting, rowPlace, run } from './crm-reader.ts'
import { addressIn, idValues, isClear, isMarked, plain } from './crm-values.ts'

export interface AddressRow {
  readonly place: string
  readonly address: string | null
  readonly isMarked: boolean
  readonly isClear: boolean
}

/** The address rows of each record, its first address first. */
export async function addressRows(
  reader: CrmReader,
  addresses: AddressTable,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly AddressRow[]>> {
  const links = addresses.link ? await linkRows(reader, addresses, ids) : null
  const wanted = links ? [...new Set(links.map(link => link.address))].sort(byText) : ids
  const found = await rowsBy(reader, addresses, links ? addresses.id : addresses.record, wanted)
  const byId = new Map(found.map(row => [`${plain(row.id)}`, row]))
  const all = links
    ? links.flatMap(({ address, record, primary }) => {
        const row = byId.get(address)
        return row ? [{ row, record, primary: primary ?? row.primary }] : []
      })
    : found.map(row => ({ row, record: `${plain(row.record)}`, primary: row.primary }))
  const sorted = all
    .map(({ row, record, primary }) => ({
      record,
      primary: Number(plain(primary) ?? 0),
      ...toAddress(addresses, row),
    }))
    .sort((a, b) => b.primary - a.primary || byText(a.place, b.place))
  const perRecord = new Map<string, AddressRow[]>()
  for (const each of sorted) perRecord.set(each.record, [...(perRecord.get(each.record) ?? []), each])
  return perRecord
}

/** Single address rows, by their places; those that are not there are left out. */
export async function addressesAt(
  reader: CrmReader,
  addresses: AddressTable,
  places: readonly string[],
): Promise<ReadonlyMap<string, AddressRow>> {
  const start = rowPlace(addresses, '')
  const ids = places.filter(place => place.startsWith(start)).map(place => place.slice(start.length))
  const found = await rowsBy(reader, addresses, addresses.id, [...new Set(ids)].sort(byText))
  return new Map(found.map(row => toAddress(addresses, row)).map(row => [row.place, row]))
}

async function rowsBy(
  reader: CrmReader,
  addresses: AddressTable,
  key: ColumnRef,
  values: readonly string[],
): Promise<readonly CrmRow[]> {
  const { store, crm } = reader
  const own = (ref: ColumnRef | null): ref is ColumnRef => ref?.table === addresses.id.table
  const found: CrmRow[] = []
  for (const some of chunks(store, idValues(crm, key, values))) {
    const query = store
      .knex(addresses.id.table)
      .select({
        id: columnName(addresses.id),
        address: columnName(addresses.address),
        mark: columnName(addresses.mark),
        ...(own(addresses.record) ? { record: columnName(addresses.record) } : {}),
        ...(own(addresses.primary) ? { primary: columnName(addresses.primary) } : {}),
      })
      .whereIn(columnName(key), some)
      .orderBy(columnName(addresses.id))
    found.push(...(await run<CrmRow>(reader, meeting(query, addresses.where), true)))
  }
  return found
}

function toAddress(addresses: AddressTable, row: CrmRow): AddressRow {
  return {
    place: rowPlace(addresses, `${plain(row.id)}`),
    address: addressIn(row.address),
    isMarked: isMarked(addresses.mark, row.mark),
    isClear: isClear(addresses.mark, row.mark),
  }
}

/** The rows between records and addresses are read without lock: nothing of them is written. */
async function linkRows(reader: CrmReader, addresses: AddressTable, ids: readonly string[]) {
  const { store, crm } = reader
  const { link, record, primary } = addresses
  const links: { record: string; address: string; primary: unknown }[] = []
  for (const some of link ? chunks(store, idValues(crm, record, ids)) : []) {
    if (!link) continue
    const query = store
      .knex(record.table)
      .select({
        record: columnName(record),
        address: columnName(link.address),
        ...(primary?.table === record.table ? { primary: columnName(primary) } : {}),
      })
      .whereIn(columnName(record), some)
    for (const row of await run<CrmRow>(reader, meeting(query, link.where), false))
      links.push({ record: `${plain(row.record)}`, address: `${plain(row.address)}`, primary: row.primary })
  }
  return links
}
