// One mail transaction (RFC 5321 §3.3): MAIL, RCPT and DATA, each a method that returns our reply.

import type { Client, Envelope } from '../model/envelope.ts'
import type { IntakeOutcome } from '../model/reply.ts'
import type { ReturnPath } from '../model/return-path.ts'
import type { Clock } from './clock.ts'
import { TooSlow, within } from './deadline.ts'
import type { SmtpLimits } from './limits.ts'
import { type Delivery, MailboxFull, type Maildir } from './maildir.ts'
import { isEmptySender, readMailbox, recipientAnswer, recipientKey, senderAnswer } from './policy.ts'
import type { SmtpPorts } from './ports.ts'
import type { Reception } from './reception.ts'
import { type Answer, accept, defer, reject } from './replies.ts'
import type { RoleQuota } from './role-quota.ts'

export interface TransactionContext {
  /** How this host calls itself in the trace. */
  readonly hostName: string
  readonly limits: SmtpLimits
  /** Where mail to postmaster and abuse is kept. */
  readonly mailbox: Maildir
  readonly roleQuota: RoleQuota
  readonly ports: SmtpPorts
  readonly isDraining: () => boolean
  readonly clock: Clock
}

/** What a message on its way holds in the streams between socket and reader, and in the copy for the postmaster. */
const bufferBytes = 48 * 1024
const copyBytes = 64 * 1024

type RolePath = Extract<ReturnPath, { kind: 'role' }>

/** The mails in flight leave no room for this one's buffers. */
class NoMemory extends Error {}

/** This client's site has sent enough mail to postmaster and abuse today. */
class QuotaUsedUp extends Error {}

/** What intake made of a message; `failed` is our own trouble. */
type Result = IntakeOutcome | { readonly kind: 'failed'; readonly error: unknown }

export class Transaction {
  readonly #context: TransactionContext
  readonly #session: string
  readonly #client: Client
  #mailFrom: string | null = null
  /** By what names a recipient once. */
  readonly #recipients = new Map<string, ReturnPath>()

  constructor(context: TransactionContext, session: string, client: Client) {
    this.#context = context
    this.#session = session
    this.#client = client
  }

