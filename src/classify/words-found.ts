// What the words of a refusal tell: every text of the knowledge in one automaton, and which of the causes told counts.

import { type Category, groupOf } from '../knowledge/categories.ts'
import { type Cause, causes, type Outweighs, standingPhrases } from '../knowledge/causes.ts'
import { nouns, type Party, type Predicate, predicates } from '../knowledge/clauses.ts'
import { type ProviderName, type ProviderRow, providers } from '../knowledge/providers.ts'
import { type StageRow, stageOfCommand, stages } from '../knowledge/stages.ts'
import { clausesSaid, partyInstead, type Term } from './clauses.ts'
import { createSubstringIndex } from './substring-index.ts'
import { aroundHosts, folded, hasWords, withoutHosts, wording } from './wording.ts'

/** A cause whose words were found. */
export interface Found {
  readonly id: string
  readonly category: Category
  /** The words of the row, lower-cased; empty where a code alone decided. */
  readonly text: string
  /** The words say "not now": what they outweigh. */
  readonly outweighs?: Outweighs
}

type Entry =
  | { readonly kind: 'cause'; readonly text: string; readonly cause: Cause }
  | { readonly kind: 'mark'; readonly text: string; readonly provider: ProviderName }
  | {
      readonly kind: 'row'
      readonly text: string
      readonly provider: ProviderName
      readonly row: ProviderRow
    }
  | { readonly kind: 'stage'; readonly text: string; readonly stage: StageRow }
  | { readonly kind: 'phrase'; readonly text: string }
  | { readonly kind: 'noun'; readonly text: string; readonly party: Party }
  | { readonly kind: 'predicate'; readonly text: string; readonly predicate: Predicate }

const rows: readonly Entry[] = [
  ...causes.flatMap(cause => cause.texts.map(text => ({ kind: 'cause' as const, text, cause }))),
  ...providers.flatMap(({ name, marks, rows }) => [
    ...marks.map(text => ({ kind: 'mark' as const, text, provider: name })),
    ...rows.flatMap(row =>
      (row.texts ?? []).map(text => ({ kind: 'row' as const, text, provider: name, row })),
    ),
  ]),
  ...stages.flatMap(stage => stage.texts.map(text => ({ kind: 'stage' as const, text, stage }))),
  ...standingPhrases.flatMap(({ texts }) => texts.map(text => ({ kind: 'phrase' as const, text }))),
  ...nouns.flatMap(({ party, texts }) => texts.map(text => ({ kind: 'noun' as const, text, party }))),
  ...predicates.flatMap(({ predicate, texts }) =>
    texts.map(text => ({ kind: 'predicate' as const, text, predicate })),
  ),
]
/** As they are searched: without diacritics. */
const entries: readonly Entry[] = rows.map(entry => ({ ...entry, text: folded(entry.text) }))
const index = createSubstringIndex(entries.map(entry => entry.text))
const longest = Math.max(...entries.map(entry => entry.text.length))

/** Where an entry's text was found, in UTF-16 units. */
interface Match {
  readonly entry: Entry
  readonly start: number
  readonly end: number
}

/** A text searched once. */
export interface Words {
  /** The wording itself. */
  readonly text: string
  /** Two words or more beside codes. */
  readonly isSpoken: boolean
  readonly matches: readonly Match[]
  /** What `start` and `end` of the matches count in. */
  readonly searched: string
}

/** Searches a text, as it stands and without host names. */
export function searchWords(text: string): Words {
  const words = wording(text)
  if (words === '') return { text: '', isSpoken: false, matches: [], searched: '' }
  const around = aroundHosts(words, longest)
  // Texts may begin or end with a space to stand for a word's edge.
  const searched = around === '' ? ` ${words} ` : ` ${words} \n ${around} `
  const matches: Match[] = []
  index.eachMatch(searched, (pattern, end) => {
    const entry = entries[pattern]
    if (entry !== undefined) matches.push({ entry, start: end - entry.text.length, end })
  })
  return {
    text: words,
    isSpoken: words.length > longest * 4 || hasWords(withoutHosts(words)),
    matches,
    searched,
  }
}

/** The providers whose marks a text bears. */
export function providersMarked({ matches }: Words): readonly ProviderName[] {
  return matches.flatMap(({ entry }) => (entry.kind === 'mark' ? [entry.provider] : []))
}

/** The text of a provider's row that was found, null for none. */
export function rowText({ matches }: Words, row: ProviderRow): string | null {
  return matches.find(({ entry }) => entry.kind === 'row' && entry.row === row)?.entry.text ?? null
}

/** Where in the session a text says that the refusal came. */
export interface StageTold {
  readonly row: StageRow
  readonly text: string
}

/** The first command that a text says was refused: what follows is its consequence. */
export function stageTold({ text, matches }: Words): StageTold | null {
  for (const { entry } of matches) {
    if (entry.kind === 'stage') return { row: entry.stage, text: entry.text }
  }
  return inTranscript(text)
}

