// A mail that comes to the reader chunk by chunk, each read before the next is asked for.

import type { MailMemory } from '../model/mail-memory.ts'
import type { ReadMail } from '../model/read-mail.ts'
import type { ReadFrom } from './here.ts'
import type { EnvelopeSender } from './orders.ts'

export class StreamedMail {
  /** What is kept of it by now. */
  keptBytes = 0
  readonly #reading: Promise<ReadMail | null>
  #isDropped = false
  #deliver: (chunk: Uint8Array | null) => void = () => {}
  #tellAsked: () => void = () => {}
  #asked = this.#nextAsked()

  constructor(read: ReadFrom, sender: EnvelopeSender) {
    this.#reading = read(this.#chunks(), this.#memory(), sender)
    this.#reading.catch(() => {}) // told to the caller that ends the mail
  }

  /** Resolves when the chunk is read. */
  async push(chunk: Uint8Array): Promise<void> {
    await this.#give(chunk)
    await this.#orOver(this.#asked)
  }

  /** Rejects for our own trouble. */
  async end(): Promise<ReadMail | null> {
    await this.#give(null)
    return await this.#reading
  }

  async drop(): Promise<void> {
    this.#isDropped = true
    await this.end()
  }

  async #give(chunk: Uint8Array | null): Promise<void> {
    await this.#orOver(this.#asked)
    this.#asked = this.#nextAsked()
    this.#deliver(chunk)
  }

  /** Reading may have failed: then nobody asks any more. */
  async #orOver(asked: Promise<void>): Promise<void> {
    await Promise.race([asked, this.#reading.then(nothing, nothing)])
  }

  async *#chunks(): AsyncGenerator<Uint8Array> {
    for (let chunk = await this.#next(); chunk !== null; chunk = await this.#next()) yield chunk
  }

  #next(): Promise<Uint8Array | null> {
    return new Promise(deliver => {
      this.#deliver = deliver
      this.#tellAsked()
    })
  }

  #nextAsked(): Promise<void> {
    return new Promise(told => {
      this.#tellAsked = told
    })
  }

  /** Counts for the listener's thread, whose budget it is. */
  #memory(): MailMemory {
    return {
      take: bytes => {
        this.keptBytes += bytes
        return true
      },
      hold: () => {},
      isExhausted: () => this.#isDropped,
      close: () => {},
    }
  }
}

const nothing = (): void => {}
