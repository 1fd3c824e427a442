// What one phrase of a refusal tells, once it is seen whom it is about, and what English tells by its grammar where no
// phrase is known.

import type { Cause, Outweighs } from '../knowledge/causes.ts'
import { type Category, groupOf } from '../model/categories.ts'
import { otherPartyIn, type Term } from './clauses.ts'
import {
  type EnglishMeaning,
  englishMeanings,
  isBareDenial,
  isBareHostDenial,
  saysPartAbsent,
} from './english.ts'
import { isStated } from './stated.ts'
import { namesThing, type OtherSubject, otherSubject, toldBeside } from './subject.ts'
import type { Phrase, TextMatches } from './text-matches.ts'
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
  /** Only what the words are about is known: the last resort among the loose. */
  readonly isGist?: boolean
  /** The words say that a name does not exist, for good. */
  readonly isFinal?: boolean
}

/** A cause that may be the one. */
export interface Candidate {
  readonly found: CauseMatch
  readonly start: number
  readonly isWeak: boolean
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

export const crowdOf = (text: string): CauseMatch => ({
  id: 'rate-limited/crowd',
  category: 'rate-limited',
  text,
})
export const you = 'sender-rejected/you'
export const thing: CauseMatch = {
  id: 'undetermined/thing',
  category: 'undetermined',
  text: '',
  outweighs: 'code',
}

/** Words of a dead address that do not state it: supposed, or said of a time that ends. Null where they do. */
export function unstated(subject: OtherSubject | null, text: string, start: number): Candidate | null {
  if (subject === 'condition') return { found: supposed, start, isWeak: true }
  if (subject !== 'meanwhile') return null
  // `closed while Ana is on leave`
  const category = text.endsWith('closed') ? 'mailbox-disabled' : 'system-error'
  const found = { id: `${category}/meanwhile`, category, text, outweighs: 'words' } as const
  return { found, start, isWeak: false }
}
const supposed: CauseMatch = { id: 'undetermined/supposed', category: 'undetermined', text: '' }

/** `Recipient address rejected: lookup went wrong`: what Postfix puts before every reason, which decides. */
export function isMereLabel({ id }: Cause, { entry: { text }, end }: Phrase, searched: string): boolean {
  return (
    id === 'unknown-user/unavailable' &&
    text.endsWith('rejected') &&
    /^: ?\p{L}/u.test(searched.slice(end, end + 3))
  )
}

/** A cause as its words tell it; a phrase of a dead address whose clause is about somebody else tells of that. */
export function candidateOf(
  cause: Cause,
  { entry: { text }, start, end }: Phrase,
  searched: string,
  terms: readonly Term[],
  isAboutThing: boolean,
): Candidate {
  const { id, category, weak } = cause
  // Languages tell refusals in whole phrases.
  const isTopic = !id.startsWith('languages/') && !isStated(category, searched, start, end)
  const isWeak = weak === true || isTopic
  const isHard = groupOf(category) === 'hard'
  const party = isHard || category === 'mailbox-disabled' ? otherPartyIn(searched, terms, start, end) : null
  // `Ihr Konto ist gesperrt` is about who sends.
  const instead = isHard || party?.party === 'sender' ? party : null
  const subject = isHard ? otherSubject(searched, start, end) : null
  if (subject === 'crowd') return { found: crowdOf(text), start, isWeak: false }
  // Loose words need no such care: they outweigh nothing.
  const open = weak ? null : unstated(subject, text, start)
  if (open !== null) return open
  const told = toldBeside(id, category, searched, start, end)
  if (told !== null) return { found: { id: `${told}/beside`, category: told, text }, start, isWeak: false }
  if (isOfSender(category, searched, start))
    return { found: { id: you, category: 'sender-rejected', text }, start, isWeak: false }
  if (instead === null && (subject === 'thing' || (isHard && isAboutThing)))
    return { found: thing, start, isWeak: true }
  if (instead === null && subject === 'sender')
    return { found: { id: you, category: 'sender-rejected', text }, start, isWeak }
  if (instead === null) return { found: foundOf(cause, text, isTopic), start, isWeak }
  // Of a link or a list nothing follows, not even from the same words in the notice around.
  const about = instead.party === 'elsewhere' ? 'undetermined' : 'sender-rejected'
  const found = { id: instead.wording.place, category: about, text } as const
  return { found, start, isWeak: isWeak || about === 'undetermined' }
}

const foundOf = ({ id, category, outweighs, final }: Cause, text: string, isTopic: boolean): CauseMatch => ({
  id,
  category,
  text,
  ...(outweighs === undefined ? {} : { outweighs }),
  ...(isTopic ? { isTopic } : {}),
  ...(final ? { isFinal: true } : {}),
})

/** Asked where no phrase of ours tells plainly. */
export function inEnglish({ searched, text }: TextMatches, counted: readonly Phrase[]): readonly Candidate[] {
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
    const open = groupOf(category) === 'hard' ? unstated(subject, words, start) : null
    if (open !== null) return open
    if (subject === 'crowd' && isOfAddressee(category)) return { found: crowdOf(words), start, isWeak: false }
    if (
      (subject === 'thing' && isOfAddressee(category)) ||
      (groupOf(category) === 'hard' && namesThing(words))
    )
      return { found: thing, start, isWeak: true }
    if (subject === 'sender' && isOfAddressee(category))
      return { found: { id: you, category: 'sender-rejected', text: words }, start, isWeak: false }
    const meant = toldBeside(`${category}/english`, category, searched, start, end) ?? category
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
