// The bytes of one DATA command: counted, bounded, handed on once, drained when nobody wants them.

import type { Readable } from 'node:stream'
import type { Incoming } from '../model/envelope.ts'
import { own } from '../system/give-back.ts'
import { TooSlow } from './deadline.ts'
import { type Inflow, isWholeCopy } from './inflow.ts'
import type { SmtpLimits } from './limits.ts'
import { bigBytes, type Turns } from './turns.ts'

/** Why the rest of a message was not read. `too-big`: past the limits; `data-timeout`, `draining`: out of time. */
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

/** Bytes that have arrived and are not read yet, from which on the client must wait. */
const maxWaitingBytes = 16 * 1024

/**
 * Takes a DATA stream in as it comes. There is one reader at a time: first whoever takes `incoming.bytes`, then `drain`.
 * `onCut` is told once, when a sender is past the limits: it has lied about the size (RFC 1870), or said none where it
 * could, and reading on would only cost us.
 */
export class Reception {
  /** Resolves at the final dot; rejects when the client vanished or was cut off. */
  readonly ended: Promise<void>
  /** Rejects with TooSlow once the reader is given up; from then on only `drain` reads. */
  readonly givenUp: Promise<never>
  readonly incoming: Incoming
  readonly #stream: Readable
  readonly #limits: Pick<SmtpLimits, 'maxMessageBytes' | 'maxDotLines'>
  readonly #onCut: (cut: Cut) => void
  readonly #turns: Turns
  readonly #inflow: Inflow
  /** The reader is at work on a big mail. */
  #hasTurn = false
  #isBig = false
  #onBig: (() => void) | null = null
  #tee: ((chunk: Uint8Array) => void) | null = null
  /** What has arrived and is not read yet, and how much that is. */
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #bytes = 0
  #dotLines = 0
  #hasText = false
  #atLineStart = true
  /** Nothing more will arrive. */
  #isOver = false
  /** Tells the reader, while it waits, that there is more or that it is over. */
  #wake: (() => void) | null = null
  #end: { readonly resolve: () => void; readonly reject: (reason: unknown) => void }
  /** It is the reader's turn: it was handed a chunk and has not asked for the next. */
  #isReadersTurn = true
  #isGivenUp = false
  #giveUp: (reason: TooSlow) => void = () => {}
  #chunks = 0
  /** What the last check saw. */
  #checked = { chunks: -1, at: 0 }

