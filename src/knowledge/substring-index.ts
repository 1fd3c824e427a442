// Finds every one of many plain strings in a text in one pass: an Aho–Corasick automaton in flat arrays.
// Time is linear in the text, whatever the number of strings; some 20 bytes a node keep it small.

/** Told of a string's number and where its occurrence ends (exclusive, in UTF-16 units). */
export type OnMatch = (pattern: number, end: number) => void

export interface SubstringIndex {
  /** Every occurrence of every string. */
  readonly eachMatch: (text: string, onMatch: OnMatch) => void
  /** The first occurrence of each string that occurs: O(text + strings found). */
  readonly firstMatches: (text: string, onMatch: OnMatch) => void
}

const none = -1
const asciiUnits = 128
/** The first nodes, those nearest to the root, where nearly all text stays: a quarter of a megabyte at the most. */
const mostDense = 1024

/**
 * Builds the automaton. Empty strings never match; equal strings are all reported.
 *
 * Nodes are numbered breadth first over the sorted strings, so a node's children are neighbours:
 * they are `firstChild[node] … firstChild[node + 1] - 1`, in order of their unit. A node's fallback has a
 * smaller number, so the first nodes fall back among themselves and get a full table of ASCII transitions; units
 * that no string holds share a column, so that the table stays in the processor's cache.
 */
export function createSubstringIndex(patterns: readonly string[]): SubstringIndex {
  const { unit, firstChild, patternAt, nextEqual, parent } = buildTrie(patterns)
  const count = unit.length
  const denseCount = Math.min(count, mostDense)
  const { column, columns } = columnsOf(unit)
  // The children of a node with a row may lie far behind: a row's entries are numbers of any node.
  const dense = count <= 0xffff ? new Uint16Array(denseCount * columns) : new Int32Array(denseCount * columns)
  const fallback = new Int32Array(count)
  /** The next node to report after this one. */
  const output = new Int32Array(count).fill(none)

  const childOf = (node: number, wanted: number): number => {
    let low = firstChild[node] ?? 0
    let high = (firstChild[node + 1] ?? 0) - 1
    while (low <= high) {
      const middle = (low + high) >>> 1
      const found = unit[middle] ?? 0
      if (found === wanted) return middle
      if (found < wanted) low = middle + 1
      else high = middle - 1
    }
    return none
  }
  const step = (from: number, code: number): number => {
    let node = from
    for (;;) {
      if (node < denseCount && code < asciiUnits) return dense[node * columns + (column[code] ?? 0)] ?? 0
      const next = childOf(node, code)
      if (next !== none) return next
      if (node === 0) return 0
      node = fallback[node] ?? 0
    }
  }
  const fillDense = (node: number): void => {
    const behind = (fallback[node] ?? 0) * columns
    for (let at = 0; node !== 0 && at < columns; at++) dense[node * columns + at] = dense[behind + at] ?? 0
    for (let child = firstChild[node] ?? 0; child < (firstChild[node + 1] ?? 0); child++) {
      const code = unit[child] ?? 0
      if (code < asciiUnits) dense[node * columns + (column[code] ?? 0)] = child
    }
  }
  fillDense(0)
  for (let node = 1; node < count; node++) {
    const up = parent[node] ?? 0
    if (up !== 0) fallback[node] = step(fallback[up] ?? 0, unit[node] ?? 0)
    if (node < denseCount) fillDense(node)
    const behind = fallback[node] ?? 0
    output[node] = patternAt[behind] === none ? (output[behind] ?? none) : behind
  }
  /** Where reporting begins at a node; none where nothing ends. */
  const reported = patternAt.map((pattern, node) => (pattern === none ? (output[node] ?? none) : node))

  const report = (node: number, end: number, onMatch: OnMatch): void => {
    for (let pattern = patternAt[node] ?? none; pattern !== none; pattern = nextEqual[pattern] ?? none) {
      onMatch(pattern, end)
    }
  }
  return {
    eachMatch(text, onMatch) {
      let node = 0
      for (let at = 0; at < text.length; at++) {
        node = step(node, text.charCodeAt(at))
        for (let found = reported[node] ?? none; found > 0; found = output[found] ?? none) {
          report(found, at + 1, onMatch)
        }
      }
    },
    firstMatches(text, onMatch) {
      const seen = new Set<number>()
      let node = 0
      for (let at = 0; at < text.length; at++) {
        node = step(node, text.charCodeAt(at))
        let found = reported[node] ?? none
        // Whatever hangs behind a node that was reported was reported with it.
        while (found > 0 && !seen.has(found)) {
          seen.add(found)
          report(found, at + 1, onMatch)
          found = output[found] ?? none
        }
      }
    },
  }
}

/** A column for each ASCII unit of the nodes; column 0, where only the root follows, for all others. */
function columnsOf(unit: Uint16Array): { readonly column: Uint8Array; readonly columns: number } {
  const column = new Uint8Array(asciiUnits)
  let columns = 1
  // The root has no unit.
  for (const code of unit.subarray(1)) if (code < asciiUnits && column[code] === 0) column[code] = columns++
  return { column, columns }
}

interface Trie {
  readonly unit: Uint16Array
  readonly firstChild: Int32Array
  readonly parent: Int32Array
  readonly patternAt: Int32Array
  readonly nextEqual: Int32Array
}

function buildTrie(patterns: readonly string[]): Trie {
  const { firstOf, nextEqual } = chainEqual(patterns)
  // The default order is that of UTF-16 units.
  const texts = [...firstOf.keys()].sort()
  const most = texts.reduce((sum, text) => sum + text.length, 1)
  const unit = new Uint16Array(most)
  const parent = new Int32Array(most)
  const firstChild = new Int32Array(most + 1)
  const patternAt = new Int32Array(most).fill(none)
  // Each node owns a run of the sorted texts: those that begin with its path.
  const from = new Int32Array(most)
  const to = new Int32Array(most)
  const depth = new Int32Array(most)
  to[0] = texts.length
  let count = 1
  for (let node = 0; node < count; node++) {
    let low = from[node] as number
    const high = to[node] as number
    const length = depth[node] as number
    const shortest = texts[low]
    if (shortest !== undefined && low < high && shortest.length === length) {
      patternAt[node] = firstOf.get(shortest) as number
      low++
    }
    firstChild[node] = count
    while (low < high) {
      const code = (texts[low] as string).charCodeAt(length)
      let end = low + 1
      while (end < high && (texts[end] as string).charCodeAt(length) === code) end++
      unit[count] = code
      parent[count] = node
      from[count] = low
      to[count] = end
      depth[count] = length + 1
      count++
      low = end
    }
  }
  firstChild[count] = count
  return {
    unit: unit.slice(0, count),
    firstChild: firstChild.slice(0, count + 1),
    parent: parent.slice(0, count),
    patternAt: patternAt.slice(0, count),
    nextEqual,
  }
}

/** The first pattern of each text but the empty one, and for each pattern the next with the same text. */
function chainEqual(patterns: readonly string[]): {
  readonly firstOf: ReadonlyMap<string, number>
  readonly nextEqual: Int32Array
} {
  const firstOf = new Map<string, number>()
  const nextEqual = new Int32Array(patterns.length).fill(none)
  for (let at = patterns.length - 1; at >= 0; at--) {
    const text = patterns[at] as string
    if (text === '') continue
    nextEqual[at] = firstOf.get(text) ?? none
    firstOf.set(text, at)
  }
  return { firstOf, nextEqual }
}
