// Holds a mapping against the database as it is: everything that would go wrong later is said at the start.

import type {
  CampaignMapping,
  ColumnRef,
  Condition,
  CrmMapping,
  Fixed,
  Mark,
  ModuleMapping,
  TimeColumn,
} from '../../crm/mapping.ts'
import { lengths } from '../database/columns.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { readSchema, type SchemaColumn, type SchemaTable } from './crm-schema.ts'
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
    return kind === 'integer' ? Number(value) : kind === 'text' ? String(value) : value
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
  const { campaigns } = mapping
  return {
    modules: mapping.modules.map(module => {
      const { addresses, flag } = module
      return {
        ...module,
        where: conditions(module.where),
        flag: flag && mark(flag),
        addresses:
          addresses.kind === 'columns'
            ? addresses
            : {
                ...addresses,
                where: conditions(addresses.where),
                link: addresses.link && { ...addresses.link, where: conditions(addresses.link.where) },
                mark: mark(addresses.mark),
              },
      }
    }),
    campaigns: campaigns && { ...campaigns, where: conditions(campaigns.where) },
  }
}

type Check = ReturnType<typeof createCheck>

/** `YYYY-MM-DD HH:MM:SS`. */
const datetimeLength = 19
const mostOfInt = 2 ** 31 - 1
/** The last time that a column must hold: an int ends in 2038, which is its owner's to know. */
const latest = { epoch: mostOfInt, 'epoch-ms': mostOfInt * 1000 } as const

