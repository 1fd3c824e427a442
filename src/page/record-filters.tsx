// The filters of records: as they stand in the address bar, as they are asked, as a form.

import type { VNode } from 'preact'
import { categoryNames } from '../model/categories.ts'
import type { RecordQuery } from '../model/record.ts'
import { viewFilters } from '../model/saved-view.ts'
import { timeBound } from '../model/validity.ts'
import { bounceTypes } from '../model/verdict.ts'
import { CauseFields, DayFields } from './bounce-fields.tsx'
import { anAddress, anId, aTime, faultsOf, oneOf } from './filter-faults.tsx'
import { choicesOf, Field, Select } from './forms.tsx'
import { type Given, wordIn } from './given.ts'

/** The filters as they stand in the address bar. */
export const recordFilterNames = viewFilters.records

export type Filters = Readonly<Partial<Record<(typeof recordFilterNames)[number], string>>>

export function filtersIn(given: Given): Filters {
  return Object.fromEntries(
    recordFilterNames.flatMap(name => (given[name] === undefined ? [] : [[name, given[name]]])),
  )
}

/** Which records, whatever their bounces; unless it is said, those that are flagged. */
const flags: Readonly<Record<string, Pick<RecordQuery, 'bounced' | 'complained'>>> = {
  all: {},
  complained: { complained: true },
}
const flagged = { bounced: true } as const

export function exportQuery({ flag, ...filters }: Filters): Filters & Readonly<Record<string, string>> {
  const wanted = Object.entries(flags[flag ?? ''] ?? flagged).map(([name, value]) => [name, `${value}`])
  return { ...filters, ...Object.fromEntries(wanted) }
}

/** What is asked of the records, or what is wrong with the filters: what cannot be read must not widen the answer. */
type RecordFilters =
  | { readonly query: Omit<RecordQuery, 'after' | 'limit'>; readonly faults: null }
  | { readonly query: null; readonly faults: readonly string[] }

export function readFilters(given: Given, modules: readonly string[]): RecordFilters {
  const faults = faultsOf(given, {
    module: oneOf(modules),
    flag: oneOf(Object.keys(flags)),
    address: anAddress,
    type: oneOf(bounceTypes),
    category: oneOf(categoryNames),
    campaign: anId,
    from: aTime('from'),
    to: aTime('to'),
  })
  if (faults.length > 0) return { query: null, faults }
  return {
    faults: null,
    query: {
      module: given.module,
      ...(flags[given.flag ?? ''] ?? flagged),
      address: given.address?.trim(),
      type: wordIn(given.type, bounceTypes),
      category: wordIn(given.category, categoryNames),
      campaignId: given.campaign,
      from: timeBound(given.from ?? '', 'from') ?? undefined,
      to: timeBound(given.to ?? '', 'to') ?? undefined,
    },
  }
}

export function RecordFilter({
  path,
  filters,
  modules,
}: {
  readonly path: string
  readonly filters: Filters
  readonly modules: readonly string[]
}): VNode {
  return (
    <search aria-label="Filter records">
      <form method="get" action={path} class="filters">
        <Field
          label="Address"
          name="address"
          type="search"
          value={filters.address}
          placeholder="ana@example.org"
        />
        <Select label="Module" name="module" value={filters.module} choices={choicesOf(modules)} any="all" />
        <CauseFields filters={filters} />
        <DayFields filters={filters} />
        <Select
          label="Records"
          name="flag"
          value={filters.flag}
          choices={[
            { value: 'complained', label: 'with complaints' },
            { value: 'all', label: 'flagged or not' },
          ]}
          any="flagged"
        />
        <button type="submit" class="main">
          Show
        </button>
      </form>
    </search>
  )
}
