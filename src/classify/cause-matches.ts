// The causes that the words of a refusal give: which of those found counts, and whom it is about.

import type { Cause, Outweighs } from '../knowledge/causes.ts'
import type { ProviderRow } from '../knowledge/providers.ts'
import { type Category, groupOf } from '../model/categories.ts'
import { clauseMeanings, otherPartyIn, type Term } from './clauses.ts'
import {
  type EnglishMeaning,
  englishMeanings,
  isBareDenial,
  isBareHostDenial,
  saysPartAbsent,
} from './english.ts'
import { isStated } from './stated.ts'
import { crowdComplaint, isOfStorage, namesThing, otherSubject, toldBeside } from './subject.ts'
import type { Match, Phrase, TermMatch, TextMatches } from './text-matches.ts'
import { withoutHosts } from './wording.ts'

/** A cause whose words were found. */
export interface CauseMatch {
  readonly id: string
  readonly category: Category
  /** The words of the row, lower-cased; empty where a code alone decided. */
  readonly text: string
  /** The words say "not now", "not from you" or "not any more": what they outweigh. */
  readonly outweighs?: Outweighs
  /** The words name a topic and state nothing: no veto. */
  readonly isTopic?: boolean
  /** The words say that a name does not exist, for good. */
  readonly isFinal?: boolean
}

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
    const isCrowd = groupOf(meaning.category) === 'hard' && otherSubject(searched, start, end) === 'crowd'
    candidates.push({ found: isCrowd ? crowdOf(meaning.text) : meaning, start: 0, isWeak: false })
  }
  if (candidates.every(({ isWeak }) => isWeak)) candidates.push(...inEnglish(words, counted))
  candidates.sort(
    (a, b) =>
      placeOf(a.found) - placeOf(b.found) || weightOf(b.found) - weightOf(a.found) || a.start - b.start,
  )
  const plain: CauseMatch[] = []
  const loose: CauseMatch[] = []
  for (const { found, isWeak } of candidates) (isWeak ? loose : plain).push(found)
  return { plain, loose }
}

/** Longer words say more; what only "you" says, the least. */
const weightOf = ({ id, text }: CauseMatch): number => (id === you ? 0 : text.length)

interface Candidate {
  readonly found: CauseMatch
  readonly start: number
  readonly isWeak: boolean
}

/** Asked where no phrase of ours tells plainly. */
function inEnglish({ searched, text }: TextMatches, counted: readonly Phrase[]): readonly Candidate[] {
  // Loose words inside a longer meaning are part of it.
  const isKnown = (meaning: EnglishMeaning): boolean =>
    counted.some(
      ({ entry, start, end }) =>
        start < meaning.end &&
        meaning.start < end &&
        !(
          entry.kind === 'cause' &&
          entry.cause.weak &&
          meaning.start <= start &&
          end <= meaning.end &&
          end - start < meaning.end - meaning.start
        ),
    )
  const meanings = englishMeanings(searched).filter(meaning => !isKnown(meaning))
  const meant = meanings.map(({ category, start, end }): Candidate => {
    const words = searched.slice(start, end)
    const subject = otherSubject(searched, start, end)
    if (subject === 'crowd') return { found: crowdOf(words), start, isWeak: false }
    if (subject === 'thing' || (groupOf(category) === 'hard' && namesThing(words)))
      return { found: thing, start, isWeak: true }
    if (subject === 'sender' && isOfAddressee(category))
      return { found: { id: you, category: 'sender-rejected', text: words }, start, isWeak: false }
    const meant = category === 'rate-limited' && isOfStorage(searched, start, end) ? 'mailbox-full' : category
    return { found: { id: `${meant}/english`, category: meant, text: words }, start, isWeak: false }
  })
  if (meant.length === 0 && saysPartAbsent(searched)) return [{ found: thing, start: 0, isWeak: true }]
  if (isBareHostDenial(text, withoutHosts(text)))
    return [
      ...meant,
      { found: { id: 'unknown-domain/english', category: 'unknown-domain', text }, start: 0, isWeak: false },
    ]
  if (!isBareDenial(text)) return meant
  return [
    ...meant,
    { found: { id: 'unknown-user/english', category: 'unknown-user', text }, start: 0, isWeak: false },
  ]
}

