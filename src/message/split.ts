// A mail's bytes to its leaves: scanned in one go where it is small and usual, else split line by line.

import type { MailMemory } from '../model/mail-memory.ts'
import type { Split, SplitLimits } from './leaf.ts'
import { LineEnds, lineCost, usualLines } from './line-ends.ts'
import { ownMemory } from './memory-budget.ts'
import { scan } from './scan.ts'
import { isPlain } from './text.ts'

const kb = 1024

/** What one message may cost. All in bytes but `maxParts`. */
export interface ReadLimits extends SplitLimits {
  /** Split at most; the rest is counted and dropped. */
  readonly maxSplitBytes: number
  /** Held until the end and scanned as a whole; a longer mail is split as it comes. */
  readonly maxScannedBytes: number
}

export const defaultLimits: ReadLimits = {
  maxHeadBytes: 128 * kb,
  maxParts: 100,
  maxPartBytes: 256 * kb,
  maxKeptBytes: 1024 * kb,
  maxSplitBytes: 8 * 1024 * kb,
  maxScannedBytes: 64 * kb,
}

/** The unit the splitter is fed with, whatever the chunks were: the result must not depend on them. */
const blockBytes = 16 * kb

/** Of a chunk, as much as one turn of the event loop reads. */
export const pieceBytes = 64 * kb

/** A turn for the other sessions. */
export const pause = (): Promise<void> => new Promise(setImmediate)

/** The splitter, loaded when a mail first needs it: most never do, and it costs a sixth of the start. */
export type Splitting = typeof import('./splitter.ts')
let splitting: Promise<Splitting> | null = null
export function loadSplitting(): Promise<Splitting> {
  splitting ??= import('./splitter.ts')
  return splitting
}

/** What a text is split into whose lines end in LF, a character a byte. */
export async function splitText(text: string, limits: SplitLimits): Promise<Split> {
  const split = scan(text, limits)
  if (split !== null) return split
  const { LeafSplitter } = await loadSplitting()
  return new LeafSplitter(limits).end(Buffer.from(text, 'latin1'))
}

/** One mail: `push` its bytes in any chunks, then `end`. */
export class MailSplit {
  /** Bytes received. */
  bytes = 0
  /** Why the splitter gave up; the leaves until then are kept. */
  failure: string | null = null

  readonly #limits: ReadLimits
  readonly #memory: MailMemory
  /** What has come while it may be all, a character a byte; null once the mail is split as it comes. */
  #whole: string | null = ''
  readonly #maxWholeBytes: number
  /** Known of a mail that was scanned; else the lines tell. */
  #plain: boolean | null = null
  readonly #lines: LineEnds
  #splitter: InstanceType<Splitting['LeafSplitter']> | null = null
  /** What a mail costs before its first byte covers a block of the usual size. */
  #heldBytes = blockBytes

  constructor(limits: ReadLimits, memory: MailMemory = ownMemory) {
    this.#limits = limits
    this.#memory = memory
    this.#lines = new LineEnds(blockBytes, limits.maxSplitBytes, Math.max(blockBytes, limits.maxScannedBytes))
    // Not so much that lines could come to more than is split.
    this.#maxWholeBytes = Math.min(limits.maxScannedBytes, Math.floor(limits.maxSplitBytes / (1 + lineCost)))
  }

  /** True when the mail was longer than is split. */
  get cut(): boolean {
    return this.#lines.cut
  }

  /** True when empty lines stood before the first line. */
  get startedEmpty(): boolean {
    return this.#lines.startedEmpty
  }

  /** True when all is ASCII without control characters. */
  get plain(): boolean {
    return this.#plain ?? this.#lines.plain
  }

  /** A promise only where it is split as it comes. */
  push(chunk: Uint8Array): Promise<void> | undefined {
    this.bytes += chunk.length
    if (this.#whole !== null && this.bytes <= this.#maxWholeBytes) {
      this.#whole += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1')
      this.#hold(this.bytes)
      return undefined
    }
    return this.#splitAsItComes(chunk)
  }

  async #splitAsItComes(chunk: Uint8Array): Promise<void> {
    const before = this.#whole
    this.#whole = null
    if (before !== null && before !== '') await this.#split(Buffer.from(before, 'latin1'))
    await this.#split(chunk)
  }

  /** Nobody waits for a big chunk: other sessions have their turn between its pieces. */
  async #split(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length && !this.#memory.isExhausted(); at += pieceBytes) {
      if (at > 0) await pause()
      for (const block of this.#lines.push(chunk.subarray(at, at + pieceBytes))) {
        this.#splitter ??= await this.#newSplitter()
        this.#splitter.write(block)
      }
      this.#hold(this.#lines.held)
    }
  }

  /** What is all there is scanned, at once if its lines end as usual. */
  async end(): Promise<Split> {
    const scanned = this.#scanWhole()
    if (scanned !== null) return scanned
    if (this.#whole !== null) await this.#split(Buffer.from(this.#whole, 'latin1'))
    this.#whole = null
    const rest = this.#lines.end()
    if (this.#splitter === null && this.#limits.maxScannedBytes > 0 && !this.cut) {
      const scanned = scan(rest.toString('latin1').replaceAll('\r', '\n'), this.#limits)
      if (scanned !== null) return scanned
    }
    this.#splitter ??= await this.#newSplitter()
    const split = this.#splitter.end(rest)
    this.failure = this.#splitter.failure
    return split
  }

  async #newSplitter(): Promise<InstanceType<Splitting['LeafSplitter']>> {
    const { LeafSplitter } = await loadSplitting()
    return new LeafSplitter(this.#limits, this.#memory)
  }

  /** Null for what is no whole mail in the usual form. */
  #scanWhole(): Split | null {
    const text = this.#whole === null ? null : usualLines(this.#whole)
    const split = text === null ? null : scan(text, this.#limits)
    if (text !== null && split !== null) this.#plain = isPlain(text)
    return split
  }

  /** What grew beyond a block of the usual size is paid for, until the mail is answered. */
  #hold(held: number): void {
    if (held <= this.#heldBytes) return
    this.#memory.take(held - this.#heldBytes)
    this.#heldBytes = held
  }
}
