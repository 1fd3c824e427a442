// Writes records into the CRM's own tables: updates alone, of mapped columns alone, and only what changed.

import type { AddressPlace, MappedRecord } from '../../crm/mapped-record.ts'
import type { AddressTable, ColumnRef, ModuleMapping } from '../../crm/mapping.ts'
import { chunks } from '../database/chunks.ts'
import { fitText, lengths } from '../database/columns.ts'
import type { Store } from '../database/open.ts'
import { byText } from '../database/rows.ts'
import type { Transaction } from '../database/transaction.ts'
import { markedPlaces } from './crm-own-rows.ts'
import { type CrmReader, columnName, keyOf, rowPlace } from './crm-reader.ts'
import type { OwnSide } from './crm-rows.ts'
import type { CrmTables } from './crm-tables.ts'
import { fits, idValues, noAddress, timeValue } from './crm-values.ts'

export interface ChangedRecord {
  readonly id: string
  readonly before: MappedRecord
  readonly after: MappedRecord
  readonly own: OwnSide
}

type Fields = Readonly<Record<string, string | number | null>>

/** `at`: epoch milliseconds, for the CRM's columns of times. */
export async function writeRecords(
  reader: CrmReader & { readonly transaction: Transaction },
  records: readonly ChangedRecord[],
  at: number,
): Promise<void> {
  const { store, mapping, transaction } = reader
  await updateRecords(reader, records, at)
  await writeTaken(store, transaction, mapping.module, records)
  if (mapping.addresses.kind === 'table') await markAddresses(reader, mapping.addresses, records, at)
  await writeOwn(reader, records)
}

async function updateRecords(
  { store, crm, mapping, transaction }: CrmReader & { readonly transaction: Transaction },
  records: readonly ChangedRecord[],
  at: number,
): Promise<void> {
  // Records with the same change share a statement.
  const updates = new Map<
    string,
    { readonly key: ColumnRef; readonly fields: Fields; readonly ids: string[] }
  >()
  for (const record of records) {
    if (!record.before.present) continue
    for (const [table, fields] of changesOf(crm, mapping, record, at)) {
      const name = JSON.stringify([table, fields])
      const key = keyOf(mapping, table)
      const update = updates.get(name) ?? { key, fields, ids: [] }
      update.ids.push(record.id)
      updates.set(name, update)
    }
  }
  for (const { key, fields, ids } of updates.values())
    for (const some of chunks(store, idValues(crm, key, ids)))
      await transaction.run(store.knex(key.table).whereIn(key.column, some).update(fields))
}

/** Table to new values. */
function changesOf(
  crm: CrmTables,
  mapping: ModuleMapping,
  { before, after, own }: ChangedRecord,
  at: number,
): ReadonlyMap<string, Fields> {
  const changes = new Map<string, Record<string, string | number | null>>()
  const set = (ref: ColumnRef, value: string | number | null): void => {
    if (!own.missing.has(ref.table))
      changes.set(ref.table, { ...changes.get(ref.table), [ref.column]: value })
  }
  if (mapping.addresses.kind === 'columns')
    for (const [index, ref] of mapping.addresses.columns.entries()) {
      const address = after.places[index]?.address ?? null
      if (address !== (before.places[index]?.address ?? null)) set(ref, address ?? noAddress(crm, ref))
    }
  const { flag, bouncedAddress, optOut } = mapping
  if (flag && after.emailBounced !== before.emailBounced)
    set(flag, after.emailBounced ? flag.bounced : flag.clear)
  if (bouncedAddress && after.bouncedAddress !== before.bouncedAddress)
    if (fits(crm, bouncedAddress, after.bouncedAddress))
      set(bouncedAddress, after.bouncedAddress ?? noAddress(crm, bouncedAddress))
  if (optOut && after.optsOut) set(optOut, optOut.value)
  if (changes.size > 0 && mapping.updatedAt) set(mapping.updatedAt, timeValue(mapping.updatedAt, at))
  return changes
}

