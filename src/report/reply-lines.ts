// Lists whose lines begin with the reply and end with the recipient: `550 5.1.1 unknown: ana@example.org`.

import { addressesInText } from './address.ts'
import { replyCodeIn } from './codes.ts'
import type { Entry } from './entries.ts'

/** One entry a line with one reply and one address; none unless there are several, since one is a sentence. */
export function replyLines(lines: readonly string[]): readonly Entry[] {
  const entries = new Map<string, Entry>()
  for (const line of lines) {
    if (!line.includes('@') || line.startsWith('>')) continue
    const [address, ...others] = addressesInText(line, 2)
    if (address === undefined || others.length > 0 || replyCodeIn(line, 'text') === null) continue
    const key = address.toLowerCase()
    const words = [entries.get(key)?.words ?? '', line.trim()].join('\n').trim()
    entries.set(key, { address, words, originalAddress: null })
  }
  return entries.size > 1 ? [...entries.values()] : []
}
