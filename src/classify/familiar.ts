// What was computed of a text before: the refusals of one mailing are the same few texts, once addresses are cut out.
// Bounded, and no stranger can empty it: what is asked for often stays, whatever comes by once or twice.

interface Known<Value> {
  readonly value: Value
  /** Times it was asked for since it was last weighed. */
  uses: number
}

/**
 * `work`, remembered for up to `maxTexts` texts of up to `maxChars` UTF-16 units. A text is kept once it comes a second
 * time. Where there is no room, the longest kept text gives way that was not asked for since its last turn.
 */
export function familiar<Value>(
  work: (text: string) => Value,
  { maxTexts, maxChars }: { readonly maxTexts: number; readonly maxChars: number },
): (text: string) => Value {
  const known = new Map<string, Known<Value>>()
  const seenOnce = new Map<string, Value>()
  const makeRoom = (): void => {
    for (const [text, entry] of known) {
      known.delete(text)
      if (entry.uses === 0) return
      entry.uses >>= 1
      known.set(text, entry)
    }
  }
  return text => {
    if (text.length > maxChars) return work(text)
    const entry = known.get(text)
    if (entry !== undefined) {
      entry.uses++
      return entry.value
    }
    const value = seenOnce.get(text)
    if (value !== undefined) {
      seenOnce.delete(text)
      if (known.size >= maxTexts) makeRoom()
      known.set(text, { value, uses: 0 })
      return value
    }
    const computed = work(text)
    if (seenOnce.size >= maxTexts) seenOnce.clear()
    seenOnce.set(text, computed)
    return computed
  }
}
