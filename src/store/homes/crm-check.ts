// Holds a mapping against the database as it is: everything that would go wrong later is said at the start.

import type {
  AddressTable,
  CampaignMapping,
  ColumnRef,
  Condition,
  CrmMapping,
  Fixed,
  Mark,
  ModuleMapping,
  OptOut,
} from '../../crm/mapping.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { type Check, createCheck } from './crm-column-check.ts'
import { readSchema } from './crm-schema.ts'
import { type ColumnFacts, type CrmTables, tablesOf } from './crm-tables.ts'

export type CrmCheck =
  | { readonly ok: true; readonly tables: CrmTables }
  | { readonly ok: false; readonly faults: readonly string[] }

/** @param nearest the most similar of some names, for "did you mean" */
export async function checkMapping(
  store: Store,
  mapping: CrmMapping,
  nearest: (word: string, candidates: readonly string[]) => string,
): Promise<CrmCheck> {
  const schema = await persist(() => readSchema(store, tablesOf(mapping)))
  const check = createCheck(schema, nearest)
  for (const module of mapping.modules) checkModule(check, module)
  if (mapping.campaigns) checkCampaigns(check, mapping.campaigns)
  if (check.faults.length > 0) return { ok: false, faults: [...new Set(check.faults)] }
  const facts = (ref: ColumnRef) => schema.get(ref.table)?.columns.get(ref.column) as ColumnFacts
  const typed = withTypedValues(mapping, facts)
  const modules = new Map(typed.modules.map(module => [module.module, module]))
  return { ok: true, tables: { mapping: typed, modules, facts } }
}

/** Fixed values as their columns hold them: SQLite would store a number in a column of text as `1.0`. */
function withTypedValues(mapping: CrmMapping, facts: (ref: ColumnRef) => ColumnFacts): CrmMapping {
  const as = (ref: ColumnRef, value: Fixed): Fixed => {
    const { kind } = facts(ref)
    if (kind === 'integer') return Number(value)
    return kind === 'text' ? String(value) : value
  }
  const conditions = (given: readonly Condition[]): readonly Condition[] =>
    given.map(condition => ({
      ...condition,
      value: condition.value === null ? null : as(condition, condition.value),
    }))
  const mark = (given: Mark): Mark => ({
    ...given,
    bounced: as(given, given.bounced),
    clear: as(given, given.clear),
  })
  const optOut = (given: OptOut | null): OptOut | null => given && { ...given, value: as(given, given.value) }
  const { campaigns } = mapping
  return {
    modules: mapping.modules.map(module => {
      const { addresses, flag } = module
      return {
        ...module,
        where: conditions(module.where),
        flag: flag && mark(flag),
        optOut: optOut(module.optOut),
        addresses:
          addresses.kind === 'columns'
            ? addresses
            : {
                ...addresses,
                where: conditions(addresses.where),
                link: addresses.link && { ...addresses.link, where: conditions(addresses.link.where) },
                mark: mark(addresses.mark),
                optOut: optOut(addresses.optOut),
              },
      }
    }),
    campaigns: campaigns && { ...campaigns, where: conditions(campaigns.where) },
  }
}

function checkModule(check: Check, module: ModuleMapping): void {
  const { addresses, bouncedAddress } = module
  check.key(module.id)
  for (const beside of module.beside) {
    check.key(beside)
    check.sameKind(beside, module.id)
  }
  for (const condition of module.where) check.condition(condition)
  if (module.flag) check.mark(module.flag)
  if (module.optOut) check.fixed(module.optOut, { value: module.optOut.value })
  if (module.updatedAt) check.time(module.updatedAt, false)
  const columns = addresses.kind === 'columns' ? addresses.columns : [addresses.address]
  for (const ref of columns) {
    const found = check.text(ref)
    if (!found || addresses.kind === 'table') continue
    check.written(ref)
    if (!found.nullable && check.isUnique(ref))
      check.say(
        ref,
        `${check.name(ref)} is unique and NOT NULL: two removed addresses would collide; allow NULL`,
      )
  }
  if (bouncedAddress) {
    const found = check.text(bouncedAddress)
    check.written(bouncedAddress)
    const longest = Math.max(...columns.map(ref => check.lengthOf(ref)))
    if (found && found.length !== null && found.length < longest)
      check.say(
        bouncedAddress,
        `${check.name(bouncedAddress)} is ${found.type}, shorter than the address it keeps; make it varchar(${longest})`,
      )
  }
  if (addresses.kind === 'table') checkAddressTable(check, addresses, module.id)
}

function checkAddressTable(check: Check, addresses: AddressTable, record: ColumnRef): void {
  check.key(addresses.id)
  check.search(addresses.record)
  check.sameKind(addresses.record, record)
  if (addresses.link) {
    check.column(addresses.link.address)
    check.sameKind(addresses.link.address, addresses.id)
    for (const condition of addresses.link.where) check.condition(condition)
  }
  for (const condition of addresses.where) check.condition(condition)
  if (addresses.primary) check.column(addresses.primary)
  check.mark(addresses.mark)
  if (addresses.optOut) check.fixed(addresses.optOut, { value: addresses.optOut.value })
  if (addresses.markedAt) check.time(addresses.markedAt, true)
  if (addresses.clearedAt) check.time(addresses.clearedAt, true)
  if (addresses.updatedAt) check.time(addresses.updatedAt, false)
}

function checkCampaigns(check: Check, campaigns: CampaignMapping): void {
  check.key(campaigns.id)
  for (const condition of campaigns.where) check.condition(condition)
  for (const count of [
    campaigns.hardBounces,
    campaigns.softBounces,
    campaigns.blockedBounces,
    campaigns.complaints,
  ])
    if (count) check.count(count)
  if (campaigns.updatedAt) check.time(campaigns.updatedAt, false)
}
