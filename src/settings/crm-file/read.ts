// The mapping file (REBOUND_CRM_FILE): JSON that says which of the CRM's own tables and columns to use.

import { readFileSync } from 'node:fs'
import { type CampaignMapping, type CrmMapping, type ModuleMapping, ownModules } from '../../crm/mapping.ts'
import { canaryModule } from '../../model/canary.ts'
import { fileErrorWords } from '../../system/file-error.ts'
import { addressesOf } from './addresses.ts'
import { type ColumnTables, conditionsOf, markOf, optOutOf, refOf, timeOf } from './columns.ts'
import { type FileReading, startFileReading } from './reading.ts'
import { campaignShape, fileShape, moduleShape, mostModules } from './shapes.ts'
import { doubleUses } from './uses.ts'

export type MappingReading =
  | { readonly ok: true; readonly mapping: CrmMapping }
  | {
      readonly ok: false
      /** Each fault says where it is and what to write instead. */
      readonly faults: readonly string[]
      /** What could be read in spite of them, so that more faults can be found; null if nothing could. */
      readonly mapping: CrmMapping | null
    }

/** Reads the file; every fault at once. */
export function readMappingFile(path: string): MappingReading {
  const unusable = (fault: string): MappingReading => ({ ok: false, faults: [fault], mapping: null })
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return unusable(`the file cannot be read: ${fileErrorWords(error)}`)
  }
  try {
    return readMapping(JSON.parse(text.replace(/^\uFEFF/, '')))
  } catch (error) {
    return unusable(`the file is not JSON: ${(error as Error).message.replaceAll(/\s+/g, ' ')}`)
  }
}

/** Reads what the file holds; every fault at once. */
export function readMapping(value: unknown): MappingReading {
  const reading = startFileReading()
  const { fault } = reading
  const file = reading.read(fileShape, value, '')
  if (file === null) return { ok: false, faults: reading.faults, mapping: null }
  const modules = Object.entries(file.modules).flatMap(
    ([name, value]) => moduleOf(reading, name, value) ?? [],
  )
  if (Object.keys(file.modules).length === 0) fault('modules', 'write at least one module')
  const campaigns = file.campaigns === undefined ? null : campaignsOf(reading, file.campaigns)
  const mapping: CrmMapping = { modules, campaigns }
  for (const { module, number } of modules) {
    const other = modules.find(each => each.number === number && each.module < module)
    if (other) fault(`modules.${module}.number`, `${number} is the number of ${other.module}; write another`)
  }
  for (const { ref, other, isSameOwner } of doubleUses(mapping)) {
    const owner = /^(?:modules\.[^.]+|campaigns)\./.exec(other.at)?.[0] ?? ''
    const use = isSameOwner ? other.at.slice(owner.length) : other.at
    fault(ref.at, `${ref.table}.${ref.column} is ${use} already; a column has one use`)
  }
  const { faults } = reading
  return faults.length > 0 ? { ok: false, faults, mapping } : { ok: true, mapping }
}

function moduleOf(reading: FileReading, name: string, value: unknown): ModuleMapping | null {
  const at = `modules.${name}`
  if (!/^[a-z][a-z0-9_]{0,30}$/.test(name))
    reading.fault(at, 'write a module name of lower-case letters, digits and _, such as contacts')
  if (name === canaryModule)
    reading.fault(at, 'is the module of `rebound doctor --canary`; write another name')
  const shape = reading.read(moduleShape, value, at)
  if (!shape) return null
  const { table } = shape
  const tables: ColumnTables = { table, beside: Object.keys(shape.beside ?? {}) }
  const number = numberOf(reading, name, shape.number, at)
  const addresses = addressesOf(reading, shape.addresses, tables, `${at}.addresses`)
  const flag = shape.flag === undefined ? null : markOf(reading, shape.flag, tables, `${at}.flag`)
  if (!addresses) return null
  return {
    module: name,
    number,
    id: { table, column: shape.id, at: `${at}.id` },
    beside: Object.entries(shape.beside ?? {}).map(([other, column]) => ({
      table: other,
      column,
      at: `${at}.beside.${other}`,
    })),
    where: conditionsOf(reading, shape.where, tables, at),
    addresses,
    flag,
    bouncedAddress:
      shape.bouncedAddress === undefined
        ? null
        : refOf(reading, shape.bouncedAddress, tables, `${at}.bouncedAddress`),
    optOut: optOutOf(reading, shape.optOut, tables, `${at}.optOut`),
    updatedAt: timeOf(reading, shape.updatedAt, tables, `${at}.updatedAt`),
  }
}

/** Return paths carry it: that of `contacts`, `companies` and `leads` is fixed. */
function numberOf({ fault }: FileReading, module: string, written: number | undefined, at: string): number {
  const fixed = (ownModules as readonly string[]).indexOf(module)
  const number = written ?? fixed
  if (fixed >= 0 && number !== fixed)
    fault(`${at}.number`, `the number of ${module} is ${fixed}; write that, or leave it out`)
  if (fixed < 0 && number < ownModules.length)
    fault(
      `${at}.number`,
      `write a number from 3 to ${mostModules} that no other module has: return paths carry it`,
    )
  return number
}

const counts = ['hardBounces', 'softBounces', 'blockedBounces', 'complaints'] as const

function campaignsOf(reading: FileReading, value: unknown): CampaignMapping | null {
  const at = 'campaigns'
  const shape = reading.read(campaignShape, value, at)
  if (!shape) return null
  const { table } = shape
  const tables: ColumnTables = { table, beside: [] }
  const column = (key: (typeof counts)[number]) =>
    shape[key] === undefined ? null : { table, column: shape[key], at: `${at}.${key}` }
  if (counts.every(key => shape[key] === undefined))
    reading.fault(at, `write at least one of ${counts.join(', ')}`)
  return {
    id: { table, column: shape.id, at: `${at}.id` },
    where: conditionsOf(reading, shape.where, tables, at),
    hardBounces: column('hardBounces'),
    softBounces: column('softBounces'),
    blockedBounces: column('blockedBounces'),
    complaints: column('complaints'),
    updatedAt: timeOf(reading, shape.updatedAt, tables, `${at}.updatedAt`),
  }
}
