// Reads records of the CRM's own tables, with what Rebound keeps of them beside.

import { type MappedRecord, noticed, type Place } from '../crm/mapped-record.ts'
import type { AddressTable, ColumnRef, Condition, ModuleMapping } from '../crm/mapping.ts'
import { chunks } from './chunks.ts'
import type { CrmTables } from './crm-tables.ts'
import { addressIn, idValues, isClear, isMarked, plain } from './crm-values.ts'
import type { Store } from './open.ts'
import { byText, type RecordRow, recordColumns } from './rows.ts'
import type { Transaction } from './transaction.ts'

export interface CrmRecord {
  /** As it stood in the CRM when it was read. */
  readonly stored: MappedRecord
  /** The same with what people did in the CRM since Rebound wrote last taken in; `isReset`: they unchecked the flag. */
  readonly record: MappedRecord
  readonly isReset: boolean
  /** Is there a row of Rebound's own? */
  readonly isKnown: boolean
}

export interface CrmReader {
  readonly store: Store
  readonly crm: CrmTables
  readonly mapping: ModuleMapping
  /** Rows are locked when there is one. */
  readonly transaction: Transaction | null
}

export const columnName = (ref: ColumnRef): string => `${ref.table}.${ref.column}`
export const rowPlace = (addresses: AddressTable, id: string): string => `${addresses.id.table}:${id}`

type Row = Readonly<Record<string, unknown>>
type OwnRow = Omit<RecordRow, 'email'>

/** The records of these ids, also those that the CRM does not have. */
export async function readRecords(
  reader: CrmReader,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CrmRecord>> {
  const { mapping } = reader
  const sorted = [...new Set(ids)].sort(byText)
  const rows = await recordRows(reader, sorted)
  const present = sorted.filter(id => rows.has(id))
  const addresses =
    mapping.addresses.kind === 'table' ? await addressRows(reader, mapping.addresses, present) : null
  const own = await ownRows(reader, sorted)
  const taken = await takenAddresses(reader, sorted)
  const held = addresses ? await heldPlaces(reader, [...addresses.values()].flat()) : new Set<string>()

  const records = new Map<string, CrmRecord>()
  for (const id of sorted) {
    const row = rows.get(id)
    const ours = own.get(id)
    const takenHere = taken.get(id) ?? new Map<string, string>()
    const theirs = row && mapping.flag ? isMarked(mapping.flag, row.flag) : null
    const stored: MappedRecord = {
      kind: mapping.addresses.kind,
      present: row !== undefined,
      places: addresses
        ? rowPlaces(addresses.get(id) ?? [], takenHere, held)
        : columnPlaces(mapping, row, takenHere),
      emailBounced: theirs ?? Boolean(ours?.email_bounced),
      bouncedAddress:
        row && mapping.bouncedAddress ? addressIn(row.bounced) : (ours?.bounced_address ?? null),
      hardBounces: ours?.hard_bounces ?? 0,
      softBounces: ours?.soft_bounces ?? 0,
      lastBounceAt: ours?.last_bounce_at == null ? null : Number(ours.last_bounce_at),
      resetAt: ours?.reset_at == null ? null : Number(ours.reset_at),
    }
    const flag = theirs === null ? null : { ours: Boolean(ours?.email_bounced), theirs }
    records.set(id, { stored, ...noticed(stored, flag), isKnown: ours !== undefined })
  }
  return records
}

/** The record's own row, `flag`, `bounced` and the address columns `a0`, `a1`, … of it, by id. */
async function recordRows(reader: CrmReader, ids: readonly string[]): Promise<ReadonlyMap<string, Row>> {
  const { store, crm, mapping } = reader
  const columns = mapping.addresses.kind === 'columns' ? mapping.addresses.columns : []
  const isWritten = columns.length > 0 || mapping.flag !== null || mapping.bouncedAddress !== null
  const rows = new Map<string, Row>()
  for (const some of chunks(store, idValues(crm, mapping.id, ids))) {
    const query = presentRecords(store, mapping)
      .select({
        id: columnName(mapping.id),
        ...(mapping.flag ? { flag: columnName(mapping.flag) } : {}),
        ...(mapping.bouncedAddress ? { bounced: columnName(mapping.bouncedAddress) } : {}),
        ...Object.fromEntries(columns.map((ref, at) => [`a${at}`, columnName(ref)])),
      })
      .whereIn(columnName(mapping.id), some)
      .orderBy(columnName(mapping.id))
    // Only as it stands: `7`, `007` and `7 ` may be the same to the database.
    for (const row of await run<Row>(reader, query, isWritten)) rows.set(`${plain(row.id)}`, row)
  }
  return rows
}

/** The CRM's records of a module that its conditions let through. */
export function presentRecords(store: Store, mapping: ModuleMapping) {
  const query = store.knex(mapping.id.table)
  for (const beside of mapping.beside)
    query.leftJoin(beside.table, columnName(beside), columnName(mapping.id))
  return meeting(query, mapping.where)
}

function meeting<Q extends { where(column: string, value: string | number): unknown }>(
  query: Q,
  conditions: readonly Condition[],
): Q {
  for (const condition of conditions) query.where(columnName(condition), condition.value)
  return query
}

interface AddressRow {
  readonly record: string
  readonly place: string
  readonly address: string | null
  readonly mark: unknown
  readonly isMarked: boolean
  readonly isClear: boolean
  readonly primary: number
}

/** The address rows of each record, its first address first. */
async function addressRows(
  reader: CrmReader,
  addresses: AddressTable,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly AddressRow[]>> {
  const { store, crm } = reader
  const links = addresses.link ? await linkRows(reader, addresses, ids) : null
  const wanted = links ? [...new Set(links.map(link => link.address))].sort(byText) : ids
  const key = links ? addresses.id : addresses.record
  const found: Row[] = []
  for (const some of chunks(store, idValues(crm, key, wanted))) {
    const query = store
      .knex(addresses.id.table)
      .select({
        id: columnName(addresses.id),
        address: columnName(addresses.address),
        mark: columnName(addresses.mark),
        ...(links ? {} : { record: columnName(addresses.record) }),
        ...(addresses.primary && !links ? { primary: columnName(addresses.primary) } : {}),
      })
      .whereIn(columnName(key), some)
      .orderBy(columnName(addresses.id))
    found.push(...(await run<Row>(reader, meeting(query, addresses.where), true)))
  }
  const row = (given: Row, record: string, primary: unknown): AddressRow => ({
    record,
    place: rowPlace(addresses, `${plain(given.id)}`),
    address: addressIn(given.address),
    mark: given.mark,
    isMarked: isMarked(addresses.mark, given.mark),
    isClear: isClear(addresses.mark, given.mark),
    primary: Number(plain(primary) ?? 0),
  })
  const byId = new Map(found.map(given => [`${plain(given.id)}`, given]))
  const all = links
    ? links.flatMap(link => {
        const given = byId.get(link.address)
        return given ? [row(given, link.record, link.primary)] : []
      })
    : found.map(given => row(given, `${plain(given.record)}`, given.primary))
  all.sort((a, b) => b.primary - a.primary || byText(a.place, b.place))
  const perRecord = new Map<string, AddressRow[]>()
  for (const each of all) perRecord.set(each.record, [...(perRecord.get(each.record) ?? []), each])
  return perRecord
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
        ...(primary ? { primary: columnName(primary) } : {}),
      })
      .whereIn(columnName(record), some)
    for (const row of await run<Row>(reader, meeting(query, link.where), false))
      links.push({ record: `${plain(row.record)}`, address: `${plain(row.address)}`, primary: row.primary })
  }
  return links
}

