// One message from the 354 to our answer: handed to intake, copied for the postmaster, answered once and in time.

import type { Envelope } from '../model/envelope.ts'
import type { Outcome } from '../model/reply.ts'
import type { ReturnPath } from '../model/return-path.ts'
import { TooSlow, within } from './limits.ts'
import { type Copy, MailboxFull, type Maildir } from './maildir.ts'
import type { SmtpPorts } from './ports.ts'
import type { Reception } from './reception.ts'
import { answer, defer, reject, type Said } from './replies.ts'

export type RolePath = Extract<ReturnPath, { kind: 'role' }>

export interface Transaction {
  /** Without the role recipients. */
  readonly envelope: Envelope
  readonly roles: readonly RolePath[]
  /** How this host calls itself in the trace. */
  readonly hostName: string
}

export interface TransactionSteps {
  readonly receive: SmtpPorts['receive']
  readonly mailbox: Maildir
  readonly handlerMs: number
  /** Told of what went wrong on our side; the sender gets 451. */
  readonly onFault: (error: unknown) => void
}

/**
 * Takes one message. Rejects only when its bytes ended early: the client vanished or was cut off, so that nobody waits
 * for an answer and nothing was recorded. Whatever goes wrong on our side is a 451, never an exception.
 */
export async function takeMessage(
  transaction: Transaction,
  reception: Reception,
  steps: TransactionSteps,
): Promise<Said> {
  let copy: Copy | null = null
  try {
    if (transaction.roles.length > 0) {
      copy = await steps.mailbox.begin(traceOf(transaction))
      reception.tee(copy.write)
    }
    const receiving = settle(transaction.envelope, reception, steps)
    // Whichever comes first: our side is done without wanting the rest, or all is here and our time begins.
    await Promise.race([receiving, reception.ended])
    const result = await within(steps.handlerMs, receiving)
    await reception.drain()

    if (reception.isTooBig) return reject('too-big')
    if (result.kind === 'failed') throw result.error
    if (result.kind !== 'accepted') return refusal(result)
    if (copy) await within(steps.handlerMs, copy.keep())
    return answer(transaction.envelope.recipients.length > 0 ? 'recorded' : 'kept')
  } catch (error) {
    // An answer before the final dot would be taken for one to it.
    await reception.drain()
    if (error instanceof MailboxFull) return defer('mailbox-full')
    steps.onFault(error)
    return defer(error instanceof TooSlow ? 'too-slow' : 'failed')
  } finally {
    await copy?.discard()
  }
}

type Settled = Outcome | { readonly kind: 'failed'; readonly error: unknown }

/** What intake says, as a promise that never rejects, so that a result nobody waits for any more does no harm. */
async function settle(envelope: Envelope, reception: Reception, steps: TransactionSteps): Promise<Settled> {
  if (envelope.recipients.length === 0) return { kind: 'accepted', recorded: [] }
  try {
    return await steps.receive(envelope, reception.incoming)
  } catch (error) {
    return { kind: 'failed', error }
  }
}

/** Size is the only thing a message may be refused for (invariant 5); the rest is our own trouble. */
function refusal(outcome: Extract<Outcome, { kind: 'refused' | 'deferred' }>): Said {
  return outcome.kind === 'refused' && outcome.reason === 'too-big' ? reject('too-big') : defer('failed')
}

/** The lines a final delivery adds on top (RFC 5321 §4.4). Nothing here holds control characters: policy saw to it. */
function traceOf({ envelope, roles, hostName }: Transaction): string {
  const { client, session, receivedAt, mailFrom } = envelope
  const helo = client.helo.replace(/[^\x21-\x7e]/g, '?')
  return [
    `Return-Path: <${mailFrom ?? ''}>`,
    ...roles.map(role => `Delivered-To: ${role.raw}`),
    `Received: from ${helo} ([${client.ip.includes(':') ? `IPv6:${client.ip}` : client.ip}])`,
    `\tby ${hostName} with ${client.tls ? 'ESMTPS' : 'ESMTP'} id ${session};`,
    `\t${receivedAt.toUTCString().replace('GMT', '+0000')}`,
    '',
  ].join('\r\n')
}
