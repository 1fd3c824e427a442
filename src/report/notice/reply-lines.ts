// Lists without heads: lines or clauses of one reply and one address each, in either order, as in
// `550 5.1.1 unknown: ana@example.org; 552 5.2.2 full: ben@example.com`.

import { replyCodeIn, statusIn } from '../machine/codes.ts'
import { addressesInText } from '../machine/typed-address.ts'
import type { Entry } from './entry.ts'
import { conjunctions } from './phrases.ts'

/** One entry a line or clause with one reply and one address; none unless there are several: one alone is a sentence. */
export function replyLines(lines: readonly string[]): readonly Entry[] {
  const entries = new Map<string, Entry>()
  for (const clause of lines.filter(mayReply).flatMap(clausesOf)) {
    const [address, ...others] = addressesInText(clause, 2)
    if (address === undefined || others.length > 0 || !hasReply(clause)) continue
    const key = address.toLowerCase()
    const words = [entries.get(key)?.words ?? '', clause.trim()].join('\n').trim()
    entries.set(key, { address, words, originalAddress: null })
  }
  return entries.size > 1 ? [...entries.values()] : []
}

/** Names somebody, and has the digits of a reply or status code. */
function mayReply(line: string): boolean {
  return line.includes('@') && !line.startsWith('>') && /[45](?:\d\d|\.\d)/.test(line)
}

/** A line, or the clauses of one that names several recipients. */
function clausesOf(line: string): readonly string[] {
  return addressesInText(line, 2).length < 2 ? [line] : line.split(joint, 50)
}

const joint = new RegExp(`;\\s|,?\\s(?:${conjunctions})\\s|\\.\\s`, 'u')

function hasReply(clause: string): boolean {
  return replyCodeIn(clause, 'text') !== null || statusIn(clause) !== null
}
