// One SMTP session: who is talking, how much of us it may use, the transaction under way, and how it ends.

import type { Client } from '../model/envelope.ts'
import { Budget } from './limits.ts'
import { eventsLogged } from './message-log.ts'
import { Cut, type Reception } from './reception.ts'
import { type Answer, type DeferReason, defer, reject, withId } from './replies.ts'
import { MailTransaction, type TransactionContext } from './transaction.ts'

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
  /** When the session has lasted long enough. */
  #wholeUntil: number
  /** When the client must have left, once the last word is said. */
  #lingerUntil = Number.POSITIVE_INFINITY
  #turn: Turn = { of: 'nobody' }
  #transaction: MailTransaction | null = null
  #messages = 0
  /** The message on its way, from DATA to our answer. */
  #reception: Reception | null = null
  /** Replies to the message that are still to be sent: LMTP gives one for each recipient (RFC 2033 §4.2). */
  #answersLeft = 0
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
    this.#wholeUntil = context.clock.now() + context.limits.sessionMs
    context.ports.metrics.connected()
    context.ports.log.debug(this.#names(), 'connected')
    this.#clientsTurn('command')
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
    this.#transaction = new MailTransaction(this.#context, this.#wire.id, this.#wire.client())
    return this.#observed(this.#transaction.mail(address))
  }

  /** At once, or a promise while something is looked up; never rejects. */
  rcpt(address: string): Answer | Promise<Answer> {
    // The library lets nobody name a recipient before a sender.
    const answer = this.#transaction?.rcpt(address) ?? reject('bad-sequence')
    const about = { recipient: address }
    if (!(answer instanceof Promise)) return this.#observed(answer, about)
    this.#turn = { of: 'us' }
    return answer.then(found => this.#observed(found, about))
  }

  /** Rejects, once it is logged, when the message did not arrive whole: nobody is left to hear an answer. */
  async data(reception: Reception): Promise<Answer> {
    const { now } = this.#context.clock
    const begin = now()
    this.#receiving(reception)
    try {
      const answer = (await this.#transaction?.data(reception)) ?? reject('bad-sequence')
      this.#answering(answer, reception, (now() - begin) / 1000)
      return answer.kind === 'accept' ? withId(answer, this.#messageId()) : answer
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#context.ports.log.info({ ...this.#names(), reason }, 'broke off')
      throw error
    }
  }

  /** How many replies the message gets. */
  get answers(): number {
    return this.#answersLeft
  }

  /** Before a reply goes out: null, or what to say in its place because the client has used us up. */
  spend(code: number): DeferReason | null {
    // The fate of a message is always reported.
    return this.#answersLeft > 0 || code === 421 ? null : this.#budget.spend(code)
  }

  /** Counts and logs a reply that the library gives by itself. */
  note(answer: Answer): void {
    this.#observed(answer)
  }

  /** After a reply went out: the client's turn. */
  replied(code: number): void {
    if (this.#answersLeft > 0) {
      this.#answersLeft -= 1
      if (this.#answersLeft > 0) return
      this.#reception = null
    }
    if (code === 421 || code === 221) this.#end()
    else if (this.#leaving && !this.#reception) this.end(this.#leaving)
    else if (!this.#reception) this.#clientsTurn('command')
  }

  /**
   * Ends what has taken too long. Asked several times a second: each reply moves a deadline, and the rules change with
   * the stress of the server and the bytes of a message, so that none has a timer of its own.
   */
  checkTime(): void {
    const now = this.#context.clock.now()
    if (now >= this.#lingerUntil) this.#wire.destroy()
    if (this.#isOver) return
    if (now >= this.#wholeUntil) this.leave('session-timeout')
    this.#reception?.checkReader(now, this.#context.limits.handlerMs)
    if (!('since' in this.#turn) || now < this.#turn.since + this.#allowedMs(this.#turn.of)) return
    if (this.#turn.of === 'command') this.end('idle-timeout')
    else this.#giveUp('data-timeout')
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
    this.#lingerUntil = this.#context.clock.now() + abortMs
  }

  /** The connection is gone. */
  gone(): void {
    this.#isOver = true
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
    }
    reception.ended.then(arrived, arrived)
  }

  /** The next replies answer the message, which the log tells in one line. */
  #answering(answer: Answer, reception: Reception, seconds: number): void {
    this.#answersLeft = this.#context.protocol === 'lmtp' ? (this.#transaction?.accepted ?? 1) : 1
    if (answer.kind === 'accept') this.#countMessage(reception)
    else if (answer.kind === 'reject') this.#budget.spend(answer.reply.code)
    this.#count(answer)
    const { log, metrics } = this.#context.ports
    const { bytes } = reception
    metrics.messageBytes(bytes)
    metrics.messageSeconds(seconds)
    const what =
      answer.kind === 'accept' ? eventsLogged(this.#transaction?.recorded ?? []) : this.#why(answer)
    const message = { id: this.#messageId(), bytes, seconds, reply: answer.reply.code }
    log.info({ ...this.#names(), ...message, ...what }, 'message answered')
    this.#transaction = null
  }

  /** A session that brings mail may stay; a message without a text does not count as mail. */
  #countMessage(reception: Reception): void {
    this.#messages += 1
    if (!reception.isEmpty) {
      this.#budget.refill()
      this.#wholeUntil = this.#context.clock.now() + this.#context.limits.sessionMs
    } else if (this.#budget.spendEmpty()) this.#leaving ??= 'empty-messages'
    if (this.#messages >= this.#context.limits.maxSessionMessages) this.#leaving ??= 'session-messages'
  }

  #clientsTurn(of: 'command' | 'data'): void {
    this.#turn = { of, since: this.#context.clock.now() }
  }

  /** How long the client's turn may last, by the rules that hold now; bytes that came have earned a message more time. */
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
    this.#lingerUntil = this.#context.clock.now() + this.#context.limits.lingerMs
  }

  /** Every refusal is counted with its reason and logged. */
  #observed(answer: Answer, about: { readonly recipient?: string } = {}): Answer {
    if (answer.kind === 'accept') return answer
    this.#count(answer)
    const { reply } = answer
    const why = { ...this.#why(answer), ...about, reply: reply.code }
    this.#context.ports.log.info({ ...this.#names(), ...why }, 'refused')
    return answer
  }

  #count(answer: Answer): void {
    const { metrics } = this.#context.ports
    if (answer.kind === 'reject') metrics.rejected(answer.reason)
    else if (answer.kind === 'defer') metrics.deferred(answer.reason)
  }

  /** Who was refused, and why. */
  #why({ reason }: Extract<Answer, { reason: string }>): object {
    return { helo: this.#wire.client().helo, sender: this.#transaction?.sender, reason }
  }

  /** Names a message of this session, as log and sender know it. */
  #messageId(): string {
    return `${this.#wire.id}.${this.#messages}`
  }

  #names(): { readonly session: string; readonly ip: string } {
    return { session: this.#wire.id, ip: this.#wire.client().ip }
  }
}
