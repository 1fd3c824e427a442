// What reading and judging a mail examines, counted and not timed: the same on every machine, however busy. Each run of
// a block of our code counts one, and each character that a method of the platform goes through on our behalf another.

import { Session } from 'node:inspector/promises'

type Work = () => Promise<unknown>

export interface Counter {
  /** Nothing else of ours may run meanwhile, nor between two of these: what ran since the one before is counted too. */
  readonly examinedBy: (work: Work) => Promise<number>
  readonly close: () => Promise<void>
}

export async function openCounter(): Promise<Counter> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  // Taking sets all counts to 0. It goes through every function that is loaded: once for each work is dear enough.
  await session.post('Profiler.takePreciseCoverage')
  return {
    examinedBy: async work => {
      const platform = await charactersIn(work)
      const { result } = await session.post('Profiler.takePreciseCoverage')
      let blocks = 0
      for (const { url, functions } of result)
        if (
          /\/src\/(?:message|report|classify|knowledge|rules|model)\//.test(url) ||
          url.includes('mailsplit')
        )
          for (const { ranges } of functions) for (const { count } of ranges) blocks += count
      return blocks + platform
    },
    close: async () => {
      await session.post('Profiler.stopPreciseCoverage')
      session.disconnect()
    },
  }
}

/** What goes through a whole text. */
const wholes = ['toLowerCase', 'toUpperCase', 'normalize', 'split', 'replaceAll', 'trim'] as const

/** Characters that methods of texts, patterns and buffers go through during the work. */
async function charactersIn(work: Work): Promise<number> {
  let characters = 0
  const undo: (() => void)[] = []
  const watch = (owner: object, name: string, count: Counting): void => {
    const methods = owner as Record<string, Method>
    const original = methods[name] as Method
    methods[name] = function (...words) {
      const from = this instanceof RegExp && (this.global || this.sticky) ? this.lastIndex : 0
      const result = original.apply(this, words)
      characters += count(this as never, words, result, from)
      return result
    }
    undo.push(() => {
      methods[name] = original
    })
  }
  for (const name of wholes) watch(String.prototype, name, (text: string) => text.length)
  for (const owner of [String.prototype, Buffer.prototype]) {
    watch(owner, 'indexOf', searched)
    watch(owner, 'includes', searched)
  }
  watch(Buffer.prototype, 'toString', (_, _words, text) => String(text).length)
  watch(RegExp.prototype, 'exec', tried)
  try {
    await work()
    return characters
  } finally {
    for (const each of undo) each()
  }
}

type Method = (this: unknown, ...words: unknown[]) => unknown
type Counting = (self: never, words: readonly unknown[], result: unknown, from: number) => number

/** From where the search began to what it found, or to the end. */
const searched: Counting = (text: string, [what, start], found) => {
  const from = Math.max(0, Number(start) || 0)
  const at = found === true ? text.indexOf(what as string, from) : Number(found || -1)
  return at < 0 ? Math.max(0, text.length - from) : at - from + 1
}

/** From where the pattern was tried to the end of what it matched, or to the end; one that is bound to its place goes no further. */
const tried: Counting = ({ source, multiline, sticky }: RegExp, [text], found, from) => {
  if (found !== null) {
    const { index, 0: match } = found as RegExpExecArray
    return index + match.length - from
  }
  return sticky || (source.startsWith('^') && !multiline) ? 1 : Math.max(0, String(text).length - from)
}
