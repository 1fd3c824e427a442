// Records in the CRM's own tables: its columns are the truth, Rebound keeps counts and taken addresses beside.

import * as mapped from '../../crm/mapped-record.ts'
import type { ModuleMapping } from '../../crm/mapping.ts'
import { FieldError } from '../../model/field-error.ts'
import { resetTime } from '../database/clock.ts'
import type { Store } from '../database/open.ts'
import { byText, type RecordRow } from '../database/rows.ts'
import type { Transaction } from '../database/transaction.ts'
import { type AuditEntry, audit } from '../upkeep/audit.ts'
import { forgetInCrm } from './crm-forget.ts'
import { type CrmReader, columnName, meeting, presentRecords } from './crm-reader.ts'
import { type CrmReading, readRecords } from './crm-rows.ts'
import type { CrmTables } from './crm-tables.ts'
import { addressIn, fits, plain } from './crm-values.ts'
import { writeRecords } from './crm-writes.ts'
import type { LockedRows, RecordHome } from './record-home.ts'

export function crmHome(store: Store, crm: CrmTables, mapping: ModuleMapping): RecordHome {
  const unlocked: CrmReader = { store, crm, mapping, transaction: null }
  return {
    seen: { table: 'rebound_mapped_records', where: { module: mapping.module }, isTruth: false },
    lock: (transaction, ids) => lock({ ...unlocked, transaction }, ids),
    read: async ids => {
      const rows = new Map<string, RecordRow>()
      for (const [id, { record, isReset }] of await readRecords(unlocked, ids)) {
        // Unchecked in the CRM: a reset that the next change writes down.
        const row = rowOf(id, isReset ? mapped.reset(record, record.resetAt ?? 0) : record)
        if (row) rows.set(id, isReset ? { ...row, reset_at: record.resetAt } : row)
      }
      return rows
    },
    findByAddress: (spellings, most) => findByAddress(unlocked, spellings, most),
    forget: wanted => forgetInCrm(unlocked, wanted),
  }
}

type LockedReader = CrmReader & { readonly transaction: Transaction }

async function lock(reader: LockedReader, ids: readonly string[]): Promise<LockedRows> {
  const { store, mapping, transaction } = reader
  const locked = new Map<string, { readonly read: CrmReading; record: mapped.MappedRecord }>()
  // Noticed now, written down with whatever else is written.
  const resets: AuditEntry[] = []
  let latestReset = 0
  for (const [id, read] of await readRecords(reader, ids)) {
    let { record } = read
    if (read.isReset) {
      const { emailBounced, hardBounces, softBounces, bouncedAddress, resetAt } = record
      const before = { emailBounced, hardBounces, softBounces, bouncedAddress, resetAt }
      const at = await resetTime(store, transaction, mapping.module, id)
      const { module } = mapping
      resets.push({ at, actor: 'crm', action: 'reset', module, recordId: id, eventId: null, before })
      record = mapped.reset(record, at)
    }
    locked.set(id, { read, record })
    latestReset = Math.max(latestReset, record.resetAt ?? 0, record.aliveAt ?? 0)
  }
  const change = (id: string, of: (record: mapped.MappedRecord) => mapped.MappedRecord): void => {
    const found = locked.get(id)
    if (found) found.record = of(found.record)
  }

  return {
    latestReset,
    resetAt: id => locked.get(id)?.record.resetAt ?? 0,
    countsSince: id => Math.max(locked.get(id)?.record.resetAt ?? 0, locked.get(id)?.record.aliveAt ?? 0),
    setAlive: (id, at) => change(id, record => ({ ...record, aliveAt: at })),
    get: (id, isOurs) => {
      const found = locked.get(id)
      return found ? mapped.stateOf(found.record, isOurs) : null
    },
    set: (id, state, isOurs) => change(id, record => mapped.changed(record, isOurs, state)),
    find: id => {
      const found = locked.get(id)
      return found ? rowOf(id, found.record) : null
    },
    // The CRM makes its records itself.
    create: () => {},
    reset: (id, at) => change(id, record => mapped.reset(record, at)),
    setAddress: (id, email) =>
      change(id, record => {
        const next = mapped.withAddress(record, email)
        if (!next)
          throw new FieldError(
            'email',
            `addresses of ${mapping.module} are in a table of the CRM, ${mapping.addresses.kind === 'table' ? mapping.addresses.id.table : ''}; change it in the CRM`,
          )
        checkLength(reader, record, next)
        return next
      }),
    giveBack: (id, address) => {
      const found = locked.get(id)
      if (!found) return null
      const back = mapped.withAddressBack(found.record, address)
      if ('conflict' in back) return back.conflict
      const { bouncedAddress } = back.record
      const isTheBounced = mapped.sameAddress(bouncedAddress, address)
      found.record = { ...back.record, bouncedAddress: isTheBounced ? null : bouncedAddress }
      return null
    },
    write: async at => {
      for (const entry of resets) await audit(store, transaction, entry)
      const changed = [...locked]
        .filter(([, { read, record }]) => record !== read.stored)
        .map(([id, { read, record }]) => ({
          id,
          before: read.stored,
          after: record,
          own: read.own,
        }))
        .sort((a, b) => byText(a.id, b.id))
      await writeRecords(reader, changed, at)
    },
  }
}

