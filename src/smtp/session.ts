// One SMTP session: who is talking, how much of us it may use, the transaction under way, and how it ends.

import type { Client } from '../model/envelope.ts'
import { Deadline } from './deadline.ts'
import { Budget } from './limits.ts'
import { Cut, type Reception } from './reception.ts'
import { type Answer, type DeferReason, defer, reject, withId } from './replies.ts'
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

export interface SessionContext extends TransactionContext {
  readonly isStressed: () => boolean
}

/** Whose turn it is, and since when: the client owes a command or the rest of a message, or we owe an answer. */
type Turn =
  | { readonly of: 'command' | 'data'; readonly since: number }
  | { readonly of: 'us' }
  | { readonly of: 'nobody' }

/** How long a client may take to hear our last words when we ourselves are out of time. */
const abortMs = 100

export class Session {
  readonly #wire: Wire
  readonly #context: SessionContext
  readonly #budget: Budget
  readonly #phase: Deadline
  readonly #whole: Deadline
  readonly #linger: Deadline
  #turn: Turn = { of: 'nobody' }
  #transaction: Transaction | null = null
  #messages = 0
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

  constructor(wire: Wire, context: SessionContext) {
    this.#wire = wire
    this.#context = context
    this.#budget = new Budget(context.limits)
    this.#phase = new Deadline(context.clock)
    this.#whole = new Deadline(context.clock)
    this.#linger = new Deadline(context.clock)
    context.ports.metrics.connected()
    context.ports.log.debug(this.#names(), 'connected')
    this.#clientsTurn('command')
    this.#prolong()
  }

  /** Has the last word been said? */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Since when the client owes us a command; null while it does not. */
  idleSince(): number | null {
    return this.#turn.of === 'command' && !this.#reception ? this.#turn.since : null
  }

  mail(address: string): Answer {
    this.#transaction = new Transaction(this.#context, this.#wire.id, this.#wire.client())
    return this.#observed(this.#transaction.mail(address))
  }

  async rcpt(address: string): Promise<Answer> {
    this.#turn = { of: 'us' }
    this.#phase.clear()
    // The library lets nobody name a recipient before a sender.
    const answer = (await this.#transaction?.rcpt(address)) ?? reject('bad-sequence')
    return this.#observed(answer, { recipient: address })
  }

  /** Rejects, once it is logged, when the message did not arrive whole: nobody is left to hear an answer. */
  async data(reception: Reception): Promise<Answer> {
    const { now } = this.#context.clock
    const begin = now()
    this.#receiving(reception)
    try {
      const answer = this.#observed((await this.#transaction?.data(reception)) ?? reject('bad-sequence'))
      this.#answering(answer, reception, (now() - begin) / 1000)
      return answer.kind === 'accept' ? withId(answer, this.#messageId()) : answer
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#context.ports.log.info({ ...this.#names(), reason }, 'broke off')
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
    this.#observed(answer)
  }

  /** After a reply went out: the client's turn. */
  replied(code: number): void {
    if (this.#isAnswering) {
      this.#isAnswering = false
      this.#reception = null
    }
    if (code === 421 || code === 221) this.#end()
    else if (this.#leaving && !this.#reception) this.end(this.#leaving)
    else if (!this.#reception) this.#clientsTurn('command')
  }

  /** The server came under stress, or out of it: other deadlines hold. */
  stressChanged(): void {
    this.#arm()
  }

  /** Ends the session: at once, or after the answer to a message that is on its way. */
  leave(reason: 'draining' | 'session-timeout'): void {
    if (this.#reception) this.#leaving ??= reason
    else this.end(reason)
  }

  /** Says why and ends the session now. */
  end(reason: DeferReason): void {
    if (this.#isOver) return
    this.#wire.send(this.#observed(defer(reason)))
    this.#end()
  }

  /** A sender past the limits: told why, and cut off. */
  cutOff(): void {
    if (this.#isOver) return
    this.#wire.send(this.#observed(reject('too-big')))
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
    this.#context.ports.metrics.disconnected(this.#wire.client().tls)
    this.#context.ports.log.debug(this.#names(), 'disconnected')
    this.#resolveGone()
  }

  #receiving(reception: Reception): void {
    this.#reception = reception
    this.#clientsTurn('data')
    const arrived = (): void => {
      // From the final dot on it is our own time that runs.
      if (this.#reception !== reception) return
      this.#turn = { of: 'us' }
      this.#phase.clear()
    }
    reception.ended.then(arrived, arrived)
  }

  /** The next reply answers the message. */
  #answering(answer: Answer, reception: Reception, seconds: number): void {
    this.#isAnswering = true
    this.#transaction = null
    if (answer.kind === 'accept') this.#countMessage(reception)
    else if (answer.kind === 'reject') this.#budget.spend(answer.reply.code)
    const { log, metrics } = this.#context.ports
    const { bytes } = reception
    metrics.messageBytes(bytes)
    metrics.messageSeconds(seconds)
    const id = this.#messageId()
    log.info({ ...this.#names(), id, bytes, seconds, reply: answer.reply.code }, 'message answered')
  }

  /** Who brings mail may stay; a message without a text is none. */
  #countMessage(reception: Reception): void {
    this.#messages += 1
    if (!reception.isEmpty) {
      this.#budget.refill()
      this.#prolong()
    } else if (this.#budget.spendEmpty()) this.#leaving ??= 'empty-messages'
    if (this.#messages >= this.#context.limits.maxSessionMessages) this.#leaving ??= 'session-messages'
  }

  #prolong(): void {
    this.#whole.set(this.#context.limits.sessionMs, () => this.leave('session-timeout'))
  }

  #clientsTurn(of: 'command' | 'data'): void {
    this.#turn = { of, since: this.#context.clock.now() }
    this.#arm()
  }

  /** Sets the deadline of the client's turn, by the rules that hold now. */
  #arm(): void {
    if (this.#isOver || !('since' in this.#turn)) return
    const left = this.#turn.since + this.#allowedMs(this.#turn.of) - this.#context.clock.now()
    this.#phase.set(left, () => this.#due())
  }

  #due(): void {
    if (this.#turn.of === 'command') this.end('idle-timeout')
    else if (this.#turn.of === 'data' && this.#hasTimeLeft(this.#turn.since)) this.#arm()
    else this.#giveUp('data-timeout')
  }

  /** Bytes that came meanwhile have earned a message more time. */
  #hasTimeLeft(since: number): boolean {
    return since + this.#allowedMs('data') > this.#context.clock.now()
  }

  #allowedMs(of: 'command' | 'data'): number {
    const { idleMs, stressIdleMs, dataMs, stressDataMs, dataBytesPerSecond } = this.#context.limits
    const isStressed = this.#context.isStressed()
    if (of === 'command') return isStressed ? Math.min(idleMs, stressIdleMs) : idleMs
    const base = isStressed ? Math.min(dataMs, stressDataMs) : dataMs
    return base + ((this.#reception?.bytes ?? 0) / dataBytesPerSecond) * 1000
  }

  #giveUp(reason: 'data-timeout' | 'draining'): void {
    this.end(reason)
    this.#reception?.cut(new Cut(reason))
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#turn = { of: 'nobody' }
    this.#phase.clear()
    this.#whole.clear()
    this.#linger.set(this.#context.limits.lingerMs, () => this.#wire.destroy())
  }

  /** Every refusal is counted with its reason and logged. */
  #observed(answer: Answer, about: { readonly recipient?: string } = {}): Answer {
    if (answer.kind === 'accept') return answer
    const { log, metrics } = this.#context.ports
    if (answer.kind === 'reject') metrics.rejected(answer.reason)
    else metrics.deferred(answer.reason)
    const { helo } = this.#wire.client()
    const sender = this.#transaction?.sender
    const { reason, reply } = answer
    log.info({ ...this.#names(), helo, sender, ...about, reason, reply: reply.code }, 'refused')
    return answer
  }

  /** Names a message of this session, as log and sender know it. */
  #messageId(): string {
    return `${this.#wire.id}.${this.#messages}`
  }

  #names(): { readonly session: string; readonly ip: string } {
    return { session: this.#wire.id, ip: this.#wire.client().ip }
  }
}
