// Whose big mail is read next: a few at a time, so that small mails need not wait until all of them had their turn.

/** A mail is big from here on. */
export const bigBytes = 64 * 1024

/** Chunks of big mails that are being read at the same time. */
const maxAtOnce = 4

export class Turns {
  #free = maxAtOnce
  readonly #waiting: (() => void)[] = []

  /**
   * Resolves when a turn is free, in the order asked, and never in this turn of the event loop: one fast sender could
   * fill all of it. `leave` ends it.
   */
  async enter(): Promise<void> {
    const isFree = this.#free > 0
    if (isFree) this.#free -= 1
    await new Promise<void>(resolve => {
      if (isFree) setImmediate(resolve)
      else this.#waiting.push(resolve)
    })
  }

  /** Gives the turn to the next, after everybody else had theirs: big mails alone would keep the event loop busy. */
  leave(): void {
    const next = this.#waiting.shift()
    if (next) setImmediate(next)
    else this.#free += 1
  }
}
