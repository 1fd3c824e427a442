// The words of the knowledge found in a refusal: every text of every table in one automaton.

import { type Cause, causes, languageCauses, standingPhrases } from '../knowledge/causes.ts'
import { nouns, type Party, type Predicate, predicates } from '../knowledge/clauses.ts'
import { folded } from '../knowledge/folding.ts'
import { isWhole, type Wording, wordingsOf } from '../knowledge/languages.ts'
import { type ProviderName, type ProviderRow, providers } from '../knowledge/providers.ts'
import { type StageRow, stageOfCommand, stages } from '../knowledge/stages.ts'
import { createSubstringIndex } from '../knowledge/substring-index.ts'
import { familiar } from './familiar.ts'
import { aroundHosts, hasWords, withoutHosts, wording } from './wording.ts'

export type SearchEntry =
  | { readonly kind: 'cause'; readonly text: string; readonly cause: Cause; readonly wording?: Wording }
  | { readonly kind: 'mark'; readonly text: string; readonly provider: ProviderName }
  | {
      readonly kind: 'row'
      readonly text: string
      readonly provider: ProviderName
      readonly row: ProviderRow
    }
  | { readonly kind: 'stage'; readonly text: string; readonly stage: StageRow }
  | { readonly kind: 'phrase'; readonly text: string; readonly wording?: Wording }
  | { readonly kind: 'noun'; readonly text: string; readonly party: Party; readonly wording: Wording }
  | {
      readonly kind: 'predicate'
      readonly text: string
      readonly predicate: Predicate
      readonly wording: Wording
    }

const rows: readonly SearchEntry[] = [
  ...causes.flatMap(cause => cause.texts.map(text => ({ kind: 'cause' as const, text, cause }))),
  ...languageCauses.map(cause => ({
    kind: 'cause' as const,
    text: cause.wording.text,
    cause,
    wording: cause.wording,
  })),
  ...providers.flatMap(({ name, marks, rows }) => [
    ...marks.map(text => ({ kind: 'mark' as const, text, provider: name })),
    ...rows.flatMap(row =>
      (row.texts ?? []).map(text => ({ kind: 'row' as const, text, provider: name, row })),
    ),
  ]),
  ...stages.flatMap(stage => stage.texts.map(text => ({ kind: 'stage' as const, text, stage }))),
  ...standingPhrases.flatMap(({ texts }) => texts.map(text => ({ kind: 'phrase' as const, text }))),
  ...wordingsOf('sentences.addressed').map(wording => ({
    kind: 'phrase' as const,
    text: wording.text,
    wording,
  })),
  ...nouns.map(noun => ({ kind: 'noun' as const, text: noun.text, party: noun.party, wording: noun })),
  ...predicates.map(each => ({
    kind: 'predicate' as const,
    text: each.text,
    predicate: each.predicate,
    wording: each,
  })),
]
/** As they are searched: without diacritics, as the wordings of languages are already. */
const entries: readonly SearchEntry[] = rows.map(entry => {
  const text = 'wording' in entry ? entry.text : folded(entry.text)
  return text === entry.text ? entry : { ...entry, text }
})
const index = createSubstringIndex(entries.map(entry => entry.text))
const longest = entries.reduce((most, { text }) => Math.max(most, text.length), 0)

/** Nouns and predicates looked at in one text: each is held against the others, and no refusal has so many. */
export const maxTerms = 64

/** Where an entry's text was found, in UTF-16 units. */
export interface Match<Kind extends SearchEntry['kind'] = SearchEntry['kind']> {
  readonly entry: Extract<SearchEntry, { kind: Kind }>
  readonly start: number
  readonly end: number
}

/** What may tell a cause, or keep words from telling one. */
export type Phrase = Match<'cause' | 'row' | 'phrase'>
export type TermMatch = Match<'noun' | 'predicate'>

/** A text searched once: what was found in it, by kind, each in the order of its end. */
export interface TextMatches {
  /** The wording itself. */
  readonly text: string
  /** What `start` and `end` count in. */
  readonly searched: string
  readonly phrases: readonly Phrase[]
  readonly terms: readonly TermMatch[]
  readonly stages: readonly Match<'stage'>[]
  /** The providers whose marks the text bears. */
  readonly marks: readonly ProviderName[]
}

