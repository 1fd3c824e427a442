// One mail transaction (RFC 5321 §3.3): MAIL, RCPT and DATA, each a method that returns our reply.

import type { Client, Envelope } from '../model/envelope.ts'
import type { Recorded } from '../model/event.ts'
import type { IntakeOutcome } from '../model/reply.ts'
import type { ReturnPath } from '../model/return-path.ts'
import { maxRoleMailBytes, type RoleMailOutcome } from '../model/role-mail.ts'
import type { Clock } from './clock.ts'
import type { DayQuota } from './day-quota.ts'
import { TooSlow, within } from './deadline.ts'
import type { SmtpLimits } from './limits.ts'
import {
  isEmptySender,
  type Mailbox,
  readMailbox,
  recipientAnswer,
  recipientKey,
  senderAnswer,
} from './policy.ts'
import type { FoundPath, SmtpPorts } from './ports.ts'
import type { Reception } from './reception.ts'
import { type Answer, accept, defer, reject } from './replies.ts'
import { RoleCopy } from './role-copy.ts'

export interface TransactionContext {
  /** How this host calls itself in the trace. */
  readonly hostName: string
  readonly protocol: 'smtp' | 'lmtp'
  readonly limits: SmtpLimits
  readonly roleQuota: DayQuota
  readonly ports: SmtpPorts
  readonly isDraining: () => boolean
  readonly clock: Clock
}

/** What a message on its way holds in the streams between socket and reader, and in the copy for the postmaster. */
const bufferBytes = 48 * 1024
/** And a big one besides: a chunk of 64 KB in the socket, and one in the stream. */
const bigBufferBytes = 80 * 1024

type RolePath = Extract<ReturnPath, { kind: 'role' }>

/** The mails in flight leave no room for this one's buffers. */
class NoMemory extends Error {}

/** Mail to postmaster and abuse that is not kept: there is no room, or its network has sent enough today. */
class NotKept extends Error {
  readonly reason: Exclude<RoleMailOutcome, 'kept'>

  constructor(reason: NotKept['reason']) {
    super(reason)
    this.reason = reason
  }
}

/** What intake made of a message; `failed` is our own trouble. */
type Result = IntakeOutcome | { readonly kind: 'failed'; readonly error: unknown }

export class MailTransaction {
  readonly #context: TransactionContext
  readonly #session: string
  readonly #client: Client
  #mailFrom: string | null = null
  /** By what names a recipient once. */
  readonly #recipients = new Map<string, ReturnPath>()
  #recorded: readonly Recorded[] = []
  #accepted = 0

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

  /** How many times RCPT was answered with 250, a recipient that was named twice counted twice. */
  get accepted(): number {
    return this.#accepted
  }

  /** What became of its message; nothing unless that was accepted. */
  get recorded(): readonly Recorded[] {
    return this.#recorded
  }

  /** RCPT TO (RFC 5321 §4.1.1.3). At once, or a promise where something must be looked up; never throws, never rejects. */
  rcpt(address: string): Answer | Promise<Answer> {
    const mailbox = readMailbox(address)
    if (!mailbox) return reject('bad-recipient')
    if (this.#context.ports.memory.isTight(this.#client.ip)) return defer('no-memory')
    try {
      const path = this.#pathOf(mailbox)
      if (path instanceof Promise || path.kind === 'role') return this.#rcptLater(path)
      return this.#rcptOf(path, { mailboxFull: false })
    } catch (error) {
      return this.#addressFailed(error)
    }
  }

  async #rcptLater(found: FoundPath | Promise<FoundPath>): Promise<Answer> {
    try {
      const path = found instanceof Promise ? await this.#within(found) : found
      const mailboxFull = path.kind === 'role' && (await this.#within(this.#context.ports.roleMail.isFull()))
      return this.#rcptOf(path, { mailboxFull })
    } catch (error) {
      return this.#addressFailed(error)
    }
  }

  #rcptOf(path: FoundPath, { mailboxFull }: { readonly mailboxFull: boolean }): Answer {
    const answer = recipientAnswer(path, {
      draining: this.#context.isDraining(),
      accepted: this.#recipients.size,
      maxRecipients: this.#context.limits.maxRecipients,
      quotaUsedUp: path.kind === 'role' && this.#context.roleQuota.isUsedUp(this.#client.ip, new Date()),
      mailboxFull,
    })
    if (answer.kind === 'accept' && path.kind !== 'foreign') {
      this.#recipients.set(recipientKey(path), path)
      this.#accepted += 1
    }
    return answer
  }

