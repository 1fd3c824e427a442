// One SMTP session: who is talking, how much of us it may use, the transaction under way, and how it ends.

import type { Client } from '../model/envelope.ts'
import { Deadline } from './deadline.ts'
import { Budget } from './limits.ts'
import type { SmtpPorts } from './ports.ts'
import { Cut, type Reception } from './reception.ts'
import { type Answer, type DeferReason, defer, reject } from './replies.ts'
import { Transaction, type TransactionContext } from './transaction.ts'

/** What a session knows of its connection and does to it. */
export interface Wire {
  /** Names the session in the log. */
  readonly id: string
  /** As it is now: HELO and STARTTLS change it. */
  readonly client: () => Client
  /** Sends a reply of our own accord; a 421 also ends the connection: what comes afterwards is not read. */
  readonly send: (answer: Answer) => void
  /** Ends our side once what was sent is on its way. */
  readonly close: () => void
  readonly destroy: () => void
}

/** How long a client may take to hear our last words when we ourselves are out of time. */
const abortMs = 100

export class Session {
  readonly #wire: Wire
  readonly #context: TransactionContext
  readonly #ports: Pick<SmtpPorts, 'log' | 'metrics'>
  readonly #budget: Budget
  readonly #phase = new Deadline()
  readonly #whole = new Deadline()
  readonly #linger = new Deadline()
  #transaction: Transaction | null = null
  /** The message on its way, from DATA to our answer. */
  #reception: Reception | null = null
  #isAnswering = false
  /** Set when the session ends with the answer to the message that is on its way. */
  #leaving: DeferReason | null = null
  #isOver = false
  #resolveGone: () => void = () => {}
  /** Resolves when the connection is gone. */
  readonly isGone = new Promise<void>(resolve => {
    this.#resolveGone = resolve
  })

  constructor(wire: Wire, context: TransactionContext) {
    this.#wire = wire
    this.#context = context
    this.#ports = context.ports
    this.#budget = new Budget(context.limits)
    this.#ports.metrics.connected()
    this.#ports.log.debug(this.#names(), 'connected')
    this.#awaitCommand()
    this.#whole.set(context.limits.sessionMs, () => this.leave('session-timeout'))
  }

  /** Has the last word been said? */
  get isOver(): boolean {
    return this.#isOver
  }

  mail(address: string): Answer {
    this.#transaction = new Transaction(this.#context, this.#wire.id, this.#wire.client())
    return this.#noted(this.#transaction.mail(address))
  }

  async rcpt(address: string): Promise<Answer> {
    // The library lets nobody name a recipient before a sender.
    return this.#noted((await this.#transaction?.rcpt(address)) ?? reject('bad-sequence'))
  }

  /** Rejects, once it is logged, when the message did not arrive whole: nobody is left to hear an answer. */
  async data(reception: Reception): Promise<Answer> {
    const begin = performance.now()
    this.#receiving(reception)
    try {
      const answer = this.#noted((await this.#transaction?.data(reception)) ?? reject('bad-sequence'))
      this.#answering(answer, reception, (performance.now() - begin) / 1000)
      return answer
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#ports.log.info({ ...this.#names(), reason }, 'broke off')
      throw error
    }
  }

  /** Before a reply goes out: null, or what to say in its place because the client has used us up. */
  spend(code: number): DeferReason | null {
    // What was done with a message is always told.
    return this.#isAnswering || code === 421 ? null : this.#budget.spend(code)
  }

  /** Counts and logs a reply that the library gives by itself. */
  note(answer: Answer): void {
    this.#noted(answer)
  }

  /** After a reply went out: the client's turn. */
  replied(code: number): void {
    if (this.#isAnswering) {
      this.#isAnswering = false
      this.#reception = null
    }
    if (code === 421 || code === 221) this.#end()
    else if (this.#leaving && !this.#reception) this.end(this.#leaving)
    else if (!this.#reception) this.#awaitCommand()
  }

  /** Ends the session: at once, or after the answer to a message that is on its way. */
  leave(reason: 'draining' | 'session-timeout'): void {
    if (this.#reception) this.#leaving ??= reason
    else this.end(reason)
  }

  /** Says why and ends the session now. */
  end(reason: DeferReason): void {
    if (this.#isOver) return
    this.#wire.send(this.#noted(defer(reason)))
    this.#end()
  }

  /** A sender past the limits: told why, and cut off. */
  cutOff(): void {
    if (this.#isOver) return
    this.#wire.send(this.#noted(reject('too-big')))
    this.#wire.close()
    this.#end()
  }

  /** Ends the session now, message or not, when we ourselves must go. */
  abort(): void {
    this.#giveUp('draining')
    this.#linger.set(abortMs, () => this.#wire.destroy())
  }

  /** The connection is gone: no timer is left behind. */
  gone(): void {
    this.#isOver = true
    for (const deadline of [this.#phase, this.#whole, this.#linger]) deadline.clear()
    this.#ports.metrics.disconnected(this.#wire.client().tls)
    this.#ports.log.debug(this.#names(), 'disconnected')
    this.#resolveGone()
  }

  #receiving(reception: Reception): void {
    this.#reception = reception
    this.#phase.set(this.#context.limits.dataMs, () => this.#giveUp('data-timeout'))
    const arrived = (): void => {
      // From the final dot on it is our own time that runs.
      if (this.#reception === reception) this.#phase.clear()
    }
    reception.ended.then(arrived, arrived)
  }

  /** The next reply answers the message. */
  #answering(answer: Answer, { bytes }: Reception, seconds: number): void {
    this.#isAnswering = true
    this.#transaction = null
    if (answer.kind === 'accept') this.#budget.refill()
    this.#ports.metrics.messageBytes(bytes)
    this.#ports.metrics.messageSeconds(seconds)
    const { code } = answer.reply
    this.#ports.log.info({ ...this.#names(), bytes, seconds, reply: code }, 'message answered')
  }

  #awaitCommand(): void {
    this.#phase.set(this.#context.limits.idleMs, () => this.end('idle-timeout'))
  }

  #giveUp(reason: 'data-timeout' | 'draining'): void {
    this.end(reason)
    this.#reception?.cut(new Cut(reason))
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#phase.clear()
    this.#whole.clear()
    this.#linger.set(this.#context.limits.lingerMs, () => this.#wire.destroy())
  }

  /** Every refusal is counted with its reason and logged. */
  #noted(answer: Answer): Answer {
    if (answer.kind === 'accept') return answer
    if (answer.kind === 'reject') this.#ports.metrics.rejected(answer.reason)
    else this.#ports.metrics.deferred(answer.reason)
    this.#ports.log.info({ ...this.#names(), reason: answer.reason, reply: answer.reply.code }, 'refused')
    return answer
  }

  #names(): { readonly session: string; readonly ip: string } {
    return { session: this.#wire.id, ip: this.#wire.client().ip }
  }
}
