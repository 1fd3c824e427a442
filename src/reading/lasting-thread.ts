// The thread that reads, whichever it is by now: one that ends is replaced by another that knows the same rules.

import type { Rule } from '../model/rule.ts'
import { ReaderLost, ReaderThread } from './reader-thread.ts'

export interface LastingThreadOptions {
  readonly script: URL
  readonly maxHeapMb: number
  /** A thread is ended that is at one order for so many ticks. */
  readonly tickMs: number
  readonly maxTicks: number
  /** Told before there is another. `mail` is the number of the one that it was at, 0 for none. */
  readonly onLost: (lost: ReaderLost, mail: number) => void
}

const firstDelayMs = 1_000
const mostDelayMs = 60_000

export class LastingThread {
  readonly #options: LastingThreadOptions
  readonly #ticking: NodeJS.Timeout
  #rules: readonly Rule[] = []
  #thread: ReaderThread | null = null
  /** By the clock of `performance`; null while there is one that reads. */
  #missingSince: number | null = null
  #delayMs = firstDelayMs
  #waiting: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(options: LastingThreadOptions) {
    this.#options = options
    this.#ticking = setInterval(() => this.#thread?.tick(), options.tickMs).unref()
  }

  /** Resolves when it reads; rejects with ReaderLost, and is then closed. */
  async start(): Promise<void> {
    try {
      await this.#launch().ready
    } catch (error) {
      await this.close()
      throw error
    }
  }

  /** Throws ReaderLost while there is none. */
  get thread(): ReaderThread {
    if (this.#thread === null) throw new ReaderLost('died')
    return this.#thread
  }

  /** For how long there has been none that reads; 0 while there is. */
  get missingMs(): number {
    return this.#missingSince === null ? 0 : performance.now() - this.#missingSince
  }

  setRules(rules: readonly Rule[]): void {
    this.#rules = rules
    this.#thread?.tell({ kind: 'rules', mail: 0, rules })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#ticking)
    clearTimeout(this.#waiting)
    await this.#thread?.close()
  }

  #launch(): ReaderThread {
    const { script, maxHeapMb, maxTicks } = this.#options
    const onEnd = (lost: ReaderLost, mail: number): void => this.#replace(lost, mail)
    const launched = new ReaderThread(this.#rules, { script, maxHeapMb, maxTicks, onEnd })
    this.#thread = launched
    const isReady = (): void => {
      this.#delayMs = firstDelayMs
      this.#missingSince = null
    }
    launched.ready.then(isReady, () => {})
    return launched
  }

  #replace(lost: ReaderLost, mail: number): void {
    this.#thread = null
    if (this.#isClosed) return
    this.#missingSince ??= performance.now()
    this.#options.onLost(lost, mail)
    if (mail === 0) this.#relaunchLater()
    else this.#relaunch()
  }

  /** What ended of itself may do so again at once. */
  #relaunchLater(): void {
    this.#waiting = setTimeout(() => this.#relaunch(), this.#delayMs).unref()
    this.#delayMs = Math.min(mostDelayMs, this.#delayMs * 2)
  }

  #relaunch(): void {
    try {
      this.#launch()
    } catch (error) {
      // The machine has no thread for us now.
      this.#options.onLost(new ReaderLost('died', error), 0)
      this.#relaunchLater()
    }
  }
}