/** Causes of a mailbox that may as well be told of the sender's: `sender's account has been suspended`. */
const ofMailbox: readonly Category[] = ['mailbox-disabled', 'mailbox-full']
/** What is said of somebody's mailbox, which may be that of whoever is addressed. */
const isOfAddressee = (category: Category): boolean =>
  groupOf(category) === 'hard' || ofMailbox.includes(category)
const senderBefore =
  /(?<!\w)(?:sender(?:['’]?s)?|sending|submitter(?:['’]?s)?) (?:account |mailbox |user |address |domain )?(?:is |was |has been )?$/

function isOfSender(category: Category, searched: string, start: number): boolean {
  return ofMailbox.includes(category) && senderBefore.test(searched.slice(Math.max(0, start - 60), start))
}

const crowdOf = (text: string): CauseMatch => ({ id: 'rate-limited/crowd', category: 'rate-limited', text })
const you = 'sender-rejected/you'
const thing: CauseMatch = { id: 'undetermined/thing', category: 'undetermined', text: '', outweighs: 'code' }

/** `Recipient address rejected: lookup went wrong`: what Postfix puts before every reason, which decides. */
function isMereLabel({ id }: Cause, { entry: { text }, end }: Phrase, searched: string): boolean {
  return (
    id === 'unknown-user/unavailable' &&
    text.endsWith('rejected') &&
    /^: ?\p{L}/u.test(searched.slice(end, end + 3))
  )
}

/** A cause as its words tell it; a phrase of a dead address whose clause is about somebody else tells of that. */
function candidateOf(
  { id, category, weak, outweighs, final }: Cause,
  { entry: { text }, start, end }: Phrase,
  searched: string,
  terms: readonly Term[],
  isAboutThing: boolean,
): Candidate {
  // Languages tell refusals in whole phrases.
  const isTopic = !id.startsWith('languages/') && !isStated(category, searched, start, end)
  const isWeak = weak === true || isTopic
  const isHard = groupOf(category) === 'hard'
  const party = isHard || category === 'mailbox-disabled' ? otherPartyIn(searched, terms, start, end) : null
  // `Ihr Konto ist gesperrt` is about who sends.
  const instead = isHard || party?.party === 'sender' ? party : null
  const subject = isHard ? otherSubject(searched, start, end) : null
  if (subject === 'crowd') return { found: crowdOf(text), start, isWeak: false }
  const told = toldBeside(id, category, searched, start, end)
  if (told !== null) return { found: { id: `${told}/beside`, category: told, text }, start, isWeak: false }
  if (isOfSender(category, searched, start))
    return { found: { id: you, category: 'sender-rejected', text }, start, isWeak: false }
  if (instead === null && (subject === 'thing' || (isHard && isAboutThing)))
    return { found: thing, start, isWeak: true }
  if (instead === null && subject === 'sender')
    return { found: { id: you, category: 'sender-rejected', text }, start, isWeak }
  if (instead === null) {
    const found = {
      id,
      category,
      text,
      ...(outweighs === undefined ? {} : { outweighs }),
      ...(isTopic ? { isTopic } : {}),
      ...(final ? { isFinal: true } : {}),
    }
    return { found, start, isWeak }
  }
  // Of a link or a list nothing follows, not even from the same words in the notice around.
  const about = instead.party === 'elsewhere' ? 'undetermined' : 'sender-rejected'
  const found = { id: instead.wording.place, category: about, text } as const
  return { found, start, isWeak: isWeak || about === 'undetermined' }
}

/** Nouns and predicates that are not part of a longer phrase we know: its meaning is its own. */
function termsOf({ terms, stages }: TextMatches, counted: readonly Phrase[]): readonly Term[] {
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