/** An address cut short would be another one. */
function checkLength(
  { crm, mapping: { addresses } }: CrmReader,
  before: mapped.MappedRecord,
  after: mapped.MappedRecord,
): void {
  for (const [at, ref] of (addresses.kind === 'columns' ? addresses.columns : []).entries()) {
    const address = after.places[at]?.address ?? null
    if (address !== before.places[at]?.address && !fits(crm, ref, address))
      throw new FieldError('email', `is longer than ${columnName(ref)} of the CRM, ${crm.facts(ref).length}`)
  }
}

/** As people see it; null when the CRM has no such record. */
function rowOf(id: string, record: mapped.MappedRecord): RecordRow | null {
  if (!record.present) return null
  return {
    id,
    email: mapped.stateOf(record, null).email,
    email_bounced: record.emailBounced,
    bounced_address: record.bouncedAddress,
    hard_bounces: record.hardBounces,
    soft_bounces: record.softBounces,
    last_bounce_at: record.lastBounceAt,
    reset_at: record.resetAt,
    alive_at: record.aliveAt,
    complaints: record.complaints,
    last_complaint_at: record.lastComplaintAt,
  }
}

interface FoundRow {
  readonly id: unknown
  readonly address: unknown
}

/** More addresses than a database takes for one. */
const mostAlike = 100

async function findByAddress(
  reader: CrmReader,
  spellings: readonly string[],
  most: number,
): Promise<readonly string[]> {
  const { store, mapping } = reader
  const { addresses } = mapping
  // A database may take `josé@` for `jose@`.
  const isIt = ({ address }: FoundRow): boolean =>
    spellings.some(spelling => mapped.sameAddress(addressIn(address), spelling))
  const ids = new Set<string>()
  if (addresses.kind === 'columns') {
    for (const ref of addresses.columns) {
      const rows = (await presentRecords(store, mapping)
        .select({ id: columnName(mapping.id), address: columnName(ref) })
        .whereIn(columnName(ref), spellings)
        .limit(most + mostAlike)) as readonly FoundRow[]
      for (const { id } of rows.filter(isIt)) ids.add(`${plain(id)}`)
    }
    return [...ids].slice(0, most)
  }
  const query = store
    .knex(addresses.id.table)
    .select({ id: columnName(addresses.record), address: columnName(addresses.address) })
    .whereIn(columnName(addresses.address), spellings)
  if (addresses.link)
    query.join(addresses.record.table, columnName(addresses.link.address), columnName(addresses.id))
  meeting(query, [...addresses.where, ...(addresses.link?.where ?? [])])
  const rows = ((await query.limit(most + mostAlike)) as readonly FoundRow[]).filter(isIt)
  const found = await readRecords(
    reader,
    rows.map(({ id }) => `${plain(id)}`),
  )
  return [...found]
    .filter(([, { record }]) => record.present)
    .map(([id]) => id)
    .slice(0, most)
}
