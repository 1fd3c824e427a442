// Filters that people gave a name: all who use the pages share them.

import type { By } from './actor.ts'
import { unprintable } from './validity.ts'

/** The lists that can be filtered, each with its filters as they stand in the address bar of its page. */
export const viewFilters = {
  records: ['module', 'flag', 'address', 'type', 'category', 'campaign', 'from', 'to'],
  events: ['q', 'kind', 'type', 'category', 'campaign', 'provider', 'from', 'to'],
} as const

export type ViewList = keyof typeof viewFilters

export const viewLists = Object.keys(viewFilters) as readonly ViewList[]

/** Names of filters with what is asked of each. */
export type ViewFilters = Readonly<Record<string, string>>

export interface SavedView {
  readonly id: string
  readonly list: ViewList
  readonly name: string
  readonly filters: ViewFilters
  /** Who saved it, and who changed it last. */
  readonly savedBy: string
  readonly changedAt: Date
}

export interface SavedViews {
  /** By name. */
  readonly list: (list?: ViewList) => Promise<readonly SavedView[]>
  /** Throws FieldError where the name is taken, or there are too many. */
  readonly add: (view: Pick<SavedView, 'list' | 'name' | 'filters'>, by: By) => Promise<SavedView>
  /** Throws FieldError where the name is taken. Null: there is none. */
  readonly change: (
    id: string,
    change: { readonly name?: string | undefined; readonly filters?: ViewFilters | undefined },
    by: By,
  ) => Promise<SavedView | null>
  readonly remove: (id: string, by: By) => Promise<boolean>
}

/** Of each list; more would not be found again. */
export const mostViews = 100
export const mostNameCharacters = 60
const mostFilterCharacters = 320

export const filterValueFault = `must be text of 1 to ${mostFilterCharacters} characters without control characters`

export const isFilterValue = (text: string): boolean =>
  text !== '' && [...text].length <= mostFilterCharacters && !unprintable.test(text)

export const nameFault = `must be text of 1 to ${mostNameCharacters} characters without control characters`

/** Could a view be called so? */
export function isViewName(text: string): boolean {
  const length = [...text.trim()].length
  return length >= 1 && length <= mostNameCharacters && !unprintable.test(text)
}

/** What is wrong with filters of this list; null if nothing. What a filter means, the list itself says. */
export function filtersFault(list: ViewList, filters: ViewFilters): string | null {
  const known: readonly string[] = viewFilters[list]
  const unknown = Object.keys(filters).find(name => !known.includes(name))
  if (unknown !== undefined) return `has no filter ${unknown}: those of ${list} are ${known.join(', ')}`
  return Object.values(filters).every(isFilterValue) ? null : filterValueFault
}