  /** MAIL FROM (RFC 5321 §4.1.1.2); `address` is empty for the null sender. */
  mail(address: string): Answer {
    this.#mailFrom = isEmptySender(address) ? null : address
    const answer = senderAnswer(address)
    if (answer.kind === 'accept' && this.#context.ports.memory.isTight(this.#client.ip))
      return defer('no-memory')
    return answer
  }

  /** As MAIL gave it; empty for the null sender. */
  get sender(): string {
    return this.#mailFrom ?? ''
  }

  /** RCPT TO (RFC 5321 §4.1.1.3). Never rejects. */
  async rcpt(address: string): Promise<Answer> {
    const mailbox = readMailbox(address)
    if (!mailbox) return reject('bad-recipient')
    if (this.#context.ports.memory.isTight(this.#client.ip)) return defer('no-memory')
    try {
      const path = await this.#pathOf(mailbox)
      const answer = recipientAnswer(path, {
        draining: this.#context.isDraining(),
        accepted: this.#recipients.size,
        maxRecipients: this.#context.limits.maxRecipients,
        quotaUsedUp: path.kind === 'role' && this.#context.roleQuota.isUsedUp(this.#client.ip, new Date()),
        mailboxFull: path.kind === 'role' && (await this.#within(this.#context.mailbox.isFull())),
      })
      if (answer.kind === 'accept' && path.kind !== 'foreign') this.#recipients.set(recipientKey(path), path)
      return answer
    } catch (error) {
      this.#fault(error, 'cannot read a recipient address')
      return defer('address-failed')
    }
  }

  /**
   * DATA (RFC 5321 §4.1.1.4): the message given to intake, copied for the postmaster, and answered once and in time.
   * Rejects only when its bytes ended early: the client vanished or was cut off, so that nobody waits for an answer and
   * nothing was recorded. Whatever goes wrong on our side is a 451, never an exception.
   */
  async data(reception: Reception): Promise<Answer> {
    const roles = [...this.#recipients.values()].filter(path => path.kind === 'role')
    const envelope = this.#envelope()
    const memory = this.#context.ports.memory.open(this.#client.ip)
    try {
      if (!memory.take(bufferBytes + (roles.length > 0 ? copyBytes : 0))) throw new NoMemory()
      if (roles.length === 0) return await this.#record(envelope, reception)
      return await this.#keep(envelope, roles, reception)
    } catch (error) {
      // An answer before the final dot would be taken for one to it.
      await reception.drain()
      return this.#deferral(error)
    } finally {
      memory.close()
    }
  }

  /** Mail for postmaster or abuse: kept once intake has taken what it brings for others. */
  async #keep(envelope: Envelope, roles: readonly RolePath[], reception: Reception): Promise<Answer> {
    const { mailbox, roleQuota } = this.#context
    const { ip } = this.#client
    if (!roleQuota.take(ip, envelope.receivedAt)) throw new QuotaUsedUp()
    let copy: Delivery | null = null
    let isKept = false
    try {
      copy = await mailbox.begin(this.#traceOf(envelope, roles))
      reception.tee(copy.write)
      const answer = await this.#record(envelope, reception)
      if (answer.kind !== 'accept') return answer
      await this.#within(copy.keep())
      isKept = true
      return answer
    } finally {
      await copy?.discard()
      if (!isKept) roleQuota.giveBack(ip, envelope.receivedAt)
    }
  }

  /** Intake's part, answered after the final dot. Rejects where we ourselves fail. */
  async #record(envelope: Envelope, reception: Reception): Promise<Answer> {
    const receiving = this.#receive(envelope, reception)
    // Whichever comes first: our side is done without wanting the rest, or all is here and our time begins.
    await Promise.race([receiving, reception.ended])
    const result = await this.#within(receiving)
    await reception.drain()
    if (reception.isTooBig) return reject('too-big')
    if (result.kind === 'failed') throw result.error
    if (result.kind !== 'accepted') return refusal(result)
    return accept(envelope.recipients.length > 0 ? 'recorded' : 'kept')
  }

  #deferral(error: unknown): Answer {
    if (error instanceof NoMemory) return defer('message-no-memory')
    if (error instanceof QuotaUsedUp) return defer('role-quota')
    if (error instanceof MailboxFull) return defer('mailbox-full')
    this.#fault(error, 'cannot take a message')
    return defer(error instanceof TooSlow ? 'too-slow' : 'failed')
  }

  async #pathOf(
    mailbox: NonNullable<ReturnType<typeof readMailbox>>,
  ): Promise<ReturnPath | { readonly kind: 'foreign' }> {
    const { local, domain } = mailbox
    // RFC 5321 §4.5.1: the one mailbox that needs no domain.
    if (domain === '') return { kind: 'role', raw: local, mailbox: 'postmaster' }
    return await this.#within(call(() => this.#context.ports.readAddress(`${local}@${domain}`)))
  }

  /** Without postmaster and abuse. */
  #envelope(): Envelope {
    return {
      session: this.#session,
      receivedAt: new Date(),
      client: this.#client,
      mailFrom: this.#mailFrom,
      recipients: [...this.#recipients.values()].filter(path => path.kind !== 'role'),
    }
  }

  /** What intake says, as a promise that never rejects: a result nobody waits for any more does no harm. */
  async #receive(envelope: Envelope, reception: Reception): Promise<Result> {
    if (envelope.recipients.length === 0) return { kind: 'accepted', recorded: [] }
    try {
      return await this.#context.ports.receive(envelope, reception.incoming)
    } catch (error) {
      return { kind: 'failed', error }
    }
  }

  /** The lines a final delivery adds on top (RFC 5321 §4.4). Nothing here holds control characters: policy saw to it. */
  #traceOf({ client, session, receivedAt, mailFrom }: Envelope, roles: readonly RolePath[]): string {
    const helo = client.helo.replace(/[^\x21-\x7e]/g, '?')
    return [
      `Return-Path: <${mailFrom ?? ''}>`,
      ...roles.map(role => `Delivered-To: ${role.raw}`),
      `Received: from ${helo} ([${client.ip.includes(':') ? `IPv6:${client.ip}` : client.ip}])`,
      `\tby ${this.#context.hostName} with ${client.tls ? 'ESMTPS' : 'ESMTP'} id ${session};`,
      `\t${receivedAt.toUTCString().replace('GMT', '+0000')}`,
      '',
    ].join('\r\n')
  }

  #within<T>(promise: Promise<T>): Promise<T> {
    return within(this.#context.limits.handlerMs, promise, this.#context.clock)
  }

  #fault(error: unknown, words: string): void {
    this.#context.ports.log.error({ session: this.#session, err: error }, words)
  }
}

/** Size is the only thing a message may be refused for (invariant 5); the rest is our own trouble. */
function refusal(outcome: Extract<IntakeOutcome, { kind: 'refused' | 'deferred' }>): Answer {
  if (outcome.kind === 'refused' && outcome.reason === 'too-big') return reject('too-big')
  return defer(outcome.reason === 'no-memory' ? 'message-no-memory' : 'failed')
}

/** A throw becomes a rejection. */
async function call<T>(act: () => Promise<T>): Promise<T> {
  return await act()
}
