// The words of each language: one JSON file a language, its words in closed slots. Who adds a phrase adds it to one file.

import { type Category, categories } from '../model/categories.ts'
import { folded } from './folding.ts'
import { languageFiles } from './languages/files.ts'

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
  /** What turns, dates or joins: no, if (before or behind what it conditions), it waits, it is tried again, it is over. */
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
    'and',
    'to',
    'this',
  ],
  /** Words before a colon: what stands behind is an address, a subject or the returned mail. */
  labels: ['sender', 'recipient', 'subject', 'original'],
  /** Titles of mail that programs write. `reply` are the prefixes by which people answer and forward. */
  subjects: [
    'failure',
    'delay',
    'success',
    'notice',
    'auto-reply',
    'challenge',
    'housekeeping',
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
export interface Entry {
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
  readonly entries: ReadonlyMap<Slot, readonly Entry[]>
}

/** Reads the files. A file that is not what it claims stops the start: these files are edited by hand. */
export function readLanguages(files: Readonly<Record<string, unknown>>): readonly Language[] {
  return Object.entries(files).map(([code, file]) => readLanguage(code, file))
}

function readLanguage(code: string, file: unknown): Language {
  const fail = (place: string, fault: string): never => {
    throw new Error(`knowledge/languages/${code}.json${place === '' ? '' : `, ${place}`}: ${fault}`)
  }
  if (!isObject(file) || typeof file.name !== 'string') return fail('', 'it needs a "name" for its language')
  const { name, ...groups } = file
  const entries = new Map<Slot, readonly Entry[]>()
  for (const [group, given] of Object.entries(groups)) {
    const known: readonly string[] | undefined = (slots as Record<string, readonly string[]>)[group]
    if (known === undefined || !isObject(given))
      return fail(group, `groups are ${Object.keys(slots).join(', ')}, each with slots`)
    for (const [slot, rows] of Object.entries(given)) {
      const place = `${group}.${slot}`
      if (!known.includes(slot)) fail(place, `slots of ${group} are ${known.join(', ')}`)
      if (!Array.isArray(rows) || rows.length === 0) return fail(place, 'a slot is a list of entries')
      const seen = new Set<string>()
      rows.forEach((row, at) => {
        const fault = faultOf(row, seen)
        if (fault !== null) fail(`${place}, entry ${at + 1}`, fault)
      })
      entries.set(place as Slot, rows as Entry[])
    }
  }
  return { code, name: file.name, entries }
}

/** What is wrong with an entry, null for nothing; `seen` collects the texts of its slot. */
function faultOf(row: unknown, seen: Set<string>): string | null {
  if (!isObject(row)) return 'an entry has "texts", "source" and "examples"'
  const { texts, source, examples } = row
  if (!Array.isArray(texts) || texts.length === 0) return 'it has no "texts"'
  for (const text of texts) {
    if (typeof text !== 'string' || text.trim() === '') return `${JSON.stringify(text)} is not a text`
    if (text !== text.toLowerCase()) return `"${text}" must be in lower case`
  }
  for (const text of foldedTexts(texts)) {
    const bare = text.replace(ends, '')
    if (bare.trim() === '' || bare.includes('*')) return `"${text}": a * stands at an end of a text`
    if (seen.has(bare)) return `"${bare}" stands twice in this slot`
    seen.add(bare)
  }
  if (typeof source !== 'string' || source === '')
    return 'it needs a "source": the program that writes so, or "composed"'
  if (!Array.isArray(examples) || examples.length === 0) return 'it needs an example'
  const isExample = (each: unknown): boolean =>
    isObject(each) && typeof each.say === 'string' && typeof each.expect === 'string'
  return examples.every(isExample) ? null : 'an example is {"say": "…", "expect": "…"}'
}

/** The marks of open ends. */
const ends = /^\*|\*$/g

const folds = new WeakMap<readonly string[], readonly string[]>()

/** All at once and once only: thousands of short texts are folded at every start. */
function foldedTexts(texts: readonly string[]): readonly string[] {
  const known = folds.get(texts)
  if (known !== undefined) return known
  const computed = folded(texts.join('\n')).split('\n')
  folds.set(texts, computed)
  return computed
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export const languages: readonly Language[] = readLanguages(languageFiles)

/** More languages than this are not named beside a text: the place must fit where verdicts are stored. */
const MAX_NAMED = 4

const bySlot = new Map<Slot, readonly Wording[]>()
for (const slot of allSlots) {
  const codesOf = new Map<string, string[]>()
  for (const { code, entries } of languages)
    for (const { texts } of entries.get(slot) ?? [])
      for (const text of foldedTexts(texts)) {
        const codes = codesOf.get(text)
        if (codes === undefined) codesOf.set(text, [code])
        else codes.push(code)
      }
  bySlot.set(
    slot,
    [...codesOf].map(([text, codes]) => wordingOf(slot, text, codes)),
  )
}

function wordingOf(slot: Slot, written: string, codes: readonly string[]): Wording {
  const named = codes.length > MAX_NAMED ? [...codes.slice(0, MAX_NAMED), '…'] : codes
  return {
    text: written.replace(ends, ''),
    slot,
    isOpenBefore: written.startsWith('*'),
    isOpenBehind: written.endsWith('*'),
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
function isInsideWord(text: string, at: number): boolean {
  return isLetter(text.charCodeAt(at - 1)) && isLetter(text.charCodeAt(at))
}

/** A lower-case letter of the Latin alphabet, Greek or Cyrillic. */
function isLetter(unit: number): boolean {
  return (unit >= 97 && unit <= 122) || (unit >= 0xdf && unit <= 0x24f) || (unit >= 0x370 && unit <= 0x52f)
}