/** Searches a text, as it stands and without host names. */
export const searchText = (text: string): TextMatches => searchWords(wording(text))

const searchWords = familiar(found, { maxTexts: 500, maxChars: 1500 })

function found(words: string): TextMatches {
  const phrases: Phrase[] = []
  const terms: TermMatch[] = []
  const stages: Match<'stage'>[] = []
  const marks: ProviderName[] = []
  const around = aroundHosts(words, longest)
  // Texts may begin or end with a space to stand for a word's edge.
  const padded = around === '' ? ` ${words} ` : ` ${words} \n ${around} `
  index.eachMatch(padded, (pattern, end) => {
    const entry = entries[pattern]
    if (entry === undefined) return
    const start = end - entry.text.length
    if ('wording' in entry && !isWhole(entry.wording, padded, start, end)) return
    // `lakenetworks` is no network.
    if (entry.kind === 'cause' && isInsideWord(padded, start)) return
    if (entry.kind === 'mark') marks.push(entry.provider)
    else if (entry.kind === 'stage') stages.push({ entry, start, end })
    else if (entry.kind === 'noun' || entry.kind === 'predicate') {
      if (terms.length < maxTerms) terms.push({ entry, start, end })
    } else phrases.push({ entry, start, end })
  })
  return { text: words, searched: padded, phrases, terms, stages, marks }
}

const isLetter = (unit: number): boolean => unit >= 97 && unit <= 122

function isInsideWord(text: string, start: number): boolean {
  return isLetter(text.charCodeAt(start - 1)) && isLetter(text.charCodeAt(start))
}

/** Does a text say anything beside codes and host names: two words or more? */
export function isSpoken({ text }: TextMatches): boolean {
  return text.length > longest * 4 || hasWords(withoutHosts(text))
}

/** The text of a provider's row that was found, null for none. */
export function rowText({ phrases }: TextMatches, row: ProviderRow): string | null {
  return phrases.find(({ entry }) => entry.kind === 'row' && entry.row === row)?.entry.text ?? null
}

/** Where in the session a text says that the refusal came. */
export interface StageMatch {
  readonly row: StageRow
  readonly text: string
}

/** The first command that a text says was refused: what follows is its consequence. */
export function refusalStageIn({ text, stages: [first] }: TextMatches): StageMatch | null {
  return first === undefined ? inTranscript(text) : { row: first.entry.stage, text: first.entry.text }
}

/**
 * In a transcript (`>>> command <<< reply`) the command before the first reply that is not 2yz or 3yz. With pipelining
 * (RFC 2920) RCPT and DATA went out together: what stands behind `>>> DATA` answers RCPT where DATA was then refused
 * for want of a recipient, or where Sendmail took it for an unknown user.
 */
function inTranscript(text: string): StageMatch | null {
  for (let at = text.indexOf('<<< '); at >= 0; at = text.indexOf('<<< ', at + 4)) {
    const digit = text[at + 4]
    if (digit === '2' || digit === '3') continue
    const shown = text.lastIndexOf('>>>', at)
    if (shown < 0) return null
    const command = text.slice(shown + 3, shown + 8).trimStart()
    const row = stageOfCommand(hasNoRecipient(text, at) && command.startsWith('data') ? 'rcpt' : command)
    return row === null ? null : { row, text: text.slice(shown, shown + 8).trimEnd() }
  }
  return null
}

/** Up to the next command. */
function hasNoRecipient(text: string, from: number): boolean {
  const next = text.indexOf('>>>', from)
  return noRecipient.test(text.slice(from, next < 0 ? from + maxReplyChars : next))
}

const maxReplyChars = 2048
/** The code of a reply that has a status is not part of the search form. */
const noRecipient =
  /<<< (?:503[ -]|[^<>]{0,60}(?:need rcpt|no valid recipients?|no recipients|rcpt first|bad sequence))|\.\.\. ?user unknown/
