// The connections and messages that a drain waits for.

export class Unfinished {
  readonly #works = new Set<Promise<void>>()

  /** Counts a piece of work as unfinished until its promise, which must not reject, resolves. */
  track(work: Promise<void>): void {
    this.#works.add(work)
    void work.then(() => this.#works.delete(work))
  }

  /** Resolves once nothing is left, what began meanwhile included. */
  async settled(): Promise<void> {
    while (this.#works.size > 0) await Promise.all(this.#works)
  }
}