/** In a transcript (`>>> command <<< reply`) the command before the first reply that is not 2yz or 3yz. */
function inTranscript(text: string): StageTold | null {
  for (let at = text.indexOf('<<< '); at >= 0; at = text.indexOf('<<< ', at + 4)) {
    const digit = text[at + 4]
    if (digit === '2' || digit === '3') continue
    const shown = text.lastIndexOf('>>>', at)
    if (shown < 0) return null
    const row = stageOfCommand(text.slice(shown + 3, shown + 8).trimStart())
    return row === null ? null : { row, text: text.slice(shown, shown + 8).trimEnd() }
  }
  return null
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
export function causesTold({ matches, searched }: Words, applied: ProviderRow | null): CausesTold {
  const counted = withoutCovered(matches, applied)
  const terms = termsOf(matches, counted, searched)
  const told = counted.flatMap(match => toldBy(match, searched, terms))
  for (const said of clausesSaid(searched, terms)) told.push({ found: said, start: 0, isWeak: false })
  told.sort(
    (a, b) =>
      placeOf(a.found) - placeOf(b.found) || b.found.text.length - a.found.text.length || a.start - b.start,
  )
  const found = (isWeak: boolean): readonly Found[] =>
    told.filter(each => each.isWeak === isWeak).map(each => each.found)
  return { plain: found(false), loose: found(true) }
}

interface Told {
  readonly found: Found
  readonly start: number
  readonly isWeak: boolean
}

/** A cause as its words tell it; a phrase of a dead address whose clause is about the sender tells of the sender. */
function toldBy({ entry, start, end }: Match, searched: string, terms: readonly Term[]): readonly Told[] {
  if (entry.kind !== 'cause') return []
  const { id, category, weak, outweighs } = entry.cause
  const isWeak = weak === true
  const instead = groupOf(category) === 'hard' ? partyInstead(searched, terms, start, end) : null
  if (instead === null)
    return [
      {
        found: { id, category, text: entry.text, ...(outweighs === undefined ? {} : { outweighs }) },
        start,
        isWeak,
      },
    ]
  // Of a link or a list nothing follows, not even from the same words in the notice around.
  const about = instead.party === 'elsewhere' ? 'undetermined' : 'sender-rejected'
  const found = { id: `${about}/clause`, category: about, text: entry.text } as const
  return [{ found, start, isWeak: isWeak || about === 'undetermined' }]
}

/** Nouns and predicates that are not part of a longer phrase we know: its meaning is its own. */
function termsOf(matches: readonly Match[], counted: readonly Match[], searched: string): readonly Term[] {
  const around = [...counted, ...matches.filter(({ entry }) => entry.kind === 'stage')]
  const isInside = (match: Match, kinds: readonly Entry['kind'][]): boolean =>
    around.some(
      ({ entry, start, end }) => kinds.includes(entry.kind) && start <= match.start && match.end <= end,
    )
  return matches.flatMap((match): readonly Term[] => {
    const { entry, start, end } = match
    // `er server` is no word of `other server`; Chinese, Japanese and Korean write no spaces.
    if (/[a-z\u0370-\u04ff]{2}/.test(searched.slice(start - 1, start + 1))) return []
    if (entry.kind === 'noun') {
      // `recipient does not exist` is a phrase that names its recipient.
      const isNamed = entry.party === 'recipient' && !isInside(match, ['phrase', 'stage'])
      return isNamed || !isInside(match, ['phrase', 'cause', 'stage']) ? [{ ...entry, start, end }] : []
    }
    if (entry.kind !== 'predicate' || isInside(match, ['phrase', 'cause', 'row'])) return []
    return [{ ...entry, start, end }]
  })
}

/** The sender's fault that a text tells; a loose hint of it does not count beside a plain cause. */
export function faultTold({ plain, loose }: CausesTold): Found | null {
  return (plain.length > 0 ? plain : loose).find(({ category }) => groupOf(category) === 'blocked') ?? null
}

/** Drops each match inside a longer one: `access denied` is not said by `recipient address rejected: access denied`. */
function withoutCovered(matches: readonly Match[], applied: ProviderRow | null): readonly Match[] {
  const counted = matches.filter(
    ({ entry }) =>
      entry.kind === 'cause' || entry.kind === 'phrase' || (entry.kind === 'row' && entry.row === applied),
  )
  // Longest first at each start: what ends at or before the furthest end so far is covered.
  counted.sort((a, b) => a.start - b.start || b.end - a.end)
  let last: Match | null = null
  let furthest = -1
  return counted.filter(match => {
    const isSame = last !== null && match.start === last.start && match.end === last.end
    if (!isSame && match.end <= furthest) return false
    furthest = Math.max(furthest, match.end)
    last = match
    return true
  })
}
