// The mapping file (REBOUND_CRM_FILE): JSON that says which of the CRM's own tables and columns to use.

import { readFileSync } from 'node:fs'
import { z } from 'zod'
import {
  type AddressColumns,
  type AddressTable,
  type CampaignMapping,
  type ColumnRef,
  type Condition,
  type CrmMapping,
  type Mark,
  type ModuleMapping,
  ownModules,
  type TimeColumn,
} from '../../crm/mapping.ts'
import { nearest } from '../../model/spelling.ts'
import {
  addressesShape,
  campaignShape,
  columnName,
  fileShape,
  linkShape,
  markShape,
  moduleShape,
  mostModules,
  timeShape,
} from './shapes.ts'
import { doubleUses } from './uses.ts'

export type MappingReading =
  | { readonly ok: true; readonly mapping: CrmMapping }
  /** Each fault says where it is and what to write instead. */
  | { readonly ok: false; readonly faults: readonly string[] }

/** Reads the file; every fault at once. */
export function readMappingFile(path: string): MappingReading {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return { ok: false, faults: [`the file cannot be read: ${(error as Error).message}`] }
  }
  try {
    return readMapping(JSON.parse(text.replace(/^\uFEFF/, '')))
  } catch (error) {
    return { ok: false, faults: [`the file is not JSON: ${(error as Error).message}`] }
  }
}

/** Reads what the file holds; every fault at once. */
export function readMapping(value: unknown): MappingReading {
  const reader = createReader()
  const file = reader.read(fileShape, value, '')
  const modules: ModuleMapping[] = []
  for (const [module, given] of Object.entries(file?.modules ?? {})) {
    const mapping = reader.module(module, given)
    if (mapping) modules.push(mapping)
  }
  if (file && Object.keys(file.modules).length === 0) reader.fault('modules', 'write at least one module')
  const campaigns = file?.campaigns === undefined ? null : reader.campaigns(file.campaigns)
  for (const { module, number } of modules) {
    const other = modules.find(each => each.number === number && each.module < module)
    if (other)
      reader.fault(`modules.${module}.number`, `${number} is the number of ${other.module}; write another`)
  }
  for (const { ref, other, isSameOwner } of doubleUses({ modules, campaigns })) {
    const owner = /^(?:modules\.[^.]+|campaigns)\./.exec(other.at)?.[0] ?? ''
    const use = isSameOwner ? other.at.slice(owner.length) : other.at
    reader.fault(ref.at, `${ref.table}.${ref.column} is ${use} already; a column has one use`)
  }
  if (reader.faults.length > 0) return { ok: false, faults: reader.faults }
  return { ok: true, mapping: { modules, campaigns } }
}

