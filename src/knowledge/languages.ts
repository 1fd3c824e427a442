// The words of each language: one JSON file a language, its words in closed slots. Who adds a phrase adds it to one file.

import { type Category, categories } from '../model/categories.ts'
import { filesOf } from './files.ts'
import { folded } from './folding.ts'

/** The languages that have a file of words. */
const languageCodes = `
  ar bg ca cs da de el en es et fi fr ga he hr hu id is it ja ko lt lv mt nl no pl pt ro ru sk sl sr sv th tr uk vi
  zh-hans zh-hant`
  .trim()
  .split(/\s+/)

/** What words do, by group. A slot is `group.name`. */
export const slots = {
  /**
   * Who or what a clause is about. `list` and `other` are what absence may be said of instead of a mailbox; `others` are
   * other recipients of the same mail; `your-mail` is the mail that came back, `delivery` the deed.
   */
  nouns: ['sender', 'server', 'recipient', 'list', 'other', 'others', 'mail', 'your-mail', 'delivery'],
  /**
   * What a clause says of it. `not-found` counts without a noun, loosely; `unconfirmed` tells of the sender alone. In
   * notices: a negation and `delivered`, your mail and `returned`, a delivery and `failed` state a failure.
   */
  predicates: [
    'absent',
    'not-found',
    'unconfirmed',
    'full',
    'refused',
    'disabled',
    'moved',
    'forwarded',
    'delivered',
    'returned',
    'failed',
  ],
  /**
   * What turns, dates, counts or joins: no, if (before or behind what it conditions), it waits, it is tried again, it is
   * over, it happened many times. `again` asks for another attempt; a time beside it says when.
   */
  particles: [
    'negation',
    'condition',
    'condition-behind',
    'tentative',
    'warning',
    'retry',
    'delayed',
    'final',
    'for-now',
    'again',
    'many',
    'and',
    'to',
    'this',
  ],
  /** Of time, behind a number. */
  units: ['second', 'minute', 'hour', 'day'],
  /** Words before a colon: what stands behind is an address, a reason, a subject or the returned mail. */
  labels: ['sender', 'recipient', 'reason', 'subject', 'original'],
  /**
   * Titles of mail that programs write. `reply` are the prefixes by which people answer and forward; `affair` are the
   * words of what a system address writes to its own users: approvals, meetings, quotas.
   */
  subjects: [
    'failure',
    'delay',
    'success',
    'notice',
    'auto-reply',
    'challenge',
    'housekeeping',
    'affair',
    'read',
    'reply',
  ],
  /**
   * Sentences of notices. `refusal` tells why mail is refused, which states no failure alone; `absent` and `unavailable`
   * do where a daemon names an address beside them; `addressed` speaks to the sender, and says nothing about one;
   * `standing` is what gateways and companies write under any mail.
   */
  sentences: [
    'failure',
    'success',
    'refusal',
    'absent',
    'unavailable',
    'challenge',
    'read',
    'wrote',
    'addressed',
    'standing',
  ],
  /** Lines after which the recipients that failed are listed, or diagnostics for administrators. */
  announcements: ['recipients', 'diagnostics'],
  /** Names under which mail systems report. */
  senders: ['system'],
  /** Refusals in whole phrases, by the cause that they tell. */
  refusals: Object.keys(categories).filter(name => name !== 'undetermined') as Category[],
} as const

type Slots = typeof slots
export type Slot = { [Group in keyof Slots]: `${Group}.${Slots[Group][number]}` }[keyof Slots]
export const allSlots = Object.entries(slots).flatMap(([group, names]) =>
  names.map(name => `${group}.${name}` as Slot),
)

/** Words that do the same, whose they are, and what a mail with them is read as. */
export interface PhraseEntry {
  readonly texts: readonly string[]
  /** Whose words these are: a program, a provider, or `composed`. */
  readonly source: string
  /** Executed by a test: what is said, and what the reader makes of it. */
  readonly examples: readonly { readonly say: string; readonly expect: string }[]
}

/** One text of a slot, and the languages that say it. */
export interface Wording {
  /** As texts are searched: lower case, without diacritics. */
  readonly text: string
  readonly slot: Slot
  /** It may be the end of a longer word, or its beginning: `*` in the files. */
  readonly isOpenBefore: boolean
  readonly isOpenBehind: boolean
  /** The codes of the languages. */
  readonly codes: readonly string[]
  /** Files and slot, as `--explain` names them: `languages/da+de/nouns.sender`. */
  readonly place: string
}

