// The bytes of one DATA command: counted, bounded, handed on once, drained when nobody wants them.

import type { Readable } from 'node:stream'
import type { Incoming } from '../model/envelope.ts'
import { cutFactor, type SmtpLimits } from './limits.ts'

/** Why the rest of a message was not read. `too-big`: far past the limit; `data-timeout`, `draining`: out of time. */
export class Cut extends Error {
  readonly reason: 'too-big' | 'data-timeout' | 'draining'

  constructor(reason: Cut['reason']) {
    super(`message cut off: ${reason}`)
    this.reason = reason
  }
}

const lineFeed = 0x0a
const dot = 0x2e
const space = 0x20

/**
 * Reads a DATA stream. There is one reader at a time: first whoever takes `incoming.bytes`, then `drain`.
 * `onCut` is told once, when a sender is so far past the limits that reading on would only cost us.
 */
export class Reception {
  /** Resolves at the final dot; rejects when the client vanished or was cut off. */
  readonly ended: Promise<void>
  readonly incoming: Incoming
  readonly #stream: Readable
  readonly #chunks: AsyncIterator<Uint8Array>
  readonly #limits: Pick<SmtpLimits, 'maxMessageBytes' | 'maxDotLines'>
  readonly #onCut: (cut: Cut) => void
  /** Bytes at which the sender is cut off. */
  readonly #cutBytes: number
  #tee: ((chunk: Uint8Array) => Promise<void>) | null = null
  #bytes = 0
  #dotLines = 0
  #hasText = false
  #atLineStart = true
  #isOver = false
  #end: { readonly resolve: () => void; readonly reject: (reason: unknown) => void }

  constructor(
    stream: Readable,
    limits: Pick<SmtpLimits, 'maxMessageBytes' | 'maxDotLines'>,
    onCut: (cut: Cut) => void,
    /** The sender said how big the message is (RFC 1870), so what is too big in spite of it is a lie. */
    isDeclared = false,
  ) {
    this.#stream = stream
    this.#chunks = stream[Symbol.asyncIterator]()
    this.#limits = limits
    this.#onCut = onCut
    this.#cutBytes = limits.maxMessageBytes * (isDeclared ? 1 : cutFactor)
    this.#end = { resolve: () => {}, reject: () => {} }
    this.ended = new Promise((resolve, reject) => {
      this.#end = { resolve, reject }
    })
    this.ended.catch(() => {}) // whoever waits is told; when nobody waits, nothing is wrong
    // Whoever breaks the stream is heard even when nobody is reading it; unheard, the error would end the process.
    stream.on('error', error => this.#fail(error))
    this.incoming = { bytes: this.#wanted(), isTooBig: () => this.isTooBig }
  }

  /** Bytes so far, after dot-unstuffing. */
  get bytes(): number {
    return this.#bytes
  }

  /** Did nothing but blanks and line ends come? */
  get isEmpty(): boolean {
    return !this.#hasText
  }

  get isTooBig(): boolean {
    return this.#bytes > this.#limits.maxMessageBytes
  }

  /** Shows every chunk to `write` as well; reading goes on when it resolves. */
  tee(write: (chunk: Uint8Array) => Promise<void>): void {
    this.#tee = write
  }

  /** Reads what is left, for nobody. Rejects like `ended`. */
  async drain(): Promise<void> {
    while ((await this.#next()) !== null);
  }

  /** Stops reading: whoever reads gets the cut as an error. */
  cut(cut: Cut): void {
    this.#fail(cut)
    this.#stream.destroy(cut)
  }

  /** What intake gets: everything up to the limit, then an early end, for `isTooBig` then says the rest. */
  async *#wanted(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = await this.#next()
      if (chunk === null || this.isTooBig) return
      yield chunk
    }
  }

  async #next(): Promise<Uint8Array | null> {
    if (this.#isOver) {
      await this.ended
      return null
    }
    let chunk: Uint8Array
    try {
      const read = await this.#chunks.next()
      if (read.done) {
        this.#isOver = true
        this.#end.resolve()
        return null
      }
      chunk = read.value
    } catch (error) {
      this.#fail(error)
      throw error
    }
    this.#bytes += chunk.length
    this.#countDotLines(chunk)
    this.#hasText ||= chunk.some(byte => byte > space)
    if (this.#isFarPastLimits()) {
      const cut = new Cut('too-big')
      this.cut(cut)
      this.#onCut(cut)
      throw cut
    }
    if (this.#tee && !this.isTooBig) await this.#tee(chunk)
    return chunk
  }

  #fail(error: unknown): void {
    this.#isOver = true
    this.#end.reject(error)
  }

  #isFarPastLimits(): boolean {
    return (
      this.#bytes > this.#cutBytes ||
      // A line that begins with a dot costs the parser as much as 64 KB of text; real mail has few of them.
      this.#dotLines > this.#limits.maxDotLines + this.#bytes / 256
    )
  }

  #countDotLines(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    if (this.#atLineStart && bytes[0] === dot) this.#dotLines += 1
    for (let at = bytes.indexOf('\n.'); at !== -1; at = bytes.indexOf('\n.', at + 2)) this.#dotLines += 1
    this.#atLineStart = bytes[bytes.length - 1] === lineFeed
  }
}
