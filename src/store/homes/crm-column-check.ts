// What a column of the CRM must be for each of its uses; every fault is said with what to write instead.

import type { ColumnRef, Condition, Fixed, Mark, TimeColumn } from '../../crm/mapping.ts'
import { lengths } from '../database/columns.ts'
import type { SchemaColumn, SchemaTable } from './crm-schema.ts'

/** `YYYY-MM-DD HH:MM:SS`. */
const datetimeLength = 19
const mostOfInt = 2 ** 31 - 1
/** The last time that a column must hold: an int ends in 2038, which is its owner's to know. */
const latest = { epoch: mostOfInt, 'epoch-ms': mostOfInt * 1000 } as const

/** Finds tables and columns, and says what is missing. */
function createLookup(
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
      return `there is no table ${wanted}: the database has only Rebound's own tables; DATABASE_URL must name the CRM's`
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
    columnOf: (ref: ColumnRef) => schema.get(ref.table)?.columns.get(ref.column),
    isUnique: (ref: ColumnRef): boolean => schema.get(ref.table)?.unique.has(ref.column) ?? false,
    isIndexed: (ref: ColumnRef): boolean => schema.get(ref.table)?.indexed.has(ref.column) ?? false,
  }
}

type Lookup = ReturnType<typeof createLookup>

/** All faults found so far, and the checks that add to them. */
export function createCheck(
  schema: ReadonlyMap<string, SchemaTable>,
  nearest: (word: string, candidates: readonly string[]) => string,
) {
  const lookup = createLookup(schema, nearest)
  return { ...lookup, ...keyChecks(lookup), ...valueChecks(lookup) }
}

export type Check = ReturnType<typeof createCheck>

function keyChecks({ say, name, column, columnOf, isUnique, isIndexed }: Lookup) {
  return {
    /** Names one row. */
    key: (ref: ColumnRef): void => {
      const found = column(ref)
      if (!found) return
      if (found.kind !== 'integer' && found.kind !== 'text')
        say(ref, `${name(ref)} is ${found.type || 'of no type'}; an id must be a whole number or text`)
      if (!isUnique(ref))
        say(ref, `${name(ref)} is not a unique key, so one id could name several rows; name the primary key`)
    },
    /** Is searched by. */
    search: (ref: ColumnRef): void => {
      const found = column(ref)
      if (!found) return
      if (found.kind !== 'integer' && found.kind !== 'text')
        say(ref, `${name(ref)} is ${found.type || 'of no type'}; an id must be a whole number or text`)
      // Without one, each bounce reads and locks the whole table.
      if (!isIndexed(ref))
        say(
          ref,
          `no index begins with ${name(ref)}; run: CREATE INDEX rebound_${ref.column} ON ${ref.table} (${ref.column})`,
        )
    },
    /** Are compared with each other: MySQL takes the text `42abc` for the number 42. */
    sameKind: (ref: ColumnRef, key: ColumnRef): void => {
      const [found, wanted] = [ref, key].map(columnOf)
      if (found && wanted && found.kind !== wanted.kind)
        say(
          ref,
          `${name(ref)} is ${found.type} and cannot hold the id ${name(key)}, which is ${wanted.type}; name a column of the same kind`,
        )
    },
  }
}

function valueChecks({ say, name, column, written, columnOf }: Lookup) {
  /** @param given the values that the column must hold, by their names in the file */
  const fixed = (ref: ColumnRef, given: Readonly<Record<string, Fixed>>): void => {
    const found = written(ref)
    if (!found) return
    const wrong = (problem: string): void => say(ref, `${name(ref)} is ${found.type}${problem}`)
    const values = Object.values(given).map(String)
    const long = values.find(value => found.length !== null && value.length > found.length)
    const foreign = values.find(value => found.values && !found.values.includes(value))
    const word = values.find(value => !Number.isInteger(Number(value)))
    if (found.kind === 'integer') {
      const [least, most] = found.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
      const beyond = values.find(value => Number(value) < least || Number(value) > most)
      const names = Object.keys(given).map(key => `"${key}"`)
      if (word !== undefined)
        wrong(` and cannot hold "${word}"; write whole numbers for ${names.join(' and ')}`)
      else if (beyond !== undefined)
        wrong(` and cannot hold ${beyond}; write numbers from ${least} to ${most}`)
    } else if (found.kind !== 'text') wrong('; a flag needs a whole number or text')
    else if (foreign !== undefined)
      wrong(`; write one of ${found.values?.join(', ')} in place of "${foreign}"`)
    else if (long !== undefined) wrong(`, too short for "${long}"`)
  }
  return {
    text: (ref: ColumnRef): SchemaColumn | null => {
      const found = column(ref)
      if (found && (found.kind !== 'text' || found.values))
        say(ref, `${name(ref)} is ${found.type}; an address needs text such as varchar(${lengths.address})`)
      return found
    },
    lengthOf: (ref: ColumnRef): number => columnOf(ref)?.length ?? 0,
    condition: (ref: Condition): void => {
      const found = column(ref)
      if (found && ref.value === null && !found.nullable)
        say(ref, `${name(ref)} is never NULL; write another value`)
      if (found?.kind === 'integer' && !Number.isInteger(Number(ref.value)))
        say(ref, `${name(ref)} is ${found.type} and never "${ref.value}"; write a whole number`)
    },
    fixed,
    mark: (ref: Mark): void => fixed(ref, { bounced: ref.bounced, clear: ref.clear }),
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
