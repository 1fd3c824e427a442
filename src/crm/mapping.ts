// The CRM's own tables, as a mapping file describes them, once it has been read and checked.

/** A column, and where the file names it: `modules.contacts.flag`. */
export interface ColumnRef {
  readonly table: string
  readonly column: string
  readonly at: string
}

export type Fixed = string | number

/** A column that says yes or no in the CRM's own way. */
export interface Mark extends ColumnRef {
  readonly bounced: Fixed
  readonly clear: Fixed
}

/** A column that says that a person wants no mail. */
export interface OptOut extends ColumnRef {
  readonly value: Fixed
}

/** `datetime` is UTC, `YYYY-MM-DD HH:MM:SS`; `epoch` counts seconds. */
export type TimeFormat = 'datetime' | 'epoch' | 'epoch-ms'

export interface TimeColumn extends ColumnRef {
  readonly format: TimeFormat
}

/** Only rows of which the column has this value, NULL for one, are there for us. */
export interface Condition extends ColumnRef {
  readonly value: Fixed | null
}

export interface ModuleMapping {
  readonly module: string
  /** In a signed return path; 0 contacts, 1 companies, 2 leads. */
  readonly number: number
  readonly id: ColumnRef
  /** Tables with at most one row a record, found by the record's id. */
  readonly beside: readonly ColumnRef[]
  readonly where: readonly Condition[]
  readonly addresses: AddressColumns | AddressTable
  /** Null: Rebound keeps the flag. */
  readonly flag: Mark | null
  /** Null: Rebound keeps it. */
  readonly bouncedAddress: ColumnRef | null
  /** Set by a complaint, and never cleared. */
  readonly optOut: OptOut | null
  readonly updatedAt: TimeColumn | null
}

/** Addresses on the record itself: a hard bounce empties those that bounced. */
export interface AddressColumns {
  readonly kind: 'columns'
  readonly columns: readonly ColumnRef[]
}

/** Addresses in a table of their own: a hard bounce marks the row, which several records may share. */
export interface AddressTable {
  readonly kind: 'table'
  readonly id: ColumnRef
  readonly address: ColumnRef
  readonly where: readonly Condition[]
  /** Which record: a column of the address table, or of a table between the two. */
  readonly record: ColumnRef
  /** The table between, with the column that names the address; null when `record` is in the address table. */
  readonly link: { readonly address: ColumnRef; readonly where: readonly Condition[] } | null
  /** A column that is greatest for the record's first address. */
  readonly primary: ColumnRef | null
  readonly mark: Mark
  /** When it was marked (else null), and when the mark was last taken away. */
  readonly markedAt: TimeColumn | null
  readonly clearedAt: TimeColumn | null
  /** Of the row, as `optOut` of the record. */
  readonly optOut: OptOut | null
  readonly updatedAt: TimeColumn | null
}

/** The columns that Rebound keeps equal to its own counts of a campaign. */
export interface CampaignMapping {
  readonly id: ColumnRef
  readonly where: readonly Condition[]
  readonly hardBounces: ColumnRef | null
  readonly softBounces: ColumnRef | null
  readonly blockedBounces: ColumnRef | null
  readonly complaints: ColumnRef | null
  readonly updatedAt: TimeColumn | null
}

export interface CrmMapping {
  readonly modules: readonly ModuleMapping[]
  readonly campaigns: CampaignMapping | null
}

/** The modules that every installation has; their place is their number in a signed path. */
export const ownModules = ['contacts', 'companies', 'leads'] as const

/** A number in signed return paths, and whose it is. */
export interface ModuleNumber {
  readonly number: number
  readonly module: string
}

/**
 * Module names by their number; a number that nobody uses is an empty name.
 * @param earlier modules that a mapping named once: return paths that are on their way carry their numbers
 */
export function modulesByNumber(
  mapping: CrmMapping | null,
  earlier: readonly ModuleNumber[] = [],
): readonly string[] {
  const names: string[] = [...ownModules]
  for (const { module, number } of [...earlier, ...(mapping?.modules ?? [])]) {
    while (names.length <= number) names.push('')
    names[number] = module
  }
  return names
}
