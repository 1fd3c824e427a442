// Records in the CRM's own tables.
import type { ModuleMapping } from '../crm/mapping.ts'
import type { CrmTables } from './crm-tables.ts'
import type { Store } from './open.ts'
import type { RecordHome } from './record-home.ts'

export function crmHome(_store: Store, _crm: CrmTables, _mapping: ModuleMapping): RecordHome {
  throw new Error('not yet')
}
