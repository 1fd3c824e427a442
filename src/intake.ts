// One message, from its first byte to the answer. Everything it needs is an argument: see `app.ts` for what is passed.
// Invariant 1: `accepted` is returned only after `record` has resolved, and `record` resolves only once committed.

import { type Envelope, type Incoming, isNullSender } from './model/envelope.ts'
import type { BounceEvent, Recorded } from './model/event.ts'
import type { MailMemory } from './model/mail-memory.ts'
import type { Message } from './model/message.ts'
import type { IntakeOutcome } from './model/reply.ts'
import type { Report } from './model/report.ts'
import type { Judgement } from './model/verdict.ts'

export interface Steps {
  /** This mail's share of the memory for all mails in flight. */
  readonly openMemory: (ip: string) => MailMemory
  /** Bytes to a bounded value; never throws for what the bytes say. */
  readonly parse: (bytes: AsyncIterable<Uint8Array>, memory: MailMemory) => Promise<Message>
  /** What the mail reports. Never throws. */
  readonly read: (message: Message, delivery: { readonly nullSender: boolean }) => Report
  /** The verdict on each recipient that failed. Never throws. */
  readonly judge: (report: Report) => Judgement
  /** One event per return path and recipient block, linked and with its fingerprint. */
  readonly events: (
    envelope: Envelope,
    report: Report,
    judgement: Judgement,
  ) => Promise<readonly BounceEvent[]>
  /** Resolves once every event is committed or known to be stored already; rejects when nothing is stored. */
  readonly record: (events: readonly BounceEvent[]) => Promise<readonly Recorded[]>
  /** Told of what happened, for metrics and log; never awaited. */
  readonly observe: (seen: Intaken) => void
  /** Told when `observe` threw: what is recorded stays recorded, and is answered so. */
  readonly onObserveError: (error: unknown) => void
}

/** One message and what became of it. */
export interface Intaken {
  readonly envelope: Envelope
  readonly message: Message
  readonly report: Report
  readonly judgement: Judgement
  readonly recorded: readonly Recorded[]
  /** Seconds spent reading and judging, then committing. */
  readonly readSeconds: number
  readonly commitSeconds: number
}

const seconds = (since: bigint): number => Number(process.hrtime.bigint() - since) / 1e9

/** Messages taken in by these steps, as the listener wants it. */
export const createIntake =
  (steps: Steps) =>
  async (envelope: Envelope, incoming: Incoming): Promise<IntakeOutcome> => {
    const memory = steps.openMemory(envelope.client.ip)
    try {
      return await intake(envelope, incoming, steps, memory)
    } finally {
      memory.close()
    }
  }

/**
 * Takes one message in: parse, read, judge, make events, commit. Answers `refused` for size alone (invariant 5) and
 * `deferred` where memory has no room; throws only for our own trouble, which SMTP answers with 451.
 */
async function intake(
  envelope: Envelope,
  incoming: Incoming,
  steps: Steps,
  memory: MailMemory,
): Promise<IntakeOutcome> {
  const message = await steps.parse(incoming.bytes, memory)
  if (incoming.isTooBig()) return { kind: 'refused', reason: 'too-big' }
  // It was read to its end and not kept: the sender has it still.
  if (memory.isExhausted()) return { kind: 'deferred', reason: 'no-memory' }

  const startedReading = process.hrtime.bigint()
  const report = steps.read(message, { nullSender: isNullSender(envelope.mailFrom) })
  const judgement = steps.judge(report)
  const readSeconds = seconds(startedReading)

  const startedCommit = process.hrtime.bigint()
  const events = await steps.events(envelope, report, judgement)
  const recorded = await steps.record(events)
  const commitSeconds = seconds(startedCommit)

  try {
    steps.observe({ envelope, message, report, judgement, recorded, readSeconds, commitSeconds })
  } catch (error) {
    steps.onObserveError(error)
  }
  return { kind: 'accepted', recorded }
}
