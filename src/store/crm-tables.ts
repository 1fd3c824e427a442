// The CRM's own tables: what the mapping file says of them, found true of the database.

import type { ColumnRef, CrmMapping, ModuleMapping } from '../crm/mapping.ts'

export interface ColumnFacts {
  readonly kind: 'integer' | 'text' | 'time' | 'other'
  readonly nullable: boolean
  /** In characters; null where there is no limit. */
  readonly length: number | null
}

export interface CrmTables {
  readonly mapping: CrmMapping
  readonly modules: ReadonlyMap<string, ModuleMapping>
  readonly facts: (column: ColumnRef) => ColumnFacts
}