  constructor(
    stream: Readable,
    limits: Pick<SmtpLimits, 'maxMessageBytes' | 'maxDotLines'>,
    onCut: (cut: Cut) => void,
    turns: Turns,
    inflow: Inflow,
  ) {
    this.#stream = stream
    this.#limits = limits
    this.#onCut = onCut
    this.#turns = turns
    this.#inflow = inflow
    this.#end = { resolve: () => {}, reject: () => {} }
    this.ended = new Promise((resolve, reject) => {
      this.#end = { resolve, reject }
    })
    this.ended.catch(() => {}) // the caller that waits gets the error; without one, nothing is wrong
    this.givenUp = new Promise((_, reject) => {
      this.#giveUp = reject
    })
    this.givenUp.catch(() => {})
    // Whoever breaks the stream is heard even when nobody is reading it; unheard, the error would end the process.
    stream.on('error', error => this.#fail(error))
    stream.on('data', chunk => this.#arrive(chunk))
    stream.on('end', () => {
      this.#over()
      this.#end.resolve()
    })
    this.incoming = { bytes: this.#wanted(), done: () => this.#leaveTurn() }
  }

  /** Bytes so far, after dot-unstuffing. */
  get bytes(): number {
    return this.#bytes
  }

  /** Did nothing but blanks and line ends come? */
  get isEmpty(): boolean {
    return !this.#hasText
  }

  /** Shows every chunk to `write` as well. */
  tee(write: (chunk: Uint8Array) => void): void {
    this.#tee = write
  }

  /** Calls `act` once when the mail turns out to be big. */
  whenBig(act: () => void): void {
    this.#onBig = act
  }

  /** Reads what is left, for nobody. Rejects like `ended`. */
  async drain(): Promise<void> {
    while ((await this.#next()) !== null);
  }

  /**
   * Gives up a reader that has had one chunk for `maxMs`, or asks for none at all: the sender is held back for it, and
   * would be until its own deadline, which is hours away for a big mail. Asked several times a second.
   */
  checkReader(now: number, maxMs: number): void {
    if (!this.#isReadersTurn || this.#chunks !== this.#checked.chunks)
      this.#checked = { chunks: this.#chunks, at: now }
    else if (now >= this.#checked.at + maxMs && !this.#isGivenUp) {
      this.#isGivenUp = true
      this.#giveUp(new TooSlow(`the reader has had a chunk for ${maxMs} ms`))
    }
  }

  /** Stops reading: the reader gets the cut as an error. */
  cut(cut: Cut): void {
    this.#fail(cut)
    this.#stream.destroy(cut)
  }

  async *#wanted(): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (this.#isGivenUp) throw new TooSlow('the reader came too late')
      this.#isReadersTurn = false
      const chunk = await this.#next()
      if (chunk === null) break
      this.#isReadersTurn = true
      this.#chunks += 1
      yield chunk
    }
    // Parsing a big mail costs as much memory as its chunks.
    if (this.#isBig) await this.#enterTurn()
  }

  async #next(): Promise<Uint8Array | null> {
    this.#leaveTurn()
    while (this.#waiting.length === 0 && !this.#isOver && !this.#isBig) await this.#news()
    if (this.#isBig) await this.#fetch()
    const chunk = this.#waiting.shift()
    if (chunk === undefined) {
      this.#leaveTurn()
      await this.ended
      return null
    }
    this.#waitingBytes -= chunk.length
    if (!this.#isBig && this.#stream.isPaused()) this.#stream.resume()
    this.#tee?.(chunk)
    return chunk
  }

  /** A chunk of a big mail, once its turn has come. Until then it stays in the socket, so that less is waiting. */
  async #fetch(): Promise<void> {
    for (;;) {
      // Behind the final dot come commands, which wait for no turn.
      if (!this.#isOver) this.#inflow.hold()
      const isThere = this.#waiting.length > 0 || this.#stream.readableLength > 0
      if ((isThere || this.#inflow.isWaiting) && !this.#hasTurn) await this.#enterTurn()
      // Shows `#arrive` what there is, or tells of the end.
      if (this.#waiting.length === 0) this.#stream.read()
      if (this.#waiting.length > 0 || this.#isOver) return
      const news = this.#news()
      // What waits in the socket comes within this turn of the event loop; for anything else the turn would be kept too long.
      if (!this.#inflow.isWaiting) this.#leaveTurn()
      this.#inflow.release()
      await news
    }
  }

  /** Resolves when there is more, or it is over. */
  #news(): Promise<void> {
    return new Promise(wake => {
      this.#wake = wake
    })
  }

  async #enterTurn(): Promise<void> {
    await this.#turns.enter()
    this.#hasTurn = true
  }

  #leaveTurn(): void {
    if (this.#hasTurn) this.#turns.leave()
    this.#hasTurn = false
  }

  #arrive(chunk: Uint8Array): void {
    this.#bytes += chunk.length
    this.#countDotLines(chunk)
    this.#hasText ||= chunk.some(byte => byte > space)
    if (this.#isPastLimits()) {
      const cut = new Cut('too-big')
      this.cut(cut)
      this.#onCut(cut)
      return
    }
    if (this.#bytes > bigBytes && !this.#isBig) this.#becomeBig()
    if (isWholeCopy(chunk)) own(chunk)
    this.#waiting.push(chunk)
    this.#waitingBytes += chunk.length
    if (!this.#isBig && this.#waitingBytes >= maxWaitingBytes) this.#stream.pause()
    this.#wake?.()
  }

  /** From now on chunks are fetched. */
  #becomeBig(): void {
    this.#isBig = true
    this.#stream.on('readable', () => this.#wake?.())
    this.#inflow.whenParsed(() => this.#wake?.())
    this.#onBig?.()
  }

  /** The reader cannot use a mail that broke off. */
  #fail(error: unknown): void {
    this.#waiting = []
    this.#leaveTurn()
    this.#over()
    this.#end.reject(error)
  }

  #over(): void {
    this.#isOver = true
    this.#inflow.whenParsed(null)
    this.#inflow.release()
    this.#wake?.()
  }

  #isPastLimits(): boolean {
    return (
      this.#bytes > this.#limits.maxMessageBytes ||
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