/** Which addresses the records' bounces took, and those that they gave back. */
async function writeTaken(
  store: Store,
  transaction: Transaction,
  module: string,
  records: readonly ChangedRecord[],
): Promise<void> {
  const table = () => store.knex('rebound_taken_addresses')
  const rows: object[] = []
  for (const { id, before, after } of records)
    for (const place of after.places) {
      const was = before.places.find(each => each.key === place.key)
      const isNew = place.standing === 'bounced' && was?.standing !== 'bounced'
      const isAnother = place.taken !== (was?.taken ?? null) || place.hasLapsed !== was?.hasLapsed
      if (!isNew && !isAnother) continue
      const key = { module, record_id: id, place: place.key }
      if (place.taken === null) await transaction.run(table().where(key).del())
      else rows.push({ ...key, address: fitText(place.taken, lengths.address), lapsed: 0 })
    }
  for (const some of chunks(store, rows))
    await transaction.run(
      table()
        .insert([...some])
        .onConflict(['module', 'record_id', 'place'])
        .merge(),
    )
}

async function markAddresses(
  reader: CrmReader & { readonly transaction: Transaction },
  addresses: AddressTable,
  records: readonly ChangedRecord[],
  at: number,
): Promise<void> {
  const { store, crm, transaction } = reader
  const turned = (standing: AddressPlace['standing']): readonly string[] => {
    const keys = records.flatMap(({ before, after }) =>
      after.places
        .filter(
          place =>
            place.standing === standing &&
            before.places.find(each => each.key === place.key)?.standing !== standing,
        )
        .map(place => place.key),
    )
    return [...new Set(keys)].sort(byText)
  }
  const now = (column: AddressTable['updatedAt'], value: 'now' | null): Fields =>
    column ? { [column.column]: value && timeValue(column, at) } : {}
  const update = async (places: readonly string[], fields: Fields): Promise<void> => {
    const ids = places.map(place => place.slice(rowPlace(addresses, '').length))
    for (const some of chunks(store, idValues(crm, addresses.id, ids)))
      await transaction.run(store.knex(addresses.id.table).whereIn(addresses.id.column, some).update(fields))
  }
  await update(turned('bounced'), {
    [addresses.mark.column]: addresses.mark.bounced,
    ...now(addresses.markedAt, 'now'),
    ...now(addresses.clearedAt, null),
    ...now(addresses.updatedAt, 'now'),
  })
  const { optOut } = addresses
  const opted = [...new Set(records.flatMap(({ after }) => after.optsOut ?? []))].sort(byText)
  if (optOut) await update(opted, { [optOut.column]: optOut.value, ...now(addresses.updatedAt, 'now') })
  // An address that bounced for another record too keeps its mark.
  const freed = turned('good')
  const marked = await markedPlaces(reader, freed)
  const clear = freed.filter(place => !marked.has(place))
  await update(clear, {
    [addresses.mark.column]: addresses.mark.clear,
    ...now(addresses.markedAt, null),
    ...now(addresses.clearedAt, 'now'),
    ...now(addresses.updatedAt, 'now'),
  })
}

async function writeOwn(
  { store, crm, mapping, transaction }: CrmReader & { readonly transaction: Transaction },
  records: readonly ChangedRecord[],
): Promise<void> {
  const { module, flag, bouncedAddress } = mapping
  const table = () => store.knex('rebound_mapped_records')
  const rows = (isKnown: boolean) =>
    records
      .filter(({ own }) => own.isKnown === isKnown)
      .map(({ id, after, own }) => {
        const isThere = (ref: ColumnRef | null): ref is ColumnRef =>
          after.present && ref !== null && !own.missing.has(ref.table)
        const fitting = (ref: ColumnRef): string | null =>
          fits(crm, ref, after.bouncedAddress) ? columnName(ref) : null
        return {
          module,
          id,
          email_bounced: after.emailBounced ? 1 : 0,
          bounced_address: fitText(after.bouncedAddress, lengths.address),
          flag_column: isThere(flag) ? columnName(flag) : own.flagColumn,
          address_column: isThere(bouncedAddress) ? fitting(bouncedAddress) : own.addressColumn,
          hard_bounces: after.hardBounces,
          soft_bounces: after.softBounces,
          last_bounce_at: after.lastBounceAt,
          reset_at: after.resetAt,
          alive_at: after.aliveAt,
          complaints: after.complaints,
          last_complaint_at: after.lastComplaintAt,
        }
      })
  // A row that somebody else made meanwhile fails on its key, and the batch begins again.
  for (const some of chunks(store, rows(false))) await transaction.run(table().insert([...some]))
  for (const some of chunks(store, rows(true)))
    await transaction.run(
      table()
        .insert([...some])
        .onConflict(['module', 'id'])
        .merge(),
    )
}
