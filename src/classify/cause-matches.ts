// The causes that the words of a refusal give, and which of them counts.

import type { ProviderRow } from '../knowledge/providers.ts'
import { type Category, groupOf } from '../model/categories.ts'
import {
  type Candidate,
  type CauseMatch,
  candidateOf,
  crowdOf,
  inEnglish,
  isMereLabel,
  thing,
  unstated,
  you,
} from './candidates.ts'
import { clauseMeanings, type Term } from './clauses.ts'
import { gistOf } from './gist.ts'
import { crowdComplaint, otherSubject } from './subject.ts'
import type { Match, Phrase, TermMatch, TextMatches } from './text-matches.ts'

/**
 * Which cause explains the others when a refusal tells several: the particular before the general, the sender's
 * fault before a hard cause (that is the veto), the reason before its consequence (`expired` says only that it lasted).
 */
const precedence: readonly Category[] = [
  'virus',
  'suppressed',
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
const placeOf = ({ category }: CauseMatch): number => place.get(category) ?? precedence.length

export interface CauseMatches {
  /** Plainly told, best first: by precedence, then the longest words, the earliest, the first row. */
  readonly plain: readonly CauseMatch[]
  /** Told by loose (`weak`) words only: they count where nothing is told plainly. */
  readonly loose: readonly CauseMatch[]
}

/** What texts tell, by the provider's row that applies: familiar texts come again, and paragraphs are asked twice. */
const told = new WeakMap<TextMatches, Map<ProviderRow | null, CauseMatches>>()

/** The causes that a text tells; the words of the provider's row that applies, if any, are not told a second time. */
export function matchCauses(words: TextMatches, applied: ProviderRow | null): CauseMatches {
  let byRow = told.get(words)
  if (byRow === undefined) {
    byRow = new Map()
    told.set(words, byRow)
  }
  let matches = byRow.get(applied)
  if (matches === undefined) {
    matches = causesOf(words, applied)
    byRow.set(applied, matches)
  }
  return matches
}

function causesOf(words: TextMatches, applied: ProviderRow | null): CauseMatches {
  const { searched } = words
  const counted = withoutCovered(words.phrases, applied)
  const terms = termsOf(words, counted)
  const candidates: Candidate[] = []
  // Once a refusal speaks of a thing, what it says of absence further on is said of that thing too.
  let isAboutThing = false
  for (const match of counted) {
    if (match.entry.kind !== 'cause' || isMereLabel(match.entry.cause, match, searched)) continue
    const candidate = candidateOf(match.entry.cause, match, searched, terms, isAboutThing)
    isAboutThing ||= candidate.found === thing
    candidates.push(candidate)
  }
  const complaint = crowdComplaint(searched)
  const isKnown = candidates.some(({ found }) => found.category === 'rate-limited')
  if (complaint !== null && !isKnown) candidates.push({ found: crowdOf(complaint), start: 0, isWeak: false })
  for (const { start, end, ...meaning } of clauseMeanings(searched, terms)) {
    const subject = groupOf(meaning.category) === 'hard' ? otherSubject(searched, start, end) : null
    candidates.push(
      unstated(subject, meaning.text, 0) ?? {
        found: subject === 'crowd' ? crowdOf(meaning.text) : meaning,
        start: 0,
        isWeak: false,
      },
    )
  }
  if (candidates.every(({ isWeak }) => isWeak)) candidates.push(...inEnglish(words, counted))
  const gist = candidates.every(isVague) ? gistOf(words.text) : null
  if (gist !== null && isPlainer(gist.category, candidates)) {
    const { category, text, start } = gist
    const found = { id: `${category}/gist`, category, text, isTopic: true, isGist: true } as const
    candidates.push({ found, start, isWeak: true })
  }
  candidates.sort(
    (a, b) =>
      placeOf(a.found) - placeOf(b.found) || weightOf(b.found) - weightOf(a.found) || a.start - b.start,
  )
  const plain: CauseMatch[] = []
  const loose: CauseMatch[] = []
  for (const { found, isWeak } of candidates) (isWeak ? loose : plain).push(found)
  return { plain, loose }
}

/** `not allowed`, `please retry`: what a refusal is about may make it plainer. */
const isVague = ({ found: { category }, isWeak }: Candidate): boolean =>
  isWeak && (category === 'policy' || category === 'system-error')
/** A wait for strangers explains a passing trouble, and anything explains a policy. */
const isPlainer = (category: Category, known: readonly Candidate[]): boolean =>
  known.every(({ found }) =>
    found.category === 'policy' ? category !== 'policy' : category === 'greylisted',
  )

/** Longer words say more; what only "you" says, the least. */
const weightOf = ({ id, text }: CauseMatch): number => (id === you ? 0 : text.length)

/** Nouns and predicates that are not part of a longer phrase we know: its meaning is its own. */
function termsOf({ terms, stages }: TextMatches, counted: readonly Phrase[]): readonly Term[] {
  // They are asked for by a predicate, and of a phrase of a dead address.
  const isAsked =
    terms.some(({ entry }) => entry.kind === 'predicate') ||
    counted.some(({ entry }) => entry.kind === 'cause' && groupOf(entry.cause.category) === 'hard')
  if (!isAsked) return []
  const around: readonly (Phrase | Match<'stage'>)[] = [...counted, ...stages]
  const isInside = ({ start, end }: TermMatch, except: 'cause' | 'row' | 'stage' | null): boolean =>
    around.some(
      each =>
        each.entry.kind !== except &&
        each.start <= start &&
        end <= each.end &&
        each.end - each.start > end - start,
    )
  const free: Term[] = []
  for (const match of terms) {
    const { entry, start, end } = match
    if (!isInside(match, mayCover(entry))) free.push({ ...entry, start, end })
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

/** The kind of phrase around a term that leaves the term its own meaning. */
function mayCover(entry: TermMatch['entry']): 'cause' | 'row' | 'stage' {
  if (entry.kind === 'predicate') return 'stage'
  // `recipient does not exist` is a phrase that names its recipient.
  return entry.party === 'recipient' ? 'cause' : 'row'
}

/** The sender's fault that a text tells; a loose hint of it does not count beside a plain cause. */
export function senderFaultIn({ plain, loose }: CauseMatches): CauseMatch | null {
  const counted = plain.length > 0 ? plain : loose
  return counted.find(({ category, isTopic }) => groupOf(category) === 'blocked' && !isTopic) ?? null
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
