// Turns a stream of bytes in any chunks and with any line ends into blocks of one size whose lines end in LF.
// After this, a mail reads the same however it arrived: CRLF, LF or CR, in one piece or byte by byte.
//
// The splitter pays for each line, and of a body only those lines matter to it that may be delimiters (RFC 2046
// §5.1.1: they begin with `--`). The others are therefore joined by CR, which no block holds otherwise, and
// `restoreLines` parts them again.

const TAB = 0x09
const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const DASH = 0x2d
const DEL = 0x7f

/** Line feeds in a row that are passed on: more empty lines say nothing and cost the splitter most. */
const MAX_LINE_FEEDS = 5
/** What a line costs the splitter at least, in bytes: a flood of short lines ends as early as one of long lines. */
const LINE_COST = 16

/**
 * Collects bytes into blocks: `push` takes any chunk and gives the blocks that are full, `end` the rest.
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
  /** True while all is ASCII without control characters: such text needs neither charset nor cleaning. */
  plain = true

  readonly #blockBytes: number
  /** Grows up to `blockBytes`: most mails are smaller. */
  #block: Buffer = Buffer.alloc(0)
  #used = 0
  #budget: number
  /** CRs whose meaning the next byte tells. */
  #pending = 0
  /** Line feeds since the last other byte; -1 before the first. */
  #lineFeeds = -1
  /** True behind an empty line, until a line that may be a delimiter: a header block can follow only there. */
  #inBody = false

  constructor(blockBytes: number, budget: number) {
    this.#blockBytes = blockBytes
    this.#budget = budget
  }

  push(chunk: Uint8Array): readonly Buffer[] {
    this.bytes += chunk.length
    this.#reserve(chunk.length)
    const full: Buffer[] = []
    let at = 0
    while (at < chunk.length && !this.cut) {
      const byte = chunk[at] as number
      if (byte === CR) {
        this.#pending++
        at++
      } else if (byte === LF) {
        // A run of CRs before an LF is one line end: the trace of a second CR-to-CRLF conversion.
        this.#pending = 0
        this.#lineFeed(full)
        at++
      } else {
        if (this.#pending > 0) this.#endLines(full)
        if (this.#lineFeeds !== 0) this.#beginLine(byte)
        at = this.#copy(chunk, at, full)
      }
    }
    return full
  }

  /** The rest, perhaps empty. */
  end(): Buffer {
    const full: Buffer[] = []
    this.#reserve(0)
    this.#endLines(full)
    const rest = this.#block.subarray(0, this.#used)
    return full.length === 0 ? rest : Buffer.concat([...full, rest])
  }

  /** Room for so many bytes more, and for the line feeds before them. */
  #reserve(bytes: number): void {
    const wanted = Math.min(this.#used + bytes + MAX_LINE_FEEDS, this.#blockBytes)
    if (wanted <= this.#block.length) return
    const block = Buffer.allocUnsafe(Math.min(Math.max(wanted, 2 * this.#block.length), this.#blockBytes))
    block.set(this.#block.subarray(0, this.#used))
    this.#block = block
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
    this.#block[this.#used] = LF
    this.#advance(this.#used + 1, full)
  }

  #beginLine(byte: number): void {
    if (byte === DASH) this.#inBody = false
    else if (this.#inBody) this.#join()
    else this.#inBody = this.#lineFeeds > 1
    this.#lineFeeds = 0
  }

  /** The line that begins is no delimiter: it goes on with the one before. */
  #join(): void {
    const first = Math.max(0, this.#used - this.#lineFeeds)
    for (let at = this.#used - 1; at >= first; at--) this.#block[at] = CR
  }

  /** Copies up to the next line end, the end of the block or of the budget; says where it stopped. */
  #copy(chunk: Uint8Array, from: number, full: Buffer[]): number {
    const block = this.#block
    const room = Math.min(this.#blockBytes - this.#used, Math.max(this.#budget, 1))
    const limit = Math.min(chunk.length, from + room)
    let used = this.#used
    let at = from
    for (; at < limit; at++) {
      const byte = chunk[at] as number
      if (byte < SPACE || byte >= DEL) {
        if (byte === CR || byte === LF) break
        if (byte !== TAB) this.plain = false
      }
      block[used++] = byte
    }
    this.#budget -= at - from
    this.#advance(used, full)
    return at
  }

  #advance(used: number, full: Buffer[]): void {
    this.#used = used
    if (this.#budget <= 0) this.cut = true
    if (used < this.#blockBytes) return
    full.push(this.#block)
    this.#block = Buffer.allocUnsafe(this.#blockBytes)
    this.#used = 0
  }
}

/** Gives the lines of a body their line feeds back, in place. */
export function restoreLines(bytes: Buffer): Buffer {
  const { length } = bytes
  for (let at = 0; at < length; at++) if (bytes[at] === CR) bytes[at] = LF
  return bytes
}
