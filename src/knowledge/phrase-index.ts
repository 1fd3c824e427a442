// Finds the words of many slots in one pass over a text.

import { allSlots, isInsideWord, isWhole, type Slot, type Wording } from './languages.ts'
import { createSubstringIndex } from './substring-index.ts'

/** Where a wording stands, in UTF-16 units. */
export interface PhraseMatch {
  readonly wording: Wording
  readonly start: number
  readonly end: number
}

/** What stands in one text, slot by slot. */
export interface Phrases {
  readonly text: string
  readonly has: (slot: Slot) => boolean
  /** In the order of their ends. */
  readonly of: (slot: Slot) => readonly PhraseMatch[]
  /** Those that lie between two places. */
  readonly between: (slot: Slot, from: number, to: number) => readonly PhraseMatch[]
}

const none: readonly PhraseMatch[] = []
const slotNumbers = new Map(allSlots.map((slot, at) => [slot, at]))

/** The search; texts must be folded. */
export function createPhraseIndex(wordings: readonly Wording[]): (text: string) => Phrases {
  const index = createSubstringIndex(
    wordings.map(({ text }) => text),
    { mustEndWord: pattern => wordings[pattern]?.isOpenBehind === false, isInsideWord },
  )
  const numberOf = wordings.map(({ slot }) => slotNumbers.get(slot) as number)
  return text => {
    const found: PhraseMatch[][] = []
    index.eachMatch(text.replaceAll('\n', ' '), (pattern, end) => {
      const wording = wordings[pattern] as Wording
      const start = end - wording.text.length
      if (!isWhole(wording, text, start, end)) return
      const number = numberOf[pattern] as number
      const matches = found[number]
      if (matches === undefined) found[number] = [{ wording, start, end }]
      else matches.push({ wording, start, end })
    })
    const of = (slot: Slot): readonly PhraseMatch[] => found[slotNumbers.get(slot) as number] ?? none
    return {
      text,
      has: slot => of(slot).length > 0,
      of,
      between(slot, from, to) {
        const matches = of(slot)
        const lying: PhraseMatch[] = []
        for (let at = firstEndingAt(matches, from); at < matches.length; at++) {
          const match = matches[at] as PhraseMatch
          if (match.end > to) break
          if (match.start >= from) lying.push(match)
        }
        return lying.length === 0 ? none : lying
      },
    }
  }
}

/** The place of the first match that ends there or further on: the ends are in order. */
function firstEndingAt(matches: readonly PhraseMatch[], place: number): number {
  let low = 0
  let high = matches.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((matches[middle]?.end ?? 0) < place) low = middle + 1
    else high = middle
  }
  return low
}
