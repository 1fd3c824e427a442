// The list of recipients in a notice, each with the words that follow it.

import { folded } from '../../knowledge/folding.ts'
import type { Action } from '../../model/report.ts'
import type { RecipientFinding } from '../finding.ts'
import { repliesIn } from '../machine/codes.ts'
import { isNamedAddress, stripEnds } from '../machine/typed-address.ts'
import { remembered } from '../remembered.ts'
import type { Entry } from './entry.ts'
import { type Head, headOf } from './heads.ts'
import { recipientFirst } from './label-blocks.ts'
import { phrasesIn } from './phrases.ts'
import { replyLines } from './reply-lines.ts'
import { sentenceStart } from './sentences.ts'

const maxWordsLines = 60
const maxVerbChars = 40

/** The entry whose words are being collected. */
interface OpenEntry {
  /** Empty for what has no address of its own, like a pipe, until its words name one. */
  addresses: readonly string[]
  readonly indent: number
  /** Its words stand deeper than it does. */
  isDeep: boolean
  readonly words: string[]
  original: string | null
}

/**
 * Entries after a line that announces recipients; when no line does, every marked head; when none is there, every line
 * that holds one address and one reply. An address found twice keeps its place and collects its words.
 */
export const readEntries = remembered((given: readonly string[]): readonly Entry[] => {
  const lines = recipientFirst(given)
  const heads = lines.map((line, at) => {
    const head = headOf(line)
    return head?.marked === false && isAdvice(lines[at - 1] ?? '') ? null : head
  })
  const start = firstAnnouncing(lines)
  if (start >= 0) {
    const announced = collect(lines.slice(start), heads.slice(start), true)
    if (announced.length > 0) return announced
  }
  const marked = collect(lines, heads, false)
  return marked.length > 0 ? marked : replyLines(lines)
})

/** The first line that announces recipients, or -1. Nearly no text has one: all of it is asked first. */
function firstAnnouncing(lines: readonly string[]): number {
  return announces(lines.join('\n')) ? lines.findIndex(announces) : -1
}

const announces = (line: string): boolean => phrasesIn(folded(line)).has('announcements.recipients')

function collect(
  lines: readonly string[],
  heads: readonly (Head | null)[],
  announced: boolean,
): readonly Entry[] {
  const list = new EntryList()
  let listing = announced
  for (const [at, line] of lines.entries()) {
    const trimmed = line.trim()
    const indent = line.length - line.trimStart().length
    const { open } = list
    if (trimmed === '') {
      list.skipLine()
      continue
    }
    const alias = aliasIn(trimmed)
    const found = heads[at] ?? null
    const isWords = open !== null && (alias !== null || leadsOn(found, lines, at))
    const head: Head | null = isWords ? null : found
    if (head !== null && isEntry(head.marked, head.rest, listing, open, indent)) {
      list.begin(head.addresses, indent, head.rest)
    } else if (open === null && listing && alias !== null) {
      // `an undisclosed address`, and below it `(generated from club@example.org)`.
      list.begin([alias], indent, trimmed)
    } else if (open === null) {
      // Prose between an announcement and a bare address ends the list.
      listing ||= announced && announces(line)
    } else if (isNamelessEntry(open, indent, listing && alias === null)) {
      list.begin([], indent, trimmed)
    } else {
      list.add(open, alias, indent, trimmed)
      // After an empty line, words at the margin are about the whole mail, not about this recipient.
      if (endsEntry(open, indent)) listing = false
    }
  }
  return list.close()
}

/**
 * Does the line before lead to this one within an entry? `Reason:` does, perhaps over an empty line, and `… forwarded to`:
 * the address that follows is part of what is said of the recipient, and no other recipient.
 */
function leadsOn(head: Head | null, lines: readonly string[], at: number): boolean {
  // Most lines have no head: nothing has to be asked of what stands before them.
  if (head === null) return false
  const before = lines[at - 1] ?? ''
  const line = before.trim() === '' ? (lines[at - 2] ?? '').trim() : before.trim()
  if (line === '' || line.length > maxLabelChars) return false
  const words = folded(line)
  const phrases = phrasesIn(words)
  if (/[:：]$/.test(words)) return phrases.has('labels.reason') && !phrases.has('announcements.recipients')
  return before.trim() !== '' && phrases.of('particles.to').some(({ end }) => end === words.length)
}

const maxLabelChars = 100

/** Entries in the order found, the last of them still open. */
class EntryList {
  open: OpenEntry | null = null
  readonly #entries = new Map<string, { address: string; words: string[]; original: string | null }>()