function createReader() {
  const faults: string[] = []
  const fault = (at: string, message: string): void => {
    faults.push(at === '' ? message : `${at}: ${message}`)
  }
  const read = <S extends z.ZodType>(schema: S, value: unknown, at: string): z.output<S> | null => {
    const result = schema.safeParse(value)
    if (result.success) return result.data
    for (const issue of result.error.issues)
      fault([at, ...issue.path.map(String)].filter(part => part !== '').join('.'), issue.message)
    return null
  }

  /** A column of `table`, or `other.column` of a table beside it. */
  const ref = (text: string, table: string, beside: readonly string[], at: string): ColumnRef => {
    const [first = '', second] = text.split('.')
    if (second === undefined) return { table, column: first, at }
    if (first !== table && !beside.includes(first))
      fault(
        at,
        `${first} is not a table of this module; name it in "beside", or write ${nearest(first, [table, ...beside])}.${second}`,
      )
    return { table: first, column: second, at }
  }
  const conditions = (
    given: Readonly<Record<string, string | number | null>> | undefined,
    table: string,
    beside: readonly string[],
    at: string,
  ): readonly Condition[] =>
    Object.entries(given ?? {}).map(([column, value]) => ({
      ...ref(column, table, beside, `${at}.where.${column}`),
      value,
    }))
  const mark = (given: unknown, table: string, beside: readonly string[], at: string): Mark | null => {
    const shape = read(markShape, typeof given === 'string' ? { column: given } : given, at)
    if (!shape) return null
    if (String(shape.bounced) === String(shape.clear)) fault(at, '"bounced" and "clear" are the same value')
    return { ...ref(shape.column, table, beside, at), bounced: shape.bounced, clear: shape.clear }
  }
  const time = (given: unknown, table: string, beside: readonly string[], at: string): TimeColumn | null => {
    if (given === undefined) return null
    const shape = read(timeShape, typeof given === 'string' ? { column: given } : given, at)
    return shape && { ...ref(shape.column, table, beside, at), format: shape.format }
  }

  const addressTable = (given: unknown, at: string): AddressTable | null => {
    const shape = read(addressesShape, given, at)
    if (!shape) return null
    const { table } = shape
    const own = (column: string, key: string): ColumnRef => ({ table, column, at: `${at}.${key}` })
    const link = shape.link === undefined ? null : read(linkShape, shape.link, `${at}.link`)
    if (shape.link === undefined && shape.record === undefined)
      fault(at, 'write "record", the column that holds the record\'s id, or "link", the table between')
    if (shape.link !== undefined && shape.record !== undefined)
      fault(`${at}.record`, 'write either "record" or "link"; with "link" the record is named there')
    const linked = (column: string, key: string): ColumnRef | null =>
      link && { table: link.table, column, at: `${at}.link.${key}` }
    const record = link ? linked(link.record, 'record') : own(shape.record ?? '', 'record')
    const marked = mark(shape.mark, table, [], `${at}.mark`)
    if (!record || !marked) return null
    const linkAddress = link && linked(link.address, 'address')
    return {
      kind: 'table',
      id: own(shape.id, 'id'),
      address: own(shape.address, 'address'),
      where: conditions(shape.where, table, [], at),
      record,
      link: link &&
        linkAddress && {
          address: linkAddress,
          where: conditions(link.where, link.table, [], `${at}.link`),
        },
      primary: link?.primary
        ? linked(link.primary, 'primary')
        : shape.primary === undefined
          ? null
          : own(shape.primary, 'primary'),
      mark: marked,
      markedAt: time(shape.markedAt, table, [], `${at}.markedAt`),
      clearedAt: time(shape.clearedAt, table, [], `${at}.clearedAt`),
      updatedAt: time(shape.updatedAt, table, [], `${at}.updatedAt`),
    }
  }
  const addressColumns = (
    given: unknown,
    table: string,
    beside: readonly string[],
    at: string,
  ): AddressColumns | null => {
    const help = 'write the address columns, ["email", …], or an object for addresses in a table of their own'
    const columns = read(
      z.array(columnName, help).min(1, help),
      typeof given === 'string' ? [given] : given,
      at,
    )
    return (
      columns && {
        kind: 'columns',
        columns: columns.map((column, index) => ref(column, table, beside, `${at}.${index}`)),
      }
    )
  }

  const module = (name: string, given: unknown): ModuleMapping | null => {
    const at = `modules.${name}`
    if (!/^[a-z][a-z0-9_]{0,30}$/.test(name))
      fault(at, 'write a module name of lower-case letters, digits and _, such as contacts')
    const shape = read(moduleShape, given, at)
    if (!shape) return null
    const { table } = shape
    const beside = Object.keys(shape.beside ?? {})
    const fixedNumber = (ownModules as readonly string[]).indexOf(name)
    const number = shape.number ?? fixedNumber
    if (fixedNumber >= 0 && number !== fixedNumber)
      fault(`${at}.number`, `the number of ${name} is ${fixedNumber}; write that, or leave it out`)
    if (fixedNumber < 0 && number < ownModules.length)
      fault(
        `${at}.number`,
        `write a number from 3 to ${mostModules} that no other module has: return paths carry it`,
      )
    const isTable =
      typeof shape.addresses === 'object' && shape.addresses !== null && !Array.isArray(shape.addresses)
    const addresses = isTable
      ? addressTable(shape.addresses, `${at}.addresses`)
      : addressColumns(shape.addresses, table, beside, `${at}.addresses`)
    const flag = shape.flag === undefined ? null : mark(shape.flag, table, beside, `${at}.flag`)
    if (!addresses) return null
    const mapping: ModuleMapping = {
      module: name,
      number,
      id: { table, column: shape.id, at: `${at}.id` },
      beside: Object.entries(shape.beside ?? {}).map(([other, column]) => ({
        table: other,
        column,
        at: `${at}.beside.${other}`,
      })),
      where: conditions(shape.where, table, beside, at),
      addresses,
      flag,
      bouncedAddress:
        shape.bouncedAddress === undefined
          ? null
          : ref(shape.bouncedAddress, table, beside, `${at}.bouncedAddress`),
      updatedAt: time(shape.updatedAt, table, beside, `${at}.updatedAt`),
    }
    return mapping
  }

  const campaigns = (given: unknown): CampaignMapping | null => {
    const at = 'campaigns'
    const shape = read(campaignShape, given, at)
    if (!shape) return null
    const { table } = shape
    const column = (key: 'hardBounces' | 'softBounces' | 'blockedBounces' | 'complaints') =>
      shape[key] === undefined ? null : { table, column: shape[key], at: `${at}.${key}` }
    const counts = {
      hardBounces: column('hardBounces'),
      softBounces: column('softBounces'),
      blockedBounces: column('blockedBounces'),
      complaints: column('complaints'),
    }
    if (Object.values(counts).every(count => count === null))
      fault(at, `write at least one of ${Object.keys(counts).join(', ')}`)
    return {
      id: { table, column: shape.id, at: `${at}.id` },
      where: conditions(shape.where, table, [], at),
      ...counts,
      updatedAt: time(shape.updatedAt, table, [], `${at}.updatedAt`),
    }
  }
  return { faults, fault, read, module, campaigns }
}
