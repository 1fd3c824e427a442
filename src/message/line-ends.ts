// Turns a stream of bytes in any chunks and with any line ends into blocks of one size whose lines end in LF.
// After this, a mail reads the same however it arrived: CRLF, LF or CR, in one piece or byte by byte.

const CR = 0x0d
const LF = 0x0a

/** Empty lines in a row that are passed on; more say nothing and cost the splitter most. */
const MAX_EMPTY_LINES = 4
/** What one line costs the splitter at least, in bytes: a flood of short lines ends as early as one of long lines. */
const LINE_COST = 16

/**
 * Collects bytes into blocks. `push` takes any chunk and calls `emit` for each full block; `end` emits the rest.
 * Empty lines before the first line are dropped (a mail that starts with one is not all text), CR CR LF is one
 * line end, and after `budget` bytes nothing more is emitted.
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
  #carriageReturns = 0
  /** Line feeds since the last other byte; the beginning counts as within a run of them. */
  #lineFeeds = Number.POSITIVE_INFINITY

  constructor(blockBytes: number, budget: number) {
    this.#blockBytes = blockBytes
    this.#budget = budget
    this.#block = Buffer.allocUnsafe(blockBytes)
  }

  /** Takes a chunk; returns the blocks that are full now (usually none). */
  push(chunk: Uint8Array): readonly Buffer[] {
    this.bytes += chunk.length
    if (this.cut) return []
    const full: Buffer[] = []
    let at = 0
    while (at < chunk.length && !this.cut) {
      const byte = chunk[at] ?? 0
      if (byte === CR) {
        this.#carriageReturns++
        at++
      } else if (byte === LF) {
        // A run of CRs before an LF is one line end: the trace of a second CR-to-CRLF conversion.
        this.#carriageReturns = 0
        this.#lineFeed(full)
        at++
      } else {
        this.#flushCarriageReturns(full)
        const end = nextLineEnd(chunk, at)
        this.#copy(chunk, at, end, full)
        at = end
      }
    }
    return full
  }

  /** The rest, after the last chunk. */
  end(): readonly Buffer[] {
    const full: Buffer[] = []
    this.#flushCarriageReturns(full)
    if (this.#used > 0) full.push(this.#block.subarray(0, this.#used))
    return full
  }

  #flushCarriageReturns(full: Buffer[]): void {
    const count = Math.min(this.#carriageReturns, MAX_EMPTY_LINES + 2)
    this.#carriageReturns = 0
    for (let n = 0; n < count; n++) this.#lineFeed(full)
  }

  #lineFeed(full: Buffer[]): void {
    if (this.#lineFeeds === Number.POSITIVE_INFINITY) {
      this.startedEmpty = true
      return
    }
    this.#lineFeeds++
    if (this.#lineFeeds > MAX_EMPTY_LINES + 1) return
    this.#budget -= LINE_COST
    this.#byte(LF, full)
  }

  #copy(chunk: Uint8Array, from: number, to: number, full: Buffer[]): void {
    this.#lineFeeds = 0
    let at = from
    while (at < to) {
      if (this.#budget <= 0) {
        this.cut = true
        return
      }
      const count = Math.min(to - at, this.#blockBytes - this.#used, this.#budget)
      this.#block.set(chunk.subarray(at, at + count), this.#used)
      this.#used += count
      this.#budget -= count
      at += count
      this.#emitIfFull(full)
    }
  }

  #byte(byte: number, full: Buffer[]): void {
    if (this.#budget <= 0) {
      this.cut = true
      return
    }
    this.#block[this.#used++] = byte
    this.#budget--
    this.#emitIfFull(full)
  }

  #emitIfFull(full: Buffer[]): void {
    if (this.#used < this.#blockBytes) return
    full.push(this.#block)
    this.#block = Buffer.allocUnsafe(this.#blockBytes)
    this.#used = 0
  }
}

function nextLineEnd(chunk: Uint8Array, from: number): number {
  let at = from
  while (at < chunk.length && chunk[at] !== CR && chunk[at] !== LF) at++
  return at
}