  begin(addresses: readonly string[], indent: number, words: string): void {
    this.#settle()
    this.open = { addresses, indent, isDeep: false, words: words === '' ? [] : [words], original: null }
  }

  skipLine(): void {
    if (this.open !== null && this.open.words.length > 0) this.open.words.push('')
  }

  add(open: OpenEntry, alias: string | null, indent: number, words: string): void {
    open.isDeep ||= indent > open.indent
    if (alias !== null && open.addresses.length === 0) open.addresses = [alias]
    else if (alias !== null) open.original ??= alias
    if (open.words.length < maxWordsLines) open.words.push(words)
  }

  close(): readonly Entry[] {
    this.#settle()
    return [...this.#entries.values()].map(({ address, words, original }) => ({
      address,
      words: words.join('\n').trim(),
      originalAddress: original,
    }))
  }

  #settle(): void {
    const { open } = this
    if (open === null) return
    // Several replies to several recipients are nobody's: a guess could make the wrong one hard.
    const words = open.addresses.length > 1 && repliesIn(open.words) > 1 ? [] : open.words
    for (const address of open.addresses) {
      const key = address.toLowerCase()
      const known = this.#entries.get(key)
      if (known) known.words.push(...words)
      else this.#entries.set(key, { address, words: [...words], original: open.original })
    }
    this.open = null
  }
}

function isEntry(
  marked: boolean,
  rest: string,
  listing: boolean,
  open: OpenEntry | null,
  indent: number,
): boolean {
  // `ana@example.org wrote:` leads to what is quoted.
  if (
    phrasesIn(folded(rest.slice(0, maxVerbChars)))
      .of('sentences.wrote')
      .some(({ start }) => start === 0)
  )
    return false
  // Deeper than its recipient: words about it that happen to begin with an address.
  if (open !== null && indent > open.indent + 1 && open.indent + indent > 0) return false
  return marked || listing
}

/** `… try the full form: if`, and on the next line `pat@example.org fails, …`: a condition, wrapped before its address. */
function isAdvice(before: string): boolean {
  const words = folded(before.trimEnd().slice(-maxAdviceChars))
  if (words === '') return false
  return (
    phrasesIn(words).between('particles.condition', sentenceStart(words, words.length), words.length).length >
    0
  )
}

const maxAdviceChars = 120

/** `pipe to |/usr/bin/filter` in a list whose words stand deeper than its recipients. */
function isNamelessEntry(open: OpenEntry, indent: number, listing: boolean): boolean {
  return listing && open.isDeep && indent > 0 && indent === open.indent && !open.words.includes('')
}

function endsEntry(open: OpenEntry, indent: number): boolean {
  return open.words.includes('') && indent <= open.indent
}

/** `(expanded from: <list@example.org>)`, `generated by …`: the address we had written to. */
function aliasIn(line: string): string | null {
  if (!line.includes('@')) return null
  const match =
    /^\(?(?:expanded from|ultimately generated from|generated from|generated by|originally addressed to|original address)[:\s]{0,3}<?([^\s<>()]{3,320}@[^\s<>()]{1,255})/i.exec(
      line,
    )
  const alias = stripEnds(match?.[1] ?? '')
  return isNamedAddress(alias) ? alias : null
}

/** `ana@ims-ms-daemon` is a name of the house: where we had written to another, that is the one that failed. */
function outward(entry: Entry): Entry {
  const original = entry.originalAddress
  const isInner = !(entry.address.split('@').at(-1) ?? '').includes('.')
  return isInner && original?.split('@').at(-1)?.includes('.') ? { ...entry, address: original } : entry
}

/** Entries as recipients of one action. A single one keeps no words of its own: the whole notice is about it. */
export function toFindings(
  entries: readonly Entry[],
  action: 'failed' | 'delayed',
): readonly RecipientFinding[] {
  return entries.map(outward).map(entry => ({
    address: entry.address,
    originalAddress: entry.originalAddress,
    action,
    ...(entries.length > 1 ? { text: entry.words } : {}),
  }))
}

/** Entries of a program whose list says everything: the words below a recipient are its diagnostic. */
export function toDiagnosed(entries: readonly Entry[], action: Action): readonly RecipientFinding[] {
  return entries.map(outward).map(({ address, originalAddress, words }) => ({
    address,
    originalAddress,
    action,
    diagnostic: words.replace(/\s+/g, ' ').trim() || null,
    ...(words !== '' || entries.length > 1 ? { text: words } : {}),
  }))
}
