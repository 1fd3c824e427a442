// One message, from its first byte to the answer. Everything it needs is an argument: see `app.ts` for what is passed.
// Invariant 1: `accepted` is returned only after `record` has resolved, and `record` resolves only once committed.

import type { Envelope, Incoming, Unaddressed } from './model/envelope.ts'
import type { BounceEvent, Recorded } from './model/event.ts'
import type { MailMemory } from './model/mail-memory.ts'
import type { Letter, ReadBytes, Trace } from './model/read-mail.ts'
import type { IntakeOutcome } from './model/reply.ts'
import type { Report } from './model/report.ts'
import type { Judgement } from './model/verdict.ts'

export interface Steps {
  /** This mail's share of the memory for all mails in flight. */
  readonly openMemory: (ip: string) => MailMemory
  /** Bytes to verdicts. */
  readonly read: ReadBytes
  /** The envelope of a mail that came without one, by its header; null if this is not a mail at all. */
  readonly address: (mail: Unaddressed, trace: Trace | null) => Promise<Envelope | null>
  /** One event per return path and recipient block, linked and with its fingerprint. */
  readonly events: (
    envelope: Envelope,
    report: Report,
    judgement: Judgement,
  ) => Promise<readonly BounceEvent[]>
  /** What a network may bring a day of events that no path of ours proves: anyone can make them up. */
  readonly unproven: {
    /** Takes so many; false when there was enough before. */
    readonly take: (ip: string, now: Date, count: number) => boolean
    readonly giveBack: (ip: string, now: Date, count: number) => void
  }
  /** Resolves once every event is committed or known to be stored already; rejects when nothing is stored. */
  readonly record: (events: readonly BounceEvent[]) => Promise<readonly Recorded[]>
  /** Keeps a person's answer, which is not a report, once its events are stored; rejects when nothing is kept. */
  readonly keepReply: (
    envelope: Envelope,
    letter: Letter,
    report: Report,
    recorded: readonly Recorded[],
  ) => Promise<void>
  /** Told of what happened, for metrics and log; never awaited. */
  readonly observe: (seen: Intaken) => void
  /** Told when `observe` threw: what is recorded stays recorded, and is answered so. */
  readonly onObserveError: (error: unknown) => void
}

/** One message and what became of it. */
export interface Intaken {
  readonly envelope: Envelope
  readonly report: Report
  readonly judgement: Judgement
  readonly recorded: readonly Recorded[]
  /** Seconds spent splitting, reading and judging, without waiting for bytes; then committing. */
  readonly readSeconds: number
  readonly commitSeconds: number
}

const seconds = (since: number): number => (performance.now() - since) / 1000

/** Messages taken in by these steps, as every door wants it. */
export const createIntake =
  (steps: Steps) =>
  async (mail: Envelope | Unaddressed, incoming: Incoming): Promise<IntakeOutcome> => {
    const memory = steps.openMemory('client' in mail ? mail.client.ip : '')
    try {
      return await intake(mail, incoming, steps, memory)
    } finally {
      memory.close()
    }
  }

/**
 * Takes one message in: read, judge, make events, commit. Answers `refused` for what is not a mail where no SMTP
 * brought it, and `deferred` where memory has no room, or the network has brought enough that nothing proves; throws
 * when the bytes end early, and for our own trouble, which SMTP answers with 451.
 */
async function intake(
  mail: Envelope | Unaddressed,
  incoming: Incoming,
  steps: Steps,
  memory: MailMemory,
): Promise<IntakeOutcome> {
  const read = await steps.read(incoming.bytes, memory, mail)
  // The sender has it still.
  if (read === null) return { kind: 'deferred', reason: 'no-memory' }
  incoming.done?.()

  const { letter, trace, report, judgement, seconds: readSeconds } = read
  const envelope = 'client' in mail ? mail : await steps.address(mail, trace)
  if (envelope === null) return { kind: 'refused', reason: 'not-a-mail' }

  const startedCommit = performance.now()
  const events = await steps.events(envelope, report, judgement)
  const recorded = await recordWithinQuota(envelope, events, steps)
  if (recorded === null) return { kind: 'deferred', reason: 'unproven' }
  const commitSeconds = seconds(startedCommit)
  await steps.keepReply(envelope, letter, report, recorded)

  try {
    steps.observe({ envelope, report, judgement, recorded, readSeconds, commitSeconds })
  } catch (error) {
    steps.onObserveError(error)
  }
  return { kind: 'accepted', recorded }
}

/** Null when the client's network has brought enough today that no path of ours proves; what fails is given back. */
async function recordWithinQuota(
  { client }: Envelope,
  events: readonly BounceEvent[],
  { unproven, record }: Steps,
): Promise<readonly Recorded[] | null> {
  const count = events.filter(({ link }) => !link?.proven).length
  if (count === 0) return await record(events)
  const now = new Date()
  if (!unproven.take(client.ip, now, count)) return null
  try {
    return await record(events)
  } catch (error) {
    unproven.giveBack(client.ip, now, count)
    throw error
  }
}
