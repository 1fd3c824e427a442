// Turns a stream of bytes in any chunks and with any line ends into blocks of one size whose lines end in lf.
// After this, a mail reads the same however it arrived: CRLF, lf or cr, in one piece or byte by byte.
//
// The splitter pays for each line, and of a body only those lines matter to it that may be delimiters (RFC 2046
// §5.1.1: they begin with `--`). The others are therefore joined by cr, which no block holds otherwise, and
// `restoreLines` parts them again.

const tab = 0x09
const lf = 0x0a
const cr = 0x0d
const space = 0x20
const dash = 0x2d
const del = 0x7f

/** Line feeds in a row that are passed on: more empty lines say nothing and cost the splitter most. */
const maxLineFeeds = 5
/** What a line costs the splitter at least, in bytes: a flood of short lines ends as early as one of long lines. */
export const lineCost = 16

/**
 * Collects bytes into blocks: `push` takes any chunk and gives the blocks that are full, `end` the rest. A block is
 * filled anew once the next is asked for.
 * Empty lines before the first line are dropped (a mail that starts with one is not all text), cr cr lf is one
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

  readonly #laterBytes: number
  /** Of the block that is being filled. */
  #blockBytes: number
  /** Grows up to `#blockBytes`, and room for the line feeds that may follow: most mails are smaller. */
  #block: Buffer = Buffer.alloc(0)
  #used = 0
  #budget: number
  /** CRs whose meaning the next byte tells. */
  #pending = 0
  /** Line feeds since the last other byte; -1 before the first. */
  #lineFeeds = -1
  /** True behind an empty line, until a line that may be a delimiter: a header block can follow only there. */
  #inBody = false

  /** The first block may be larger than the others: a mail that fits into it can be looked at as a whole. */
  constructor(blockBytes: number, budget: number, firstBlockBytes: number = blockBytes) {
    this.#blockBytes = firstBlockBytes
    this.#laterBytes = blockBytes
    this.#budget = budget
  }

  /** Bytes that the block being filled takes. */
  get held(): number {
    return this.#block.length
  }

  *push(chunk: Uint8Array): Generator<Buffer, void> {
    this.bytes += chunk.length
    this.#reserve(chunk.length)
    let at = 0
    while (at < chunk.length && !this.cut) {
      const byte = chunk[at] as number
      if (byte === cr) {
        this.#pending++
        at++
      } else if (byte === lf) {
        // A run of CRs before an lf is one line end: the trace of a second cr-to-CRLF conversion.
        this.#pending = 0
        this.#lineFeed()
        at++
      } else {
        if (this.#pending > 0) this.#endLines()
        if (this.#lineFeeds !== 0) this.#beginLine(byte)
        at = this.#copy(chunk, at)
      }
      if (this.#used >= this.#blockBytes) yield this.#next()
    }
  }

  /** The rest, perhaps empty. */
  end(): Buffer {
    this.#reserve(0)
    this.#endLines()
    return this.#block.subarray(0, this.#used)
  }

  /** The block that is full; the next is filled in its place. */
  #next(): Buffer {
    const full = this.#block.subarray(0, this.#used)
    this.#used = 0
    if (this.#blockBytes !== this.#laterBytes) {
      this.#blockBytes = this.#laterBytes
      this.#block = Buffer.allocUnsafe(this.#laterBytes + maxLineFeeds)
    }
    return full
  }

  /** Room for so many bytes more, and for the line feeds before them. */
  #reserve(bytes: number): void {
    const most = this.#blockBytes + maxLineFeeds
    const wanted = Math.min(this.#used + bytes + maxLineFeeds, most)
    if (wanted <= this.#block.length) return
    const block = Buffer.allocUnsafe(Math.min(Math.max(wanted, 2 * this.#block.length), most))
    block.set(this.#block.subarray(0, this.#used))
    this.#block = block
  }

  /** Each cr that no lf followed ended a line. */
  #endLines(): void {
    const count = Math.min(this.#pending, maxLineFeeds)
    this.#pending = 0
    for (let n = 0; n < count; n++) this.#lineFeed()
  }

  #lineFeed(): void {
    if (this.#lineFeeds < 0) {
      this.startedEmpty = true
      return
    }
    if (this.#lineFeeds >= maxLineFeeds) return
    this.#lineFeeds++
    this.#budget -= lineCost
    this.#block[this.#used] = lf
    this.#advance(this.#used + 1)
  }

  #beginLine(byte: number): void {
    if (byte === dash) this.#inBody = false
    else if (this.#inBody) this.#join()
    else this.#inBody = this.#lineFeeds > 1
    this.#lineFeeds = 0
  }

  /** The line that begins is no delimiter: it goes on with the one before. */
  #join(): void {
    const first = Math.max(0, this.#used - this.#lineFeeds)
    for (let at = this.#used - 1; at >= first; at--) this.#block[at] = cr
  }

  /** Copies up to the next line end, the end of the block or of the budget; says where it stopped. */
  #copy(chunk: Uint8Array, from: number): number {
    const block = this.#block
    const room = Math.min(this.#blockBytes - this.#used, Math.max(this.#budget, 1))
    const limit = Math.min(chunk.length, from + room)
    let used = this.#used
    let at = from
    for (; at < limit; at++) {
      const byte = chunk[at] as number
      if (byte < space || byte >= del) {
        if (byte === cr || byte === lf) break
        if (byte !== tab) this.plain = false
      }
      block[used++] = byte
    }
    this.#budget -= at - from
    this.#advance(used)
    return at
  }

  #advance(used: number): void {
    this.#used = used
    if (this.#budget <= 0) this.cut = true
  }
}

const tooManyLineFeeds = '\n'.repeat(maxLineFeeds + 1)

/**
 * What `LineEnds` makes of a whole mail, but that no lines are joined; null for one that is not in the usual form: lines
 * that end in CRLF or lf, few empty ones in a row and none at the start. `text` is a character a byte.
 */
export function usualLines(text: string): string | null {
  const lines = text.replaceAll('\r\n', '\n')
  const isUsual = !lines.includes('\r') && !lines.startsWith('\n') && !lines.includes(tooManyLineFeeds)
  return isUsual ? lines : null
}

/** Gives the lines of a body their line feeds back, in place. */
export function restoreLines(bytes: Buffer): Buffer {
  const { length } = bytes
  for (let at = 0; at < length; at++) if (bytes[at] === cr) bytes[at] = lf
  return bytes
}
