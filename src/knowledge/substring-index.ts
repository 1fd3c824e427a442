// Finds every one of many plain strings in a text in one pass: an Aho–Corasick automaton that is built as texts walk
// through it. Time is linear in the text, whatever the number of strings; thousands of strings cost nothing at the start.

/** Told of a string's number and where its occurrence ends (exclusive, in UTF-16 units). */
export type OnMatch = (pattern: number, end: number) => void

/** Strings that count only where a word ends: most occurrences of short words lie inside others, and are passed over. */
export interface WordEnds {
  readonly mustEndWord: (pattern: number) => boolean
  /** Do the units before and behind a place belong to one word? */
  readonly isInsideWord: (text: string, at: number) => boolean
}

export interface SubstringIndex {
  /** Every occurrence of every string. */
  readonly eachMatch: (text: string, onMatch: OnMatch) => void
  /** The first occurrence of each string that occurs: O(text + strings found). */
  readonly firstMatches: (text: string, onMatch: OnMatch) => void
}

const none = -1
const asciiUnits = 128
/** Nodes with a full row of ASCII transitions, where nearly all text stays: two megabytes at the most. */
const mostRows = 8192
/** Of these rows, those that only nodes near the root get: no text can fill them with what no other text visits. */
const shallowRows = mostRows / 2
const shallowDepth = 2
/** Sixteen bits keep a row in the processor's cache. */
const maxKept = 0xffff

/** What goes on from a node with one unit. */
interface Branch {
  /** 0 until a text comes by: no branch leads back to the root. */
  node: number
  /** The strings that run through it. */
  readonly patterns: readonly number[]
}

interface Automaton {
  /** The next node. */
  readonly step: (node: number, code: number) => number
  /** By node and ASCII unit: 0 for what was not looked up yet or has a number too large to be kept, else the node and one. */
  readonly rows: Uint16Array
  /** Where reporting begins at a node, and the next node to report after this one; none where nothing ends. */
  readonly reported: Int32Array
  readonly output: Int32Array
  /** 1 where all that is reported must end a word. */
  readonly endsWords: Uint8Array
  readonly report: (node: number, end: number, onMatch: OnMatch) => void
}

/**
 * A node is made when a text first reaches it; only then are the strings that run through it divided by their next
 * unit. A transition is looked up once and then stands in its node's row. Nodes without a row, and units beyond
 * ASCII, go the classical way: the branch, else the branch of the fallback.
 */
function createAutomaton(patterns: readonly string[], wordEnds?: WordEnds): Automaton {
  const most = 1 + mostRows + patterns.reduce((sum, text) => sum + text.length, 0)
  const rows = new Uint16Array(mostRows * asciiUnits)
  const depthOf = new Int32Array(most)
  const fallback = new Int32Array(most)
  const reported = new Int32Array(most)
  const output = new Int32Array(most)
  const endsWords = new Uint8Array(most)
  const through: (readonly number[] | undefined)[] = [
    patterns.flatMap((text, at) => (text === '' ? [] : [at])),
  ]
  const branches: (ReadonlyMap<number, Branch> | undefined)[] = []
  const endsAt: (readonly number[] | undefined)[] = []
  reported[0] = none
  output[0] = none
  /** The next nodes with a row, near the root and further off, and without. */
  let shallow = 1
  let deep = shallowRows
  let rowless = mostRows

  const numberFor = (depth: number): number => {
    if (depth <= shallowDepth && shallow < shallowRows) return shallow++
    return deep < mostRows ? deep++ : rowless++
  }
  const divide = (node: number): ReadonlyMap<number, Branch> => {
    const depth = depthOf[node] ?? 0
    const found = new Map<number, { node: number; patterns: number[] }>()
    for (const pattern of through[node] ?? []) {
      const code = (patterns[pattern] as string).charCodeAt(depth)
      const branch = found.get(code)
      if (branch === undefined) found.set(code, { node: 0, patterns: [pattern] })
      else branch.patterns.push(pattern)
    }
    branches[node] = found
    through[node] = undefined
    return found
  }
  const endsWord = (ends: readonly number[]): boolean =>
    wordEnds !== undefined && ends.every(wordEnds.mustEndWord)
  const grow = (from: number, code: number, branch: Branch): number => {
    const depth = (depthOf[from] ?? 0) + 1
    const node = numberFor(depth)
    branch.node = node
    depthOf[node] = depth
    const behind = from === 0 ? 0 : step(fallback[from] ?? 0, code)
    fallback[node] = behind
    output[node] = reported[behind] ?? none
    const isEnd = (pattern: number): boolean => (patterns[pattern] as string).length === depth
    const ends = branch.patterns.filter(isEnd)
    if (ends.length > 0) endsAt[node] = ends
    through[node] = ends.length === 0 ? branch.patterns : branch.patterns.filter(pattern => !isEnd(pattern))
    reported[node] = ends.length > 0 ? node : (output[node] ?? none)
    endsWords[node] = Number(endsWord(ends) && ((output[node] ?? none) === none || endsWords[behind] === 1))
    return node
  }
  const follow = (from: number, code: number): number => {
    for (let node = from; ; node = fallback[node] ?? 0) {
      const branch = (branches[node] ?? divide(node)).get(code)
      if (branch !== undefined) return branch.node === 0 ? grow(node, code, branch) : branch.node
      if (node === 0) return 0
    }
  }
  const step = (node: number, code: number): number => {
    if (node >= mostRows || code >= asciiUnits) return follow(node, code)
    const at = node * asciiUnits + code
    const known = rows[at] as number
    if (known > 0) return known - 1
    const next = follow(node, code)
    if (next < maxKept) rows[at] = next + 1
    return next
  }
  const report = (node: number, end: number, onMatch: OnMatch): void => {
    for (const pattern of endsAt[node] ?? []) onMatch(pattern, end)
  }
  return { step, rows, reported, output, endsWords, report }
}

/** Empty strings never match; equal strings are all reported. */
export function createSubstringIndex(patterns: readonly string[], wordEnds?: WordEnds): SubstringIndex {
  const { step, rows, reported, output, endsWords, report } = createAutomaton(patterns, wordEnds)
  return {
    eachMatch(text, onMatch) {
      let node = 0
      for (let at = 0; at < text.length; at++) {
        const code = text.charCodeAt(at)
        // Nearly every step is known; a call for each would cost more than the step.
        const known = node < mostRows && code < asciiUnits ? (rows[node * asciiUnits + code] as number) : 0
        node = known > 0 ? known - 1 : step(node, code)
        let found = reported[node] as number
        if (found === none || (endsWords[node] === 1 && wordEnds?.isInsideWord(text, at + 1))) continue
        for (; found !== none; found = output[found] ?? none) report(found, at + 1, onMatch)
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