function createCheck(
  schema: ReadonlyMap<string, SchemaTable>,
  nearest: (word: string, candidates: readonly string[]) => string,
) {
  const faults: string[] = []
  const say = (ref: ColumnRef, message: string): void => {
    faults.push(`${ref.at}: ${message}`)
  }
  const name = (ref: ColumnRef): string => `${ref.table}.${ref.column}`

  /** What is wrong with a table is said once, where it is named first; its columns are then passed over. */
  const judged = new Map<string, SchemaTable | null>()
  const table = (ref: ColumnRef): SchemaTable | null => {
    const known = judged.get(ref.table)
    if (known !== undefined) return known
    const found = schema.get(ref.table)
    const fault = tableFault(ref.table, found)
    if (fault !== null) say(ref, fault)
    judged.set(ref.table, fault === null && found ? found : null)
    return judged.get(ref.table) ?? null
  }
  const tableFault = (wanted: string, found: SchemaTable | undefined): string | null => {
    const others = [...schema.keys()].filter(each => !each.startsWith('rebound_'))
    if (others.length === 0)
      return `there is no table ${wanted}: the database has none but Rebound's own; DATABASE_URL must name the CRM's`
    if (!found || wanted.startsWith('rebound_'))
      return `there is no table ${wanted} of the CRM; did you mean ${nearest(wanted, others)}?`
    if (found.isView) return `${wanted} is a view; name the table behind it`
    if (found.engine !== null && found.engine.toLowerCase() !== 'innodb')
      return `${wanted} is a ${found.engine} table, which knows no transactions; run: ALTER TABLE ${wanted} ENGINE=InnoDB`
    return null
  }
  const column = (ref: ColumnRef): SchemaColumn | null => {
    const found = table(ref)
    if (!found) return null
    const column = found.columns.get(ref.column)
    if (!column)
      say(
        ref,
        `${ref.table} has no column ${ref.column}; did you mean ${nearest(ref.column, [...found.columns.keys()])}?`,
      )
    return column ?? null
  }
  const written = (ref: ColumnRef): SchemaColumn | null => {
    const found = column(ref)
    if (found?.generated) say(ref, `${name(ref)} is computed by the database and cannot be written`)
    return found
  }

  return {
    faults,
    say,
    name,
    column,
    written,
    /** Names one row. */
    key: (ref: ColumnRef): void => {
      const found = column(ref)
      if (!found) return
      if (found.kind !== 'integer' && found.kind !== 'text')
        say(ref, `${name(ref)} is ${found.type || 'of no type'}; an id must be a whole number or text`)
      if (!schema.get(ref.table)?.unique.has(ref.column))
        say(ref, `${name(ref)} is no unique key, so that one id could name many rows; name the primary key`)
    },
    /** Is searched by. */
    search: (ref: ColumnRef): void => {
      const found = column(ref)
      if (!found) return
      if (found.kind !== 'integer' && found.kind !== 'text')
        say(ref, `${name(ref)} is ${found.type || 'of no type'}; an id must be a whole number or text`)
      // Without one, each bounce reads and locks the whole table.
      if (!schema.get(ref.table)?.indexed.has(ref.column))
        say(
          ref,
          `no index begins with ${name(ref)}; run: CREATE INDEX rebound_${ref.column} ON ${ref.table} (${ref.column})`,
        )
    },
    /** Are compared with each other: MySQL takes the text `42abc` for the number 42. */
    sameKind: (ref: ColumnRef, key: ColumnRef): void => {
      const kinds = [ref, key].map(each => schema.get(each.table)?.columns.get(each.column))
      const [found, wanted] = kinds
      if (found && wanted && found.kind !== wanted.kind)
        say(
          ref,
          `${name(ref)} is ${found.type} and cannot hold the id ${name(key)}, which is ${wanted.type}; name a column of the same kind`,
        )
    },
    text: (ref: ColumnRef): SchemaColumn | null => {
      const found = column(ref)
      if (found && (found.kind !== 'text' || found.values))
        say(ref, `${name(ref)} is ${found.type}; an address needs text such as varchar(${lengths.address})`)
      return found
    },
    lengthOf: (ref: ColumnRef): number => schema.get(ref.table)?.columns.get(ref.column)?.length ?? 0,
    isUnique: (ref: ColumnRef): boolean => schema.get(ref.table)?.unique.has(ref.column) ?? false,
    condition: (ref: Condition): void => {
      const found = column(ref)
      if (found && ref.value === null && !found.nullable)
        say(ref, `${name(ref)} is never NULL; write another value`)
      if (found?.kind === 'integer' && !Number.isInteger(Number(ref.value)))
        say(ref, `${name(ref)} is ${found.type} and never "${ref.value}"; write a whole number`)
    },
    mark: (ref: Mark): void => {
      const found = written(ref)
      if (!found) return
      const wrong = (problem: string): void => say(ref, `${name(ref)} is ${found.type}${problem}`)
      const values = [ref.bounced, ref.clear].map(String)
      const long = values.find(value => found.length !== null && value.length > found.length)
      const foreign = values.find(value => found.values && !found.values.includes(value))
      const word = values.find(value => !Number.isInteger(Number(value)))
      if (found.kind === 'integer') {
        const [least, most] = found.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
        const beyond = values.find(value => Number(value) < least || Number(value) > most)
        if (word !== undefined)
          wrong(` and cannot hold "${word}"; write whole numbers for "bounced" and "clear"`)
        else if (beyond !== undefined)
          wrong(` and cannot hold ${beyond}; write numbers from ${least} to ${most}`)
      } else if (found.kind !== 'text') wrong('; a flag needs a whole number or text')
      else if (foreign !== undefined)
        wrong(`; write one of ${found.values?.join(', ')} in place of "${foreign}"`)
      else if (long !== undefined) wrong(`, too short for "${long}"`)
    },
    time: (ref: TimeColumn, mayBeNull: boolean): void => {
      const found = written(ref)
      if (!found) return
      const wanted = ref.format === 'datetime' ? ['time', 'text'] : ['integer']
      const fits =
        ref.format === 'datetime'
          ? !found.values && (found.kind === 'time' || (found.length ?? datetimeLength) >= datetimeLength)
          : (found.range?.[1] ?? latest[ref.format]) >= latest[ref.format]
      if (!wanted.includes(found.kind) || !fits)
        say(
          ref,
          `${name(ref)} is ${found.type}, which does not hold a time as ${ref.format}; choose "format" among datetime, epoch, epoch-ms`,
        )
      if (mayBeNull && !found.nullable) say(ref, `${name(ref)} must allow NULL: it is emptied again`)
    },
    count: (ref: ColumnRef): void => {
      const found = written(ref)
      if (found && found.kind !== 'integer')
        say(ref, `${name(ref)} is ${found.type}; a count needs a whole number`)
      else if (found && (found.range?.[1] ?? mostOfInt) < mostOfInt)
        say(ref, `${name(ref)} is ${found.type}; a count needs at least an int`)
    },
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
  if (module.updatedAt) check.time(module.updatedAt, false)
  const columns = addresses.kind === 'columns' ? addresses.columns : [addresses.address]
  for (const ref of columns) {
    const found = check.text(ref)
    if (!found || addresses.kind === 'table') continue
    check.written(ref)
    if (!found.nullable && check.isUnique(ref))
      check.say(
        ref,
        `${check.name(ref)} is unique and NOT NULL: two removed addresses would collide; let it be NULL`,
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
  if (addresses.kind === 'columns') return
  check.key(addresses.id)
  check.search(addresses.record)
  check.sameKind(addresses.record, module.id)
  if (addresses.link) {
    check.column(addresses.link.address)
    check.sameKind(addresses.link.address, addresses.id)
    for (const condition of addresses.link.where) check.condition(condition)
  }
  for (const condition of addresses.where) check.condition(condition)
  if (addresses.primary) check.column(addresses.primary)
  check.mark(addresses.mark)
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
