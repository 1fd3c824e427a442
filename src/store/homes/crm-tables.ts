// The CRM's own tables: what the mapping file says of them, found true of the database.

import type { ColumnRef, CrmMapping, ModuleMapping } from '../../crm/mapping.ts'

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

/** The names of all tables that a mapping uses. */
export function tablesOf({ modules, campaigns }: CrmMapping): readonly string[] {
  const refs = modules.flatMap(({ id, beside, addresses }) => [
    id,
    ...beside,
    ...(addresses.kind === 'table' ? [addresses.id, addresses.record] : []),
  ])
  return [...new Set([...refs, ...(campaigns ? [campaigns.id] : [])].map(ref => ref.table))]
}
