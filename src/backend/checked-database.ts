// The database opened for these settings: its keys are ours, and the mapping file fits it. Every fault at once.

import { join } from 'node:path'
import type { CrmMapping, ModuleNumber } from '../crm/mapping.ts'
import { nearest } from '../model/spelling.ts'
import type { SigningKey } from '../return-path/keys.ts'
import type { Config } from '../settings/config.ts'
import { hasSecret } from '../settings/secret.ts'
import type { Store } from '../store/database/open.ts'
import { checkMapping } from '../store/homes/crm-check.ts'
import { idleConditions } from '../store/homes/crm-conditions.ts'
import { type KnownKey, registerKeys } from '../store/tables/keys.ts'
import { registerModules } from '../store/tables/module-numbers.ts'
import { folderFault } from '../system/folder.ts'
import { openDatabase } from './database.ts'
import { keyName } from './keys.ts'
import { crmFault, mappingOf, moduleNames, settingFaults } from './mapping.ts'
import { usableKeys } from './signing.ts'
import { StartError } from './start-error.ts'

export interface CheckedDatabase {
  /** With the CRM's tables, where a mapping file names them. */
  readonly store: Store
  readonly keys: readonly SigningKey[]
  readonly modules: readonly string[]
  readonly mapping: CrmMapping | null
  /** Modules that had a number before, as far as the database knows. */
  readonly earlier: readonly ModuleNumber[]
}

/** @param warn only for a server: a command that runs beside one shows no warnings. Throws StartError, DatabaseError. */
export async function openChecked(
  config: Config,
  warn?: (message: string) => void,
): Promise<CheckedDatabase> {
  const hadSecret = hasSecret(config)
  if (hadSecret) usableKeys(config)
  const folder = hadSecret ? null : folderFault(config.dataDir)
  if (folder !== null) throw new StartError([`REBOUND_DATA_DIR ${folder}`])
  const faults = [...(await settingFaults(config))]
  const { store } = await openDatabase(config, warn)
  try {
    const keys = await knownKeys(store, config, faults)
    const mapping = await mappingOf(config)
    const earlier = await earlierModules(store, config, mapping, warn !== undefined, faults)
    const crm = mapping && (await crmTables(store, config, mapping, faults))
    if (faults.length > 0 || keys === null) throw new StartError(faults)
    const modules = await moduleNames(config)
    if (!crm) return { store, keys, modules, mapping, earlier }
    const mapped = { ...store, crm }
    // A start does not fail because a table is too big to search.
    const idle = warn ? await idleConditions(mapped, crm).catch(() => []) : []
    for (const condition of idle) warn?.(crmFault(config, condition))
    return { store: mapped, keys, modules, mapping, earlier }
  } catch (error) {
    await store.close()
    throw error
  }
}

/** Registers our keys; null and a fault where the database knows one that we lack. */
async function knownKeys(
  store: Store,
  config: Config,
  faults: string[],
): Promise<readonly SigningKey[] | null> {
  const options = { now: new Date(), keepDays: config.returnPathDays }
  // A secret is made only for a database that knows no key: a restored one needs its own.
  const lost = hasSecret(config) ? [] : await registerKeys(store, [], options)
  // Checked again: a process that started at the same time may have made it.
  const keys = lost.length === 0 || hasSecret(config) ? usableKeys(config) : null
  const missing = keys === null ? lost : await registerKeys(store, keys, options)
  if (missing.length > 0) faults.push(foreignKeys(missing, config))
  return keys
}

function foreignKeys(missing: readonly KnownKey[], config: Config): string {
  const since = missing[0]?.firstUsedAt.toISOString().slice(0, 10)
  const which = missing.length === 1 ? 'a key that is' : `${missing.length} keys that are`
  const where =
    config.secrets.length > 0
      ? 'append the old key behind the new one: REBOUND_SECRET=new,old'
      : `restore the secret in ${join(config.dataDir, 'secret')}, or set REBOUND_SECRET to the old key`
  return `REBOUND_SECRET: return paths of this database were signed with ${which} not among yours (in use since ${since}); ${where}; when it became known to somebody else: \`rebound keys forget ${missing.map(key => keyName(key.check)).join(', ')}\``
}

async function earlierModules(
  store: Store,
  config: Config,
  mapping: CrmMapping | null,
  retires: boolean,
  faults: string[],
): Promise<readonly ModuleNumber[]> {
  const { clashes, earlier } = await registerModules(store, mapping?.modules ?? [], {
    now: new Date(),
    keepDays: config.returnPathDays,
    // A command run beside a server may have other settings; the server's are authoritative.
    retires,
    // A file with faults does not say which modules there are.
    writes: faults.length === 0,
  })
  for (const { number, module, was } of clashes)
    faults.push(
      crmFault(
        config,
        `modules.${module}.number: return paths already sent carry ${number} for ${was}; write another number`,
      ),
    )
  return earlier
}

async function crmTables(
  store: Store,
  config: Config,
  mapping: CrmMapping,
  faults: string[],
): Promise<Store['crm'] | null> {
  const checked = await checkMapping(store, mapping, nearest)
  if (checked.ok) return checked.tables
  faults.push(...checked.faults.map(fault => crmFault(config, fault)))
  return null
}
