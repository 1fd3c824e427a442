// One SMTP session as we see it, apart from the library: its budget, its deadlines, and how it ends.

import { Budget, Deadline, type SmtpLimits } from './limits.ts'
import { Cut, type Reception } from './reception.ts'
import { type DeferReason, defer, reject, type Said } from './replies.ts'

/** What a session does to its connection. */
export interface Line {
  /** Says the reply; a 421 also ends the connection: what comes afterwards is not read. */
  readonly say: (said: Said) => void
  /** Ends our side once what was said is sent. */
  readonly close: () => void
  readonly destroy: () => void
}

/** How long a client may take to hear our last words when we ourselves are out of time. */
const abortMs = 100

export class Session {
  readonly #line: Line
  readonly #limits: SmtpLimits
  readonly #budget: Budget
  readonly #phase = new Deadline()
  readonly #whole = new Deadline()
  readonly #linger = new Deadline()
  /** The message on its way, from DATA to our answer. */
  #reception: Reception | null = null
  #isAnswering = false
  /** Set when the session ends with the answer to the message that is on its way. */
  #leaving: DeferReason | null = null
  #isOver = false
  #tellGone: () => void = () => {}
  /** Resolves when the connection is gone. */
  readonly isGone = new Promise<void>(resolve => {
    this.#tellGone = resolve
  })

  constructor(line: Line, limits: SmtpLimits) {
    this.#line = line
    this.#limits = limits
    this.#budget = new Budget(limits)
    this.#awaitCommand()
    this.#whole.set(limits.sessionMs, () => this.leave('session-timeout'))
  }

  /** Has the last word been said? */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Before a reply goes out: null, or what to say in its place because the client has used us up. */
  spend(code: number): DeferReason | null {
    // What was done with a message is always told.
    return this.#isAnswering || code === 421 ? null : this.#budget.spend(code)
  }

  /** After a reply went out: the client's turn. */
  replied(code: number): void {
    if (this.#isAnswering) {
      this.#isAnswering = false
      this.#reception = null
    }
    if (code === 421 || code === 221) this.#end()
    else if (this.#leaving && !this.#reception) this.#farewell(this.#leaving)
    else if (!this.#reception) this.#awaitCommand()
  }

  /** DATA begins. */
  receiving(reception: Reception): void {
    this.#reception = reception
    this.#phase.set(this.#limits.dataMs, () => this.#giveUp('data-timeout'))
    const arrived = (): void => {
      // From the final dot on it is our own time that runs.
      if (this.#reception === reception) this.#phase.clear()
    }
    reception.ended.then(arrived, arrived)
  }

  /** The next reply answers the message. */
  answering(isTaken: boolean): void {
    this.#isAnswering = true
    if (isTaken) this.#budget.refill()
  }

  /** A sender far past the limits: told why, and cut off. */
  cutOff(): void {
    if (this.#isOver) return
    this.#line.say(reject('too-big'))
    this.#line.close()
    this.#end()
  }

  /** Ends the session: at once, or after the answer to a message that is on its way. */
  leave(reason: 'draining' | 'session-timeout'): void {
    if (this.#reception) this.#leaving ??= reason
    else this.#farewell(reason)
  }

  /** Ends the session now, message or not. */
  abort(): void {
    this.#giveUp('draining')
    this.#linger.set(abortMs, () => this.#line.destroy())
  }

  /** The connection is gone: no timer is left behind. */
  gone(): void {
    this.#isOver = true
    for (const deadline of [this.#phase, this.#whole, this.#linger]) deadline.clear()
    this.#tellGone()
  }

  #awaitCommand(): void {
    this.#phase.set(this.#limits.idleMs, () => this.#farewell('idle-timeout'))
  }

  #giveUp(reason: 'data-timeout' | 'draining'): void {
    this.#farewell(reason)
    this.#reception?.cut(new Cut(reason))
  }

  #farewell(reason: DeferReason): void {
    if (this.#isOver) return
    this.#line.say(defer(reason))
    this.#end()
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#phase.clear()
    this.#whole.clear()
    this.#linger.set(this.#limits.lingerMs, () => this.#line.destroy())
  }
}
