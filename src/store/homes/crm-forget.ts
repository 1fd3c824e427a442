// Erases a person's address from what Rebound wrote about records of the CRM's own tables.
// The CRM's address columns are the CRM's to erase: a person who is forgotten there is gone here too.

import { chunks } from '../database/chunks.ts'
import { persist } from '../database/failures.ts'
import { rename } from '../upkeep/forget-texts.ts'
import { type CrmReader, columnName, keyOf } from './crm-reader.ts'
import { idValues, noAddress } from './crm-values.ts'
import type { Forgetting } from './record-home.ts'

const page = 5_000

/** The tables of ours that hold addresses, with the columns of the record's id and of the address. */
const places = [
  { table: 'rebound_mapped_records', id: 'id', address: 'bounced_address' },
  { table: 'rebound_taken_addresses', id: 'record_id', address: 'address' },
] as const

/** How many records had it. */
export async function forgetInCrm(
  reader: CrmReader,
  { spellings, pseudonym, dryRun }: Forgetting,
): Promise<number> {
  const { store, mapping } = reader
  const isIt = (text: string | null): text is string => text !== null && spellings.isWhole(text)
  const records = new Set<string>()
  for (const place of places)
    for await (const row of rowsOf(reader, place)) {
      if (!isIt(row.address) && !isIt(row.id)) continue
      records.add(row.id)
      if (dryRun) continue
      if (isIt(row.address)) await forgetAddress(reader, place, row.id, row.address)
      const where = { module: mapping.module, [place.id]: row.id }
      if (isIt(row.id)) await rename(store, place.table, where, { [place.id]: pseudonym })
    }
  return records.size
}

interface PlaceRow {
  readonly id: string
  readonly address: string | null
}

async function* rowsOf(
  { store, mapping }: CrmReader,
  { table, id, address }: (typeof places)[number],
): AsyncGenerator<PlaceRow> {
  for (let after = ''; ; ) {
    const from = after
    const rows = (await persist(
      async () =>
        await store
          .knex(table)
          .select({ id, address })
          .where({ module: mapping.module })
          .where(id, '>', from)
          .orderBy(id)
          .limit(page),
    )) as readonly PlaceRow[]
    yield* rows
    const last = rows.at(-1)
    if (!last || rows.length < page) return
    // A record may have several rows: those of the last one are read again with the next page.
    after = rows.findLast(row => row.id < last.id)?.id ?? last.id
  }
}

/** In our row, and where we wrote it into the CRM. */
async function forgetAddress(
  reader: CrmReader,
  { table, id, address }: (typeof places)[number],
  recordId: string,
  found: string,
): Promise<void> {
  const { store, mapping } = reader
  const where = { module: mapping.module, [id]: recordId, [address]: found }
  await persist(async () => {
    await eraseInCrm(reader, recordId, found)
    await store
      .knex(table)
      .where(where)
      .update({ [address]: null })
  })
}

/** The bounced address was written by us: where the CRM keeps it, it goes too. */
async function eraseInCrm({ store, crm, mapping }: CrmReader, id: string, address: string): Promise<void> {
  const ref = mapping.bouncedAddress
  if (!ref) return
  const key = keyOf(mapping, ref.table)
  for (const some of chunks(store, idValues(crm, key, [id])))
    await store
      .knex(ref.table)
      .whereIn(key.column, some)
      .where(columnName(ref), address)
      .update({ [ref.column]: noAddress(crm, ref) })
}
