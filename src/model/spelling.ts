// The nearest right spelling of a word that somebody mistyped.

/** What is longer than any name of ours cannot be near to one, and comparing costs the product of the lengths. */
const longest = 64

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

/** The name with the fewest edits, the case of letters aside; the first of several equally near, '' of none. */
export function nearest(word: string, names: readonly string[]): string {
  const typed = word.slice(0, longest).toLowerCase()
  const [first, ...others] = names.map(name => ({ name, edits: distance(typed, name.toLowerCase()) }))
  return others.reduce((best, each) => (each.edits < (best?.edits ?? 0) ? each : best), first)?.name ?? ''
}
