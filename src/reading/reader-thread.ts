// One thread that reads, from its start to its end: orders to it, its answers to the caller.

import { Worker } from 'node:worker_threads'
import type { ReaderEnd } from '../model/read-mail.ts'
import type { Rule } from '../model/rule.ts'
import type { Order, ReaderAnswer } from './orders.ts'
import { Progress } from './progress.ts'
import { SpentBuffers } from './spent-buffers.ts'

/** The thread ended before it answered. */
export class ReaderLost extends Error {
  readonly end: ReaderEnd

  constructor(end: ReaderEnd, cause?: unknown) {
    super(`the thread that reads mail ended (${end})`, { cause })
    this.end = end
  }
}

export interface ReaderThreadOptions {
  readonly script: URL
  /** Of its JavaScript objects: bytes of mails lie outside, and are counted by the memory budget. */
  readonly maxHeapMb: number
  /** Ticks for one order. */
  readonly maxTicks: number
  /** Told once, when nobody waits any more. `mail` is the number of the one that it was at, 0 for none. */
  readonly onEnd: (lost: ReaderLost, mail: number) => void
}

/** Three semi-spaces. What a mail costs is dead once it is judged, so that more would only be filled. */
const maxYoungGenerationSizeMb = 12

interface Asked {
  readonly resolve: (answer: ReaderAnswer) => void
  readonly reject: (reason: unknown) => void
}

/** Orders that are answered. */
type Question = Extract<Order, { kind: 'mail' | 'chunk' | 'end' }>

export class ReaderThread {
  /** Resolves when it reads; rejects with ReaderLost if it never will. */
  readonly ready: Promise<unknown>
  /** For the chunks of mails. */
  readonly buffers = new SpentBuffers()
  readonly #progress = new Progress()
  readonly #worker: Worker
  readonly #options: ReaderThreadOptions
  readonly #asked = new Map<number, Asked>()
  #orders: Order[] = []
  #end: ReaderLost | null = null
  #seenSteps = 0
  #ticks = 0

  constructor(rules: readonly Rule[], options: ReaderThreadOptions) {
    this.#options = options
    this.ready = this.#answerAbout(0)
    this.ready.catch(() => {}) // told to the caller that waits for it
    this.#worker = new Worker(options.script, {
      name: 'reader',
      workerData: this.#progress.shared,
      resourceLimits: {
        maxOldGenerationSizeMb: options.maxHeapMb,
        maxYoungGenerationSizeMb,
      },
    })
    // The server lives by its listeners.
    this.#worker.unref()
    this.#worker.on('message', (answers: readonly ReaderAnswer[]) => {
      for (const answer of answers) this.#settle(answer)
    })
    this.#worker.on('error', error => {
      const isMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      this.#end ??= new ReaderLost(isMemory ? 'no-memory' : 'died', error)
    })
    this.#worker.once('exit', () => this.#ended())
    this.tell({ kind: 'rules', mail: 0, rules })
  }

  /** The next answer about this mail. Rejects with ReaderLost. */
  ask(order: Question): Promise<ReaderAnswer> {
    if (this.#end !== null) return Promise.reject(this.#end)
    this.tell(order)
    return this.#answerAbout(order.mail)
  }

  /** What is told in one turn of the event loop leaves together. */
  tell(order: Order): void {
    if (this.#orders.push(order) === 1) setImmediate(() => this.#post())
  }

  /** To be called once a second: ends a thread that has been at one order for too long. */
  tick(): void {
    const { steps, mail } = this.#progress
    this.#ticks = mail !== 0 && steps === this.#seenSteps ? this.#ticks + 1 : 0
    this.#seenSteps = steps
    if (this.#ticks >= this.#options.maxTicks) void this.#terminate('stuck')
  }

  close(): Promise<void> {
    return this.#terminate('died')
  }

  async #terminate(end: ReaderEnd): Promise<void> {
    this.#end ??= new ReaderLost(end)
    await this.#worker.terminate()
  }

  #answerAbout(mail: number): Promise<ReaderAnswer> {
    return new Promise((resolve, reject) => this.#asked.set(mail, { resolve, reject }))
  }

  #post(): void {
    const orders = this.#orders
    this.#orders = []
    // Their bytes are copies made for the thread, and its own until it gives them back.
    const owned = orders.flatMap(order => ('bytes' in order ? [order.bytes.buffer as ArrayBuffer] : []))
    this.#worker.postMessage(orders, owned)
  }

  #settle(answer: ReaderAnswer): void {
    const asked = this.#asked.get(answer.mail)
    this.#asked.delete(answer.mail)
    if (answer.kind === 'kept') this.buffers.give(answer.spent)
    asked?.resolve(answer)
  }

  #ended(): void {
    this.#end ??= new ReaderLost('died')
    for (const { reject } of this.#asked.values()) reject(this.#end)
    this.#asked.clear()
    this.#options.onEnd(this.#end, this.#progress.mail)
  }
}