export interface Language {
  readonly code: string
  readonly name: string
  readonly entries: ReadonlyMap<Slot, readonly PhraseEntry[]>
}

/** A file as `test/knowledge/language-file.ts` demands it. Checking costs more than reading: it is done once, by the tests. */
function readLanguage(code: string, { name, ...groups }: { readonly name: string }): Language {
  const entries = new Map<Slot, readonly PhraseEntry[]>()
  for (const [group, slots] of Object.entries<Readonly<Record<string, readonly PhraseEntry[]>>>(groups))
    for (const [slot, rows] of Object.entries(slots)) entries.set(`${group}.${slot}` as Slot, rows)
  return { code, name, entries }
}

/** As they are written; `test/knowledge/language-file.ts` says what a file must be. */
export const languageFiles = filesOf<string, { readonly name: string }>('languages', languageCodes)

export const languages: readonly Language[] = Object.entries(languageFiles).map(([code, file]) =>
  readLanguage(code, file),
)

/** More languages than this are not named beside a text: the place must fit where verdicts are stored. */
const maxNamed = 4

const bySlot = new Map(allSlots.map(slot => [slot, mergedWordings(slot)]))

/** Each text once. Folded all at once: thousands of short texts are folded at every start. */
function mergedWordings(slot: Slot): readonly Wording[] {
  const written: string[] = []
  const codes: string[] = []
  for (const { code, entries } of languages)
    for (const { texts } of entries.get(slot) ?? [])
      for (const text of texts) {
        written.push(text)
        codes.push(code)
      }
  if (written.length === 0) return []
  const codesOf = new Map<string, string[]>()
  for (const [at, text] of folded(written.join('\n')).split('\n').entries()) {
    const known = codesOf.get(text)
    if (known === undefined) codesOf.set(text, [codes[at] as string])
    else known.push(codes[at] as string)
  }
  return Array.from(codesOf, ([text, codes]) => wordingOf(slot, text, codes))
}

function wordingOf(slot: Slot, written: string, codes: readonly string[]): Wording {
  const named = codes.length > maxNamed ? [...codes.slice(0, maxNamed), '…'] : codes
  const isOpenBefore = written.startsWith('*')
  const isOpenBehind = written.endsWith('*')
  return {
    text: written.slice(Number(isOpenBefore), written.length - Number(isOpenBehind)),
    slot,
    isOpenBefore,
    isOpenBehind,
    codes,
    place: `languages/${named.join('+')}/${slot}`,
  }
}

/** The words of a slot in every language, each once. */
export const wordingsOf = (slot: Slot): readonly Wording[] => bySlot.get(slot) ?? []

/** The texts of a slot in every language, each once, as texts are searched. */
export const textsOf = (slot: Slot): readonly string[] => [
  ...new Set(wordingsOf(slot).map(({ text }) => text)),
]

/** The same as people write them, for patterns over text that is not folded; open ends are not told. */
export const writtenTextsOf = (slot: Slot): readonly string[] => [
  ...new Set(languages.flatMap(({ entries }) => (entries.get(slot) ?? []).flatMap(({ texts }) => texts))),
]

/** Does it stand where words begin and end, or where the wording says it need not? */
export function isWhole(
  { isOpenBefore, isOpenBehind }: Pick<Wording, 'isOpenBefore' | 'isOpenBehind'>,
  text: string,
  start: number,
  end: number,
): boolean {
  return (isOpenBefore || !isInsideWord(text, start)) && (isOpenBehind || !isInsideWord(text, end))
}

/** `er server` is no word of `other server`. Scripts that write no blanks, or glue particles to nouns, have no such edges. */
export function isInsideWord(text: string, at: number): boolean {
  return isLetter(text.charCodeAt(at - 1)) && isLetter(text.charCodeAt(at))
}

/** A lower-case letter of the Latin alphabet, Greek or Cyrillic. */
function isLetter(unit: number): boolean {
  return (unit >= 97 && unit <= 122) || (unit >= 0xdf && unit <= 0x24f) || (unit >= 0x370 && unit <= 0x52f)
}
