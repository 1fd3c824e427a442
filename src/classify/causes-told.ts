// What the words of a refusal tell: which of the causes found counts, and whom it is about.

import type { Cause, Outweighs } from '../knowledge/causes.ts'
import type { ProviderRow } from '../knowledge/providers.ts'
import { type Category, groupOf } from '../model/categories.ts'
import { clausesSaid, partyInstead, type Term } from './clauses.ts'
import type { Match, Phrase, TermMatch, Words } from './words-found.ts'

/** A cause whose words were found. */
export interface Found {
  readonly id: string
  readonly category: Category
  /** The words of the row, lower-cased; empty where a code alone decided. */
  readonly text: string
  /** The words say "not now", "not from you" or "not any more": what they outweigh. */
  readonly outweighs?: Outweighs
}

/**
 * Which cause explains the others when a refusal tells several: the particular before the general, the sender's
 * fault before a hard cause (that is the veto), the reason before its consequence (`expired` says only that it lasted).
 */
const precedence: readonly Category[] = [
  'virus',
  'greylisted',
  'non-compliant',
  'auth-failure',
  'no-ptr',
  'starttls-failed',
  'too-big',
  'mailbox-full',
  'relaying-denied',
  'reputation',
  'blocked',
  'rate-limited',
  'sender-rejected',
  'spam',
  'security',
  'content',
  'policy',
  'moved',
  'not-accepting',
  'mailbox-disabled',
  'filtered',
  'unknown-user',
  'system-full',
  'network-error',
  'unknown-domain',
  'protocol-error',
  'system-error',
  'expired',
]
const place = new Map(precedence.map((category, at) => [category, at]))
const placeOf = ({ category }: Found): number => place.get(category) ?? precedence.length

export interface CausesTold {
  /** Plainly told, best first: by precedence, then the longest words, the earliest, the first row. */
  readonly plain: readonly Found[]
  /** Told by loose (`weak`) words only: they count where nothing is told plainly. */
  readonly loose: readonly Found[]
}

/** The causes that a text tells; the words of the provider's row that applies, if any, are not told a second time. */
export function causesTold(words: Words, applied: ProviderRow | null): CausesTold {
  const { searched } = words
  const counted = withoutCovered(words.phrases, applied)
  const terms = termsOf(words, counted)
  const told: Told[] = []
  for (const match of counted) {
    if (match.entry.kind === 'cause') told.push(toldBy(match.entry.cause, match, searched, terms))
  }
  for (const said of clausesSaid(searched, terms)) told.push({ found: said, start: 0, isWeak: false })
  told.sort(
    (a, b) =>
      placeOf(a.found) - placeOf(b.found) || b.found.text.length - a.found.text.length || a.start - b.start,
  )
  const plain: Found[] = []
  const loose: Found[] = []
  for (const { found, isWeak } of told) (isWeak ? loose : plain).push(found)
  return { plain, loose }
}

interface Told {
  readonly found: Found
  readonly start: number
  readonly isWeak: boolean
}

/** A cause as its words tell it; a phrase of a dead address whose clause is about the sender tells of the sender. */
function toldBy(
  { id, category, weak, outweighs }: Cause,
  { entry: { text }, start, end }: Phrase,
  searched: string,
  terms: readonly Term[],
): Told {
  const isWeak = weak === true
  const instead = groupOf(category) === 'hard' ? partyInstead(searched, terms, start, end) : null
  if (instead === null)
    return { found: { id, category, text, ...(outweighs === undefined ? {} : { outweighs }) }, start, isWeak }
  // Of a link or a list nothing follows, not even from the same words in the notice around.
  const about = instead.party === 'elsewhere' ? 'undetermined' : 'sender-rejected'
  const found = { id: `${about}/clause`, category: about, text } as const
  return { found, start, isWeak: isWeak || about === 'undetermined' }
}

/** Nouns and predicates that are not part of a longer phrase we know: its meaning is its own. */
function termsOf({ terms, stages }: Words, counted: readonly Phrase[]): readonly Term[] {
  // They are asked for by a predicate, and of a phrase of a dead address.
  const isAsked =
    terms.some(({ entry }) => entry.kind === 'predicate') ||
    counted.some(({ entry }) => entry.kind === 'cause' && groupOf(entry.cause.category) === 'hard')
  if (!isAsked) return []
  const around: readonly (Phrase | Match<'stage'>)[] = [...counted, ...stages]
  const isInside = ({ start, end }: TermMatch, except: 'cause' | 'row' | 'stage' | null): boolean =>
    around.some(each => each.entry.kind !== except && each.start <= start && end <= each.end)
  const free: Term[] = []
  for (const match of terms) {
    const { entry, start, end } = match
    // `recipient does not exist` is a phrase that names its recipient.
    const except = entry.kind === 'predicate' ? 'stage' : entry.party === 'recipient' ? 'cause' : 'row'
    if (!isInside(match, except)) free.push({ ...entry, start, end })
  }
  // `ihre e-mail-adresse` is not about the `e-mail-adresse` it holds.
  return free.filter(
    term =>
      !free.some(
        longer =>
          longer !== term &&
          longer.start <= term.start &&
          term.end <= longer.end &&
          term.end - term.start < longer.end - longer.start,
      ),
  )
}

/** The sender's fault that a text tells; a loose hint of it does not count beside a plain cause. */
export function faultTold({ plain, loose }: CausesTold): Found | null {
  return (plain.length > 0 ? plain : loose).find(({ category }) => groupOf(category) === 'blocked') ?? null
}

/** Drops each match inside a longer one: `access denied` is not said by `recipient address rejected: access denied`. */
function withoutCovered(phrases: readonly Phrase[], applied: ProviderRow | null): readonly Phrase[] {
  const counted = phrases.filter(({ entry }) => entry.kind !== 'row' || entry.row === applied)
  // Longest first at each start: what ends at or before the furthest end so far is covered.
  counted.sort((a, b) => a.start - b.start || b.end - a.end)
  let last: Phrase | null = null
  let furthest = -1
  return counted.filter(match => {
    const isSame = last !== null && match.start === last.start && match.end === last.end
    if (!isSame && match.end <= furthest) return false
    furthest = Math.max(furthest, match.end)
    last = match
    return true
  })
}