function columnPlaces(
  mapping: ModuleMapping,
  row: Row | undefined,
  taken: ReadonlyMap<string, string>,
): readonly Place[] {
  if (mapping.addresses.kind !== 'columns' || !row) return []
  return mapping.addresses.columns.map((ref, at) => {
    const key = columnName(ref)
    return { key, address: addressIn(row[`a${at}`]), standing: 'good', taken: taken.get(key) ?? null }
  })
}

function rowPlaces(
  rows: readonly AddressRow[],
  taken: ReadonlyMap<string, string>,
  held: ReadonlySet<string>,
): readonly Place[] {
  const places = rows.map((row): Place => {
    // A mark that no bounce of ours holds is somebody else's: it stays as it is.
    const isOurs = row.isMarked && (taken.has(row.place) || held.has(row.place))
    const standing = row.isClear ? 'good' : isOurs ? 'bounced' : 'other'
    return { key: row.place, address: row.address, standing, taken: taken.get(row.place) ?? null }
  })
  // Taken from a row that is no longer the record's.
  const gone = [...taken].filter(([place]) => !rows.some(row => row.place === place))
  return [
    ...places,
    ...gone.map(([key, address]): Place => ({ key, address: null, standing: 'other', taken: address })),
  ]
}

async function ownRows(reader: CrmReader, ids: readonly string[]): Promise<ReadonlyMap<string, OwnRow>> {
  const { store, mapping } = reader
  const rows = new Map<string, OwnRow>()
  for (const some of chunks(store, ids)) {
    const query = store
      .knex('rebound_mapped_records')
      .select(recordColumns.filter(column => column !== 'email'))
      .where({ module: mapping.module })
      .whereIn('id', some)
      .orderBy('id')
    for (const row of await run<OwnRow>(reader, query, true)) rows.set(row.id, row)
  }
  return rows
}

async function takenAddresses(
  reader: CrmReader,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const { store, mapping } = reader
  const taken = new Map<string, Map<string, string>>()
  for (const some of chunks(store, ids)) {
    const query = store
      .knex('rebound_taken_addresses')
      .select('record_id', 'place', 'address')
      .where({ module: mapping.module })
      .whereIn('record_id', some)
    type TakenRow = { readonly record_id: string; readonly place: string; readonly address: string | null }
    for (const row of await run<TakenRow>(reader, query, false))
      taken.set(
        row.record_id,
        (taken.get(row.record_id) ?? new Map<string, string>()).set(row.place, row.address ?? ''),
      )
  }
  return taken
}

/** Of these rows' places, those from which a bounce of any record took the address. */
async function heldPlaces(reader: CrmReader, rows: readonly AddressRow[]): Promise<ReadonlySet<string>> {
  const marked = [...new Set(rows.filter(row => row.isMarked).map(row => row.place))]
  const held = new Set<string>()
  for (const some of chunks(reader.store, marked)) {
    const query = reader.store.knex('rebound_taken_addresses').distinct('place').whereIn('place', some)
    for (const row of await run<{ place: string }>(reader, query, false)) held.add(row.place)
  }
  return held
}

interface Lockable extends PromiseLike<unknown> {
  forUpdate(): Lockable
  connection(connection: object): PromiseLike<unknown>
}

async function run<R>(
  { store, transaction }: CrmReader,
  query: Lockable,
  locks: boolean,
): Promise<readonly R[]> {
  if (!transaction) return (await query) as readonly R[]
  const locked = locks && store.dialect === 'mysql' ? query.forUpdate() : query
  return (await transaction.run(locked)) as readonly R[]
}
