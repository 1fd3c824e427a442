// What a clause says of whom, by the noun nearest to its predicate, and which hard phrases are about somebody else.

import type { Party, Predicate } from '../knowledge/clauses.ts'
import { textsOf, type Wording } from '../knowledge/languages.ts'
import type { Category } from '../model/categories.ts'

/** A noun or a predicate of `knowledge/clauses.ts` where it was found, in UTF-16 units. */
export type Term = { readonly start: number; readonly end: number; readonly wording: Wording } & (
  | { readonly kind: 'noun'; readonly party: Party; readonly text: string }
  | { readonly kind: 'predicate'; readonly predicate: Predicate; readonly text: string }
)

export interface ClauseMeaning {
  readonly id: string
  readonly category: Category
  readonly text: string
  readonly start: number
  readonly end: number
}

const maxClauseChars = 120

/** What each predicate says of the party nearest to it in its clause; none where no party is named. */
export function clauseMeanings(text: string, terms: readonly Term[]): readonly ClauseMeaning[] {
  const found: ClauseMeaning[] = []
  for (const term of terms) {
    if (term.kind !== 'predicate') continue
    const [from, to] = clauseAround(text, term.start, term.end)
    const noun = nearest(terms, term, from, to)
    if (noun !== null && term.predicate === 'unconfirmed' && !isSubjectOf(text, noun, term)) continue
    const category = noun === null ? null : meaning(noun.party, term.predicate)
    if (noun === null || category === null) continue
    const start = Math.min(noun.start, term.start)
    const end = Math.max(noun.end, term.end)
    found.push({ id: term.wording.place, category, text: text.slice(start, end), start, end })
  }
  return found
}

/** English puts the subject before its predicate: `the return address of this mail does not exist`. */
function isSubjectOf(text: string, noun: Term, predicate: Term): boolean {
  if (noun.end > predicate.start) return false
  const gap = text.slice(noun.end, predicate.start)
  return gap.length <= maxSubjectChars && !separates.test(gap)
}

function meaning(party: Party, predicate: Predicate): Category | null {
  return meanings[party]?.[predicate] ?? null
}

const meanings: Partial<Record<Party, Partial<Record<Predicate, Category>>>> = {
  sender: {
    absent: 'sender-rejected',
    unconfirmed: 'sender-rejected',
    refused: 'sender-rejected',
    disabled: 'sender-rejected',
  },
  server: { refused: 'blocked', disabled: 'blocked' },
  recipient: {
    absent: 'unknown-user',
    full: 'mailbox-full',
    disabled: 'mailbox-disabled',
    moved: 'moved',
  },
}

/**
 * The other party that a phrase of a dead address is about: its noun stands right beside the phrase (`reply address:
 * unknown user`, `Absenderadresse existiert nicht`). Somebody addressed or named further off says nothing. Null for none.
 */
export function otherPartyIn(
  text: string,
  terms: readonly Term[],
  start: number,
  end: number,
): NounTerm | null {
  const isNamed = terms.some(
    term => term.kind === 'noun' && term.party === 'recipient' && term.start < end && start < term.end,
  )
  for (const term of terms) {
    if (term.kind !== 'noun' || term.party === 'recipient') continue
    const isOverlapping = term.start < end && start < term.end
    const gap = term.end <= start ? text.slice(term.end, start) : text.slice(end, term.start)
    // A phrase that names its recipient is about somebody else only where the noun is part of the same words.
    const isNear = (gap.length <= (isNamed ? 1 : maxGapChars) || copula.test(gap)) && !separates.test(gap)
    const isAfter = term.start >= end
    // `… user unknown Sender: …` begins the next line of a list.
    const isLabel = isAfter && /^\s?[:=：]/.test(text.slice(term.end, term.end + 2))
    const isBeside = isNear && !isLabel && !isTarget(gap, isAfter)
    if (isOverlapping ? term.start < start : isBeside) return term
  }
  return null
}

const maxGapChars = 12
const maxSubjectChars = 32
const separates = /[,;()[\]\n.\d。；，]| - /

/** `the from address is` not a valid mailbox */
const copula = /^ (?:is|was)? ?$/

/** `user unknown to the sender`: whom it is told to, not whom it is about. */
function isTarget(gap: string, isAfter: boolean): boolean {
  return isAfter && gap.split(notLetter).some(word => prepositions.has(word))
}

const prepositions = new Set([...textsOf('particles.to'), 'by', 'from', 'the'])
const notLetter = /[^\p{L}\p{M}]/u

type NounTerm = Extract<Term, { kind: 'noun' }>

function nearest(terms: readonly Term[], to: Term, from: number, end: number): NounTerm | null {
  let best: NounTerm | null = null
  let distance = Number.POSITIVE_INFINITY
  for (const term of terms) {
    if (term.kind !== 'noun' || term.start < from || term.end > end) continue
    const gap = Math.max(term.start - to.end, to.start - term.end)
    // `受信者は不明な送信者…`: between two that are equally near, the recipient is not the one accused.
    const isSafer = gap === distance && best?.party === 'recipient' && term.party !== 'recipient'
    if (gap < distance || isSafer) {
      best = term
      distance = gap
    }
  }
  return best === null ? null : (ownerOf(terms, best) ?? best)
}

/** `送信者のアドレス`: the address is the sender's, though it stands nearer to what is said of it. */
function ownerOf(terms: readonly Term[], noun: NounTerm): NounTerm | null {
  if (noun.party !== 'recipient') return null
  for (const term of terms) {
    if (term.kind !== 'noun' || term.party !== 'sender') continue
    if (term.end <= noun.start && noun.start - term.end <= 1) return term
  }
  return null
}

/** From the separator before to the next one, at most so far to either side. */
function clauseAround(text: string, start: number, end: number): readonly [number, number] {
  let from = start
  while (from > 0 && start - from < maxClauseChars && !endsClause(text, from - 1)) from--
  let to = end
  while (to < text.length && to - end < maxClauseChars && !endsClause(text, to)) to++
  return [from, to]
}

function endsClause(text: string, at: number): boolean {
  const char = text[at]
  if (char === '\n' || char === '。' || char === '；') return true
  if (char === '(' || char === ')' || char === '[' || char === ']') return true
  if (char === '-') return text[at - 1] === ' ' && text[at + 1] === ' '
  return (char === '.' || char === ';' || char === '!' || char === '?') && (text[at + 1] ?? ' ') === ' '
}
