// What a socket has brought and the message has not taken yet. A sender whose turn has not come is read no further: each
// chunk that the parser is handed costs a copy of it.

import type { Writable } from 'node:stream'
import { giveBack, own } from '../system/give-back.ts'

interface Source {
  /** Bytes that it has read. */
  readonly readableLength: number
}

export class Inflow {
  readonly #parser: Writable
  readonly #source: () => Source
  #isHeld = false
  /** Asks for the chunk behind the one that was parsed last. */
  #next: (() => void) | null = null
  #parsedBytes = 0
  #tell: (() => void) | null = null

  /** Stands between the parser and `source`, which is piped into it. */
  constructor(parser: Writable, source: () => Source) {
    this.#parser = parser
    this.#source = source
    const write = parser._write.bind(parser)
    parser._write = (chunk: Uint8Array, encoding, next) => {
      const { length } = chunk
      const isCopied = copies(parser)
      write(chunk, encoding, error => {
        if (this.#isHeld) {
          this.#parsedBytes = length
          this.#next = () => next(error)
        } else {
          next(error)
        }
        this.#tell?.()
      })
      forgetChunk(parser)
      if (isCopied && length === chunk.buffer.byteLength) {
        own(chunk)
        giveBack(chunk)
      }
    }
  }

  /** Told after each chunk that was parsed, whether it held anything of a message or not. */
  whenParsed(tell: (() => void) | null): void {
    this.#tell = tell
  }

  /** Is there something for the parser once `release` lets it? */
  get isWaiting(): boolean {
    return (
      this.#next !== null &&
      (this.#parser.writableLength > this.#parsedBytes || this.#source().readableLength > 0)
    )
  }

  /** The chunk at the parser is the last until `release`. */
  hold(): void {
    this.#isHeld = true
  }

  release(): void {
    this.#isHeld = false
    const next = this.#next
    this.#next = null
    next?.()
  }
}

interface Kept {
  readonly _dataMode?: boolean
  /** The last four bytes of what it parsed of a message. */
  _lastBytes?: Uint8Array | false
}

/** Does it parse a copy of the next chunk, behind the last bytes of the one before? */
const copies = ({ _dataMode, _lastBytes }: Writable & Kept): boolean =>
  _dataMode === true && _lastBytes !== undefined && _lastBytes !== false && _lastBytes.length > 0

/** The last bytes are a view, which holds the memory of the whole chunk. */
function forgetChunk(parser: Writable & Kept): void {
  if (parser._lastBytes) parser._lastBytes = Buffer.from(parser._lastBytes)
}

const keptBytes = 4
const dot = 0x2e

/**
 * Is this piece of a message all that its buffer was made for? The parser cuts a copy before the four bytes that it keeps,
 * or at a stuffed dot: then it goes on with the rest of the same copy.
 */
export function isWholeCopy({ buffer, byteOffset, length }: Uint8Array): boolean {
  return (
    byteOffset === 0 &&
    length === buffer.byteLength - keptBytes &&
    new Uint8Array(buffer, length, 1)[0] !== dot
  )
}
