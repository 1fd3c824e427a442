// Turns a stream of bytes in any chunks and with any line ends into blocks of one size whose lines end in LF.
// After this, a mail reads the same however it arrived: CRLF, LF or CR, in one piece or byte by byte.

const CR = 0x0d
const LF = 0x0a

/** Line feeds in a row that are passed on: more empty lines say nothing and cost the splitter most. */
const MAX_LINE_FEEDS = 5
/** What a line costs the splitter at least, in bytes: a flood of short lines ends as early as one of long lines. */
const LINE_COST = 16

/**
 * Collects bytes into blocks: `push` takes any chunk and gives the blocks that are full, `end` gives the rest.
 * Empty lines before the first line are dropped (a mail that starts with one is not all text), CR CR LF is one
 * line end, and after `budget` bytes nothing more is given.
 */
export class LineEnds {
  /** Bytes received. */
  bytes = 0
  /** True when the budget ended before the mail did. */
  cut = false
  /** True when empty lines were dropped before the first line. */
  startedEmpty = false

  readonly #blockBytes: number
  #block: Buffer
  #used = 0
  #budget: number
  /** CRs whose meaning the next byte tells. */
  #pending = 0
  /** Line feeds since the last other byte; -1 before the first. */
  #lineFeeds = -1

  constructor(blockBytes: number, budget: number) {
    this.#blockBytes = blockBytes
    this.#budget = budget
    this.#block = Buffer.allocUnsafe(blockBytes)
  }

  push(chunk: Uint8Array): readonly Buffer[] {
    this.bytes += chunk.length
    const full: Buffer[] = []
    for (let at = 0; at < chunk.length && !this.cut; at++) {
      const byte = chunk[at] as number
      if (byte === CR) {
        this.#pending++
      } else if (byte === LF) {
        // A run of CRs before an LF is one line end: the trace of a second CR-to-CRLF conversion.
        this.#pending = 0
        this.#lineFeed(full)
      } else {
        if (this.#pending > 0) this.#endLines(full)
        this.#lineFeeds = 0
        this.#budget--
        this.#put(byte, full)
      }
    }
    return full
  }

  end(): readonly Buffer[] {
    const full: Buffer[] = []
    this.#endLines(full)
    if (this.#used > 0) full.push(this.#block.subarray(0, this.#used))
    this.#used = 0
    return full
  }

  /** Each CR that no LF followed ended a line. */
  #endLines(full: Buffer[]): void {
    const count = Math.min(this.#pending, MAX_LINE_FEEDS)
    this.#pending = 0
    for (let n = 0; n < count; n++) this.#lineFeed(full)
  }

  #lineFeed(full: Buffer[]): void {
    if (this.#lineFeeds < 0) {
      this.startedEmpty = true
      return
    }
    if (this.#lineFeeds >= MAX_LINE_FEEDS) return
    this.#lineFeeds++
    this.#budget -= LINE_COST
    this.#put(LF, full)
  }

  #put(byte: number, full: Buffer[]): void {
    this.#block[this.#used++] = byte
    if (this.#budget <= 0) this.cut = true
    if (this.#used < this.#blockBytes) return
    full.push(this.#block)
    this.#block = Buffer.allocUnsafe(this.#blockBytes)
    this.#used = 0
  }
}
