// The mapping file and the old return paths: would a server start with them on this database?

import { crmFault, mappingOf, settingFaults } from '../backend/mapping.ts'
import type { DoctorFinding } from '../model/doctor-finding.ts'
import { nearest } from '../model/spelling.ts'
import type { Config } from '../settings/config.ts'
import type { Store } from '../store/database/open.ts'
import { checkMapping } from '../store/homes/crm-check.ts'
import { fault, ok } from './finding.ts'

/** Empty where neither is set. */
export async function examineMapping(store: Store, config: Config): Promise<readonly DoctorFinding[]> {
  const { crmFile, legacy } = config
  if (crmFile === null && legacy.length === 0) return []
  const check = crmFile === null ? 'REBOUND_LEGACY' : 'REBOUND_CRM_FILE'
  const faults = [...(await settingFaults(config))]
  const mapping = await mappingOf(config)
  const checked = mapping && (await checkMapping(store, mapping, nearest))
  if (checked?.ok === false) faults.push(...checked.faults.map(each => crmFault(config, each)))
  return faults.length > 0
    ? faults.map(each => fault(check, each, 'Mend that: a server does not start with it.'))
    : [ok(check, crmFile === null ? 'is understood' : 'fits the tables of the database')]
}
