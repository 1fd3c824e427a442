// The names a person may type, and the nearest right one for those mistyped.

/** Raised for a name that is none; `message` says what to write instead. */
export class UnknownNameError extends Error {
  override readonly name = 'UnknownNameError'
}

/** Edit distance (Levenshtein) of two short words. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 0; i < a.length; i++) {
    const row = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const substituted = (previous[j] ?? 0) + (a[i] === b[j] ? 0 : 1)
      row.push(Math.min(substituted, (previous[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1))
    }
    previous = row
  }
  return previous[b.length] ?? 0
}

/** The nearest of `names` to a mistyped word; the first of several equally near. */
export function nearest(word: string, names: readonly string[]): string {
  const typed = word.toLowerCase().slice(0, 64)
  return names.reduce(
    (best, name) => (distance(typed, name) < distance(typed, best) ? name : best),
    names[0] ?? '',
  )
}

/** Throws UnknownNameError unless `word` is one of `names`. `noun` says what it should name. */
export function checkName<Name extends string>(noun: string, word: string, names: readonly Name[]): Name {
  const found = names.find(name => name === word)
  if (found !== undefined) return found
  throw new UnknownNameError(`There is no ${noun} "${word}". Did you mean "${nearest(word, names)}"?`)
}
