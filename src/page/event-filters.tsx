// The filters of events: as they stand in the address bar, as they are asked, as a form.

import type { VNode } from 'preact'
import type { BounceQuery } from '../model/bounces.ts'
import { categoryNames } from '../model/categories.ts'
import { kinds } from '../model/report.ts'
import { viewFilters } from '../model/saved-view.ts'
import { timeBound } from '../model/validity.ts'
import { bounceTypes } from '../model/verdict.ts'
import { CauseFields, DayFields, ProviderField } from './bounce-fields.tsx'
import { anId, aSearch, aTime, faultsOf, oneOf } from './filter-faults.tsx'
import { Field, Select } from './forms.tsx'
import { type Given, wordIn } from './given.ts'
import { kindIn } from './history.tsx'

export const eventFilterNames = viewFilters.events

/** What is wrong with them, a sentence each. */
export function filterFaults(given: Given, providers: readonly string[]): readonly string[] {
  return faultsOf(given, {
    q: aSearch,
    kind: oneOf(kinds),
    type: oneOf(bounceTypes),
    category: oneOf(categoryNames),
    campaign: anId,
    provider: oneOf(providers),
    from: aTime('from'),
    to: aTime('to'),
  })
}

/** What is asked of the events, where every filter can be read. */
export function conditionsIn(
  { q, kind, type, category, campaign, provider = '', from = '', to = '' }: Given,
  providers: ReadonlyMap<string, readonly string[]>,
): Omit<BounceQuery, 'after' | 'limit'> {
  return {
    q: q?.trim(),
    kind: wordIn(kind, kinds),
    type: wordIn(type, bounceTypes),
    category: wordIn(category, categoryNames),
    campaignId: campaign,
    addressLike: providers.get(provider),
    from: timeBound(from, 'from') ?? undefined,
    to: timeBound(to, 'to') ?? undefined,
  }
}

export function EventFilter({
  path,
  filters,
  providers,
}: {
  readonly path: string
  readonly filters: Given
  readonly providers: readonly string[]
}): VNode {
  const kindChoices = kinds.map(kind => ({ value: kind, label: kindIn(kind) }))
  return (
    <search aria-label="Filter events">
      <form method="get" action={path} class="filters">
        <Field label="Text" name="q" type="search" value={filters.q} placeholder="address, subject, words" />
        <Select label="What" name="kind" value={filters.kind} choices={kindChoices} any="everything" />
        <CauseFields filters={filters} />
        <ProviderField filters={filters} providers={providers} />
        <DayFields filters={filters} />
        <button type="submit" class="main">
          Show
        </button>
      </form>
    </search>
  )
}
