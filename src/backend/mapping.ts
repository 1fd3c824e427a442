// The settings whose contents are files and patterns: the mapping of the CRM's own tables, and old return paths.

import { type CrmMapping, modulesByNumber } from '../crm/mapping.ts'
import { templateFaults } from '../return-path/template.ts'
import type { Config } from '../settings/config.ts'
import type { MappingReading } from '../settings/crm-file/read.ts'

/** What is wrong with the contents of REBOUND_LEGACY and REBOUND_CRM_FILE, before the database is asked. */
export async function settingFaults(config: Partial<Config>): Promise<readonly string[]> {
  const { legacy = [], domains = [] } = config
  const crm = await readCrmFile(config)
  return [
    ...templateFaults(legacy, await moduleNames(config), domains).map(fault => `REBOUND_LEGACY: ${fault}`),
    ...(crm?.ok === false ? crm.faults.map(fault => crmFault(config, fault)) : []),
  ]
}

/** All modules by name. */
export async function moduleNames(config: Partial<Config>): Promise<readonly string[]> {
  return modulesByNumber(await mappingOf(config)).filter(name => name !== '')
}

/** The file's reader comes with a library of schemas: without a file it is not loaded. */
async function readCrmFile({ crmFile }: Partial<Config>): Promise<MappingReading | null> {
  if (!crmFile) return null
  const { readMappingFile } = await import('../settings/crm-file/read.ts')
  return readMappingFile(crmFile)
}

/** Null where there is no file; of one with faults, what of it can be held against the database. */
export async function mappingOf(config: Partial<Config>): Promise<CrmMapping | null> {
  return (await readCrmFile(config))?.mapping ?? null
}

export const crmFault = ({ crmFile }: Partial<Config>, fault: string): string =>
  `REBOUND_CRM_FILE is "${crmFile}": ${fault}`