  #addressFailed(error: unknown): Answer {
    this.#fault(error, 'cannot read a recipient address')
    return defer('address-failed')
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
      memory.hold(bufferBytes + (roles.length > 0 ? maxRoleMailBytes : 0))
      if (!memory.take(0)) throw new NoMemory()
      // Where that leaves no room, the reader finds none either and keeps nothing of the mail.
      reception.whenBig(() => memory.hold(bigBufferBytes))
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
    const { ports, roleQuota } = this.#context
    const { ip } = this.#client
    const { receivedAt } = envelope
    if (!roleQuota.take(ip, receivedAt)) throw new NotKept('quota')
    let isKept = false
    try {
      const copy = new RoleCopy(this.#traceOf(envelope, roles))
      reception.tee(copy.write)
      const answer = await this.#record(envelope, reception)
      if (answer.kind !== 'accept') return answer
      const raw = copy.whole()
      const outcome = await this.#within(ports.roleMail.keep({ receivedAt, ip, bytes: reception.bytes, raw }))
      if (outcome !== 'kept') throw new NotKept(outcome)
      isKept = true
      return answer
    } finally {
      if (!isKept) roleQuota.giveBack(ip, receivedAt)
    }
  }

  /** Intake's part, answered after the final dot. Rejects where we ourselves fail. */
  async #record(envelope: Envelope, reception: Reception): Promise<Answer> {
    const receiving = this.#receive(envelope, reception)
    // Whichever comes first: our side is done without wanting the rest, all is here and our time begins, or it hangs.
    await Promise.race([receiving, reception.ended, reception.givenUp])
    const result = await this.#within(receiving)
    await reception.drain()
    if (result.kind === 'failed') throw result.error
    if (result.kind === 'refused') return defer('failed')
    if (result.kind === 'deferred')
      return defer(result.reason === 'no-memory' ? 'message-no-memory' : result.reason)
    this.#recorded = result.recorded
    return accept(envelope.recipients.length > 0 ? 'recorded' : 'kept')
  }

  #deferral(error: unknown): Answer {
    if (error instanceof NoMemory) return defer('message-no-memory')
    if (error instanceof NotKept) return defer(error.reason === 'full' ? 'mailbox-full' : 'role-quota')
    this.#fault(error, 'cannot take a message')
    return defer(error instanceof TooSlow ? 'too-slow' : 'failed')
  }

  #pathOf({ local, domain }: Mailbox): FoundPath | Promise<FoundPath> {
    // RFC 5321 §4.5.1: the one mailbox that needs no domain.
    if (domain === '') return { kind: 'role', raw: local, mailbox: 'postmaster' }
    return this.#context.ports.readAddress(`${local}@${domain}`)
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
      `\tby ${this.#context.hostName} with ${this.#protocolName()} id ${session};`,
      `\t${receivedAt.toUTCString().replace('GMT', '+0000')}`,
      '',
    ].join('\r\n')
  }

  /** RFC 3848. */
  #protocolName(): string {
    if (this.#context.protocol === 'lmtp') return 'LMTP'
    return this.#client.tls ? 'ESMTPS' : 'ESMTP'
  }

  #within<T>(promise: Promise<T>): Promise<T> {
    return within(this.#context.limits.handlerMs, promise, this.#context.clock)
  }

  #fault(error: unknown, words: string): void {
    this.#context.ports.log.error({ session: this.#session, err: error }, words)
  }
}
