// Which lines of a notice are about which of several recipients: one pass over the lines.

import type { RecipientFinding } from '../finding.ts'
import { repliesIn } from '../machine/codes.ts'
import { addressesInText } from '../machine/typed-address.ts'
import { headOf } from './heads.ts'

/** What a notice says of each of several recipients. */
export interface WordsOfEach {
  /** In the order of the recipients, empty where nothing is told apart. */
  readonly about: readonly string[]
  /** What stands before the first line that names one. */
  readonly opening: string
  /** Everything that names nobody. */
  readonly rest: string
}

/**
 * From a line that names a recipient, or repeats its diagnostic, to the next that names another, or to an empty line
 * after its words; with the lines that lead to it.
 */
export function wordsOfEach(all: readonly RecipientFinding[], lines: readonly string[]): WordsOfEach {
  const { groups, rest, opening } = groupsOf(lines, whoIsMeant(all))
  return {
    about: shared(groups, all.length),
    opening: opening.join('\n'),
    rest: rest.join('\n'),
  }
}

/** Recipients that one line names, and the lines from there to the next that names others. */
interface RecipientGroup {
  readonly members: readonly number[]
  readonly lines: string[]
}

type WhoIsMeant = (line: string) => readonly number[]

const none: readonly number[] = []

/** The recipients that a line names; of a transcript's reply, the only one whose diagnostic it is. */
function whoIsMeant(all: readonly RecipientFinding[]): WhoIsMeant {
  const byName = new Map<string, number>()
  const byReply = new Map<string, readonly number[]>()
  all.forEach((found, index) => {
    for (const name of [found.address, found.originalAddress]) {
      if (name && !byName.has(name.toLowerCase())) byName.set(name.toLowerCase(), index)
    }
    const reply = replyIn(found.diagnostic ?? '')
    if (reply !== '') byReply.set(reply, [...(byReply.get(reply) ?? none), index])
  })
  return line => {
    const named = line.includes('@') ? namedIn(line, byName) : none
    if (named.length > 0 || !line.startsWith('<<<')) return named
    const meant = byReply.get(replyIn(line.slice(3))) ?? none
    return meant.length === 1 ? meant : none
  }
}

const replyIn = (text: string): string => text.slice(0, 500).replace(/\s+/g, ' ').trim().toLowerCase()

function namedIn(line: string, byName: ReadonlyMap<string, number>): readonly number[] {
  const named = addressesInText(line, 20).map(address => byName.get(address.toLowerCase()))
  return [...new Set(named.filter(index => index !== undefined))]
}

function groupsOf(
  lines: readonly string[],
  whoIs: WhoIsMeant,
): {
  readonly groups: readonly RecipientGroup[]
  readonly rest: readonly string[]
  readonly opening: readonly string[]
} {
  const groups: RecipientGroup[] = []
  const rest: string[] = []
  let opening: readonly string[] | null = null
  let current: RecipientGroup | null = null
  /** Lines of the paragraph that name nobody, before one that does. */
  let leading: string[] = []
  for (const line of lines) {
    const named = whoIs(line)
    if (named.length > 0 && named.join() !== current?.members.join()) {
      opening ??= [...rest]
      current = { members: named, lines: leadsTo(leading, line) ? [...leading] : [] }
      groups.push(current)
      leading = []
    } else if (line.trim() === '' || (named.length === 0 && isOtherCommand(line))) {
      current = null
      // `>>> DATA` follows `... while talking to mx.example.org.:`.
      if (!line.startsWith('>>>')) leading = []
    }
    // `ben@example.com | 550 unknown`: what is said of others explains none of these.
    const isOfOthers = named.length === 0 && line.includes('@') && headOf(line)?.marked === true
    if (isOfOthers) {
      current = null
      leading = []
      continue
    }
    if (current === null) {
      rest.push(line)
      if (line.trim() !== '' && leading.length < maxLeadingLines) leading.push(line)
    } else current.lines.push(line)
  }
  return { groups, rest, opening: opening ?? rest }
}

const maxLeadingLines = 5

/** The command that a reply answers, or the head of an entry that names its recipient below: `pipe to |archive`. */
function leadsTo(leading: readonly string[], line: string): boolean {
  const [head = ''] = leading
  return head.trim() !== '' && (line.startsWith('<<<') || indentOf(line) > indentOf(head))
}

const indentOf = (line: string): number => line.length - line.trimStart().length

/** In a transcript of several recipients: another server, or a command that names none of them. */
function isOtherCommand(line: string): boolean {
  return line.startsWith('>>>') || (line.startsWith('...') && line.includes('while talking to'))
}

/** The words of each recipient. Several replies to several are nobody's: a guess could make the wrong one hard. */
function shared(groups: readonly RecipientGroup[], count: number): readonly string[] {
  const about: string[][] = Array.from({ length: count }, () => [])
  for (const { members, lines } of groups) {
    if (members.length > 1 && repliesIn(lines) > 1) continue
    for (const member of members) about[member]?.push(...lines)
  }
  return about.map(lines => lines.join('\n'))
}
