// Reads records of the CRM's own tables, with what Rebound keeps of them beside.

import { type AddressPlace, type MappedRecord, noticed } from '../../crm/mapped-record.ts'
import type { AddressTable, ColumnRef, ModuleMapping } from '../../crm/mapping.ts'
import { chunks } from '../database/chunks.ts'
import { byText } from '../database/rows.ts'
import { type AddressRow, addressesAt, addressRows } from './crm-address-rows.ts'
import {
  letLapse,
  markedPlaces,
  type OwnRow,
  ownRows,
  type TakenAddress,
  takenAddresses,
} from './crm-own-rows.ts'
import { type CrmReader, type CrmRow, columnName, presentRecords, run } from './crm-reader.ts'
import { addressIn, idValues, isMarked, plain } from './crm-values.ts'

export interface CrmReading {
  /** As it stood in the CRM when it was read. */
  readonly stored: MappedRecord
  /**
   * The same with what people did in the CRM since Rebound wrote last taken in, and with what Rebound kept before a
   * column was mapped for it; `isReset`: they unchecked the flag.
   */
  readonly record: MappedRecord
  readonly isReset: boolean
  readonly own: OwnSide
}

/** What there is of a record on our side, and where its row in the CRM ends. */
export interface OwnSide {
  /** Is there a row of Rebound's own? */
  readonly isKnown: boolean
  /** The columns that flag and bounced address were written into last, as `table.column`. */
  readonly flagColumn: string | null
  readonly addressColumn: string | null
  /** Tables beside in which the record has no row: their columns are as if nobody had mapped them. */
  readonly missing: ReadonlySet<string>
}

