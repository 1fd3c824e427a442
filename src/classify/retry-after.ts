// When a refusal asks to come back: a number and a unit of time in the sentence that speaks of another attempt, in any
// language of `knowledge/languages`.

import { type Wording, wordingsOf } from '../knowledge/languages.ts'
import { createPhraseIndex, type PhraseMatch } from '../knowledge/phrase-index.ts'
import type { Wait } from '../model/verdict.ts'
import { familiar } from './familiar.ts'

const units = { 'units.second': 1, 'units.minute': 60, 'units.hour': 3600, 'units.day': 86_400 } as const
type Unit = keyof typeof units
const unitSlots = Object.keys(units) as readonly Unit[]

const phrasesIn = createPhraseIndex([...unitSlots, 'particles.again' as const].flatMap(wordingsOf))

/** No queue keeps a mail for longer (RFC 5321 §4.5.4.1 speaks of 4 to 5 days): any other number means something else. */
const longestSeconds = 7 * 86_400
/** Between the words of another attempt and the time. */
const maxGapChars = 60
/** `for 4 minutes and 30 seconds` */
const maxJoinChars = 8

const clock = /\b(\d{1,2}):(\d\d):(\d\d)\b/g
const countBefore = /(?<![\d.:])(\d{1,6}) ?$/
const separates = /[!?;。！？\n]|\.(?:\s|$)/

interface Span {
  readonly start: number
  readonly end: number
  readonly seconds: number
  /** Its unit; null of a clock. */
  readonly unit: Wording | null
}

/** Null where the words, folded, name no time. Never throws. */
export const retryAfterIn = familiar(search, { maxTexts: 500, maxChars: 1500 })

function search(words: string): Wait | null {
  if (!/\d ?(?:\p{L}|:\d)/u.test(words)) return null
  const phrases = phrasesIn(words)
  const asked = phrases.of('particles.again')
  if (asked.length === 0) return null
  const spans = unitSlots
    .flatMap(slot => phrases.of(slot).flatMap(match => spanOf(words, match, units[slot])))
    .concat(clocksIn(words))
    .sort((a, b) => a.start - b.start || b.end - a.end)
  const found = spans.flatMap(first => {
    const beside = asked.find(again => isBeside(words, again, first))
    return beside === undefined ? [] : [{ first, beside }]
  })
  // Languages share units: the one that asks is named.
  const isOfOne = ({ first: { start, unit }, beside: { wording } }: (typeof found)[number]): boolean =>
    start === found[0]?.first.start && wording.codes.some(code => unit?.codes.includes(code))
  const best = found.find(isOfOne) ?? found[0]
  if (best === undefined) return null
  const { first, beside } = best
  const more = spans.find(({ start }) => start >= first.end && start - first.end <= maxJoinChars)
  const total = first.seconds + (more !== undefined && more.seconds < first.seconds ? more.seconds : 0)
  if (total <= 0 || total > longestSeconds) return null
  const text = words.slice(Math.min(first.start, beside.start), Math.max(first.end, beside.end)).trim()
  const places = [beside.wording, ...(first.unit === null ? [] : [first.unit])].map(({ place }) => place)
  return { seconds: total, text, places }
}

function spanOf(words: string, { start, end, wording }: PhraseMatch, seconds: number): readonly Span[] {
  const count = countBefore.exec(words.slice(Math.max(0, start - 8), start))
  if (count === null) return []
  return [{ start: start - count[0].length, end, seconds: Number(count[1]) * seconds, unit: wording }]
}

const clocksIn = (words: string): readonly Span[] =>
  [...words.matchAll(clock)].map(({ 0: said, 1: hours, 2: minutes, 3: seconds, index }) => ({
    start: index,
    end: index + said.length,
    seconds: Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds),
    unit: null,
  }))

function isBeside(words: string, again: PhraseMatch, { start, end }: Span): boolean {
  const gap = again.end <= start ? words.slice(again.end, start) : words.slice(end, again.start)
  return gap.length <= maxGapChars && !separates.test(gap)
}
