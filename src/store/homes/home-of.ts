// Where the records of a module are: in Rebound's own tables, or in the CRM's where a mapping file names them.

import { modulesByNumber, ownModules } from '../../crm/mapping.ts'
import type { Store } from '../database/open.ts'
import { crmHome } from './crm-home.ts'
import { ownHome } from './own-home.ts'
import type { RecordHome } from './record-home.ts'

/** The home of a module's records, or null for a module that nobody told us of. */
export function homeOf(store: Store, module: string): RecordHome | null {
  const mapped = store.crm?.modules.get(module)
  if (store.crm && mapped) return crmHome(store, store.crm, mapped)
  return (ownModules as readonly string[]).includes(module) ? ownHome(store, module) : null
}

/** The same question for each event that is recorded: no home is made for its answer. */
export function hasHome({ crm }: Store, module: string): boolean {
  return crm?.modules.has(module) || (ownModules as readonly string[]).includes(module)
}

/** All modules, in the order of lists. */
export function modulesOf(store: Store): readonly string[] {
  return modulesByNumber(store.crm?.mapping ?? null).filter(module => module !== '')
}