/** The records of these ids, also those that the CRM does not have. */
export async function readRecords(
  reader: CrmReader,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CrmReading>> {
  const { mapping } = reader
  const sorted = [...new Set(ids)].sort(byText)
  const rows = await recordRows(reader, sorted)
  const present = sorted.filter(id => rows.has(id))
  const own = await ownRows(reader, sorted)
  const taken = await takenAddresses(reader, sorted)
  const addresses =
    mapping.addresses.kind === 'table'
      ? await readAddresses(reader, mapping.addresses, present, [...taken.values()])
      : null

  const records = new Map<string, CrmReading>()
  for (const id of sorted) {
    const row = rows.get(id)
    const takenHere = taken.get(id) ?? new Map<string, TakenAddress>()
    const missing = missingTables(mapping, row)
    const places = addresses
      ? rowPlaces(addresses, id, takenHere)
      : columnPlaces(mapping, row, takenHere, missing)
    records.set(id, recordOf(mapping, row, places, own.get(id), missing))
  }
  return records
}

function recordOf(
  mapping: ModuleMapping,
  row: CrmRow | undefined,
  places: readonly AddressPlace[],
  ours: OwnRow | undefined,
  missing: ReadonlySet<string>,
): CrmReading {
  const isThere = (ref: ColumnRef | null): ref is ColumnRef =>
    row !== undefined && ref !== null && !missing.has(ref.table)
  const wasWritten = (ref: ColumnRef, column: string | null | undefined): boolean =>
    column === columnName(ref)
  const { flag, bouncedAddress } = mapping
  const theirFlag = flag && isThere(flag) ? isMarked(flag, row?.flag) : null
  const isOurs = flag !== null && wasWritten(flag, ours?.flag_column)
  const isAddressOurs = bouncedAddress !== null && wasWritten(bouncedAddress, ours?.address_column)
  const kept = { emailBounced: Boolean(ours?.email_bounced), bouncedAddress: ours?.bounced_address ?? null }

  const stored: MappedRecord = {
    kind: mapping.addresses.kind,
    present: row !== undefined,
    places,
    emailBounced: theirFlag ?? kept.emailBounced,
    bouncedAddress: isThere(bouncedAddress) ? addressIn(row?.bounced) : kept.bouncedAddress,
    hardBounces: ours?.hard_bounces ?? 0,
    softBounces: ours?.soft_bounces ?? 0,
    lastBounceAt: ours?.last_bounce_at == null ? null : Number(ours.last_bounce_at),
    resetAt: ours?.reset_at == null ? null : Number(ours.reset_at),
    aliveAt: ours?.alive_at == null ? null : Number(ours.alive_at),
    complaints: ours?.complaints ?? 0,
    lastComplaintAt: ours?.last_complaint_at == null ? null : Number(ours.last_complaint_at),
  }
  // A column that was never written says nothing of what people did in it.
  const flagged = theirFlag !== null && isOurs ? { ours: kept.emailBounced, theirs: theirFlag } : null
  const seen = noticed(stored, flagged)
  const emailBounced = seen.record.emailBounced || (!isOurs && !seen.isReset && kept.emailBounced)
  const address = seen.record.bouncedAddress ?? (isAddressOurs ? null : kept.bouncedAddress)
  const isSame = emailBounced === seen.record.emailBounced && address === seen.record.bouncedAddress
  return {
    stored,
    record: isSame ? seen.record : { ...seen.record, emailBounced, bouncedAddress: address },
    isReset: seen.isReset,
    own: {
      isKnown: ours !== undefined,
      flagColumn: ours?.flag_column ?? null,
      addressColumn: ours?.address_column ?? null,
      missing,
    },
  }
}

/** The record's own row, `flag`, `bounced`, the address columns `a0`, `a1`, … and the keys `b0`, … of those beside, by id. */
async function recordRows(reader: CrmReader, ids: readonly string[]): Promise<ReadonlyMap<string, CrmRow>> {
  const { store, crm, mapping } = reader
  const columns = mapping.addresses.kind === 'columns' ? mapping.addresses.columns : []
  const isWritten = columns.length > 0 || mapping.flag !== null || mapping.bouncedAddress !== null
  const rows = new Map<string, CrmRow>()
  for (const some of chunks(store, idValues(crm, mapping.id, ids))) {
    const query = presentRecords(store, mapping)
      .select({
        id: columnName(mapping.id),
        ...(mapping.flag ? { flag: columnName(mapping.flag) } : {}),
        ...(mapping.bouncedAddress ? { bounced: columnName(mapping.bouncedAddress) } : {}),
        ...Object.fromEntries(columns.map((ref, at) => [`a${at}`, columnName(ref)])),
        ...Object.fromEntries(mapping.beside.map((ref, at) => [`b${at}`, columnName(ref)])),
      })
      .whereIn(columnName(mapping.id), some)
      .orderBy(columnName(mapping.id))
    // Only as it stands: `7`, `007` and `7 ` may be the same to the database.
    for (const row of await run<CrmRow>(reader, query, isWritten)) rows.set(`${plain(row.id)}`, row)
  }
  return rows
}

function missingTables({ beside }: ModuleMapping, row: CrmRow | undefined): ReadonlySet<string> {
  return new Set(beside.filter((_, at) => row && plain(row[`b${at}`]) === null).map(ref => ref.table))
}

function columnPlaces(
  mapping: ModuleMapping,
  row: CrmRow | undefined,
  taken: ReadonlyMap<string, TakenAddress>,
  missing: ReadonlySet<string>,
): readonly AddressPlace[] {
  const columns = mapping.addresses.kind === 'columns' && row ? mapping.addresses.columns : []
  const places = columns.map((ref, at): AddressPlace => {
    const key = columnName(ref)
    const standing = missing.has(ref.table) ? 'other' : 'good'
    return { key, address: addressIn(row?.[`a${at}`]), standing, taken: taken.get(key)?.address ?? null }
  })
  return [...places, ...gonePlaces(places, taken, () => 'other')]
}

interface Addresses {
  readonly perRecord: ReadonlyMap<string, readonly AddressRow[]>
  /** Rows that are no longer those of the record whose bounce marked them. */
  readonly others: ReadonlyMap<string, AddressRow>
  /** Places whose mark, where there is one, is ours. */
  readonly marked: ReadonlySet<string>
}

async function readAddresses(
  reader: CrmReader,
  addresses: AddressTable,
  ids: readonly string[],
  taken: readonly ReadonlyMap<string, TakenAddress>[],
): Promise<Addresses> {
  const perRecord = await addressRows(reader, addresses, ids)
  const rows = new Map([...perRecord.values()].flat().map(row => [row.place, row]))
  const gone = taken.flatMap(holds => [...holds.keys()]).filter(place => !rows.has(place))
  const others = await addressesAt(reader, addresses, gone)
  const all = [...rows.values(), ...others.values()]
  const marked = await markedPlaces(
    reader,
    all.map(row => row.place),
  )
  // Seen under the lock of the row, before anything is written: the next to mark it holds it alone.
  const cleared = all.filter(row => row.isClear && marked.has(row.place)).map(row => row.place)
  if (reader.transaction) await letLapse(reader, reader.transaction, cleared)
  return { perRecord, others: new Map([...rows, ...others]), marked }
}

function rowPlaces(
  { perRecord, others, marked }: Addresses,
  id: string,
  taken: ReadonlyMap<string, TakenAddress>,
): readonly AddressPlace[] {
  // A mark that no bounce of ours holds is somebody else's: it stays as it is.
  const standingOf = (row: AddressRow): AddressPlace['standing'] => {
    if (row.isClear) return 'good'
    return row.isMarked && marked.has(row.place) ? 'bounced' : 'other'
  }
  const places = (perRecord.get(id) ?? []).map((row): AddressPlace => {
    const hold = taken.get(row.place)
    const standing = standingOf(row)
    return { key: row.place, address: row.address, standing, taken: hold?.address ?? null, ...lapsed(hold) }
  })
  const gone = gonePlaces(places, taken, place => {
    const row = others.get(place)
    return row ? standingOf(row) : 'other'
  })
  return [...places, ...gone]
}

/** An address taken from a column or row that is no longer the record's. */
function gonePlaces(
  places: readonly AddressPlace[],
  taken: ReadonlyMap<string, TakenAddress>,
  standingOf: (place: string) => AddressPlace['standing'],
): readonly AddressPlace[] {
  return [...taken]
    .filter(([key]) => !places.some(place => place.key === key))
    .map(([key, hold]) => ({
      key,
      address: null,
      standing: standingOf(key),
      taken: hold.address,
      ...lapsed(hold),
    }))
}

const lapsed = (hold: TakenAddress | undefined): Pick<AddressPlace, 'hasLapsed'> =>
  hold?.hasLapsed ? { hasLapsed: true } : {}
