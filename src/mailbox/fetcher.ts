// Fetches what waits in a mailbox, for as long as the server lives: one server at a time, again after every fault.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Incoming, Unaddressed } from '../model/envelope.ts'
import type { MailboxFaultReason, MailboxMemory, MailFate } from '../model/mailbox.ts'
import type { IntakeOutcome } from '../model/reply.ts'
import { createFailures } from './failures.ts'
import { MailboxFault } from './fault.ts'
import type { FoundMail, MailboxOptions, MailboxSession, RoundSteps } from './session.ts'
import { openSession } from './session-of.ts'

export interface FetcherPorts {
  readonly receive: (mail: Unaddressed, incoming: Incoming) => Promise<IntakeOutcome>
  readonly memory: MailboxMemory
  readonly log: {
    readonly info: (fields: object, words: string) => void
    readonly warn: (fields: object, words: string) => void
  }
  readonly metrics: {
    readonly mailboxMail: (fate: MailFate) => void
    readonly mailboxFault: (reason: MailboxFaultReason) => void
    /** How many mails wait to be read; null: nobody knows, since the mailbox cannot be reached. */
    readonly mailboxWaiting: (count: number | null) => void
  }
}

export interface FetcherTimes {
  /** How long between two looks where no news comes. */
  readonly pollMs: number
  readonly firstBackOffMs: number
  readonly mostBackOffMs: number
}

export const fetcherTimes = { firstBackOffMs: 5_000, mostBackOffMs: 300_000 } as const

export interface Fetcher {
  /**
   * Finishes the mails in hand, and resolves when nothing is under way. At the deadline it breaks the connection: what
   * is not recorded by then stays in the mailbox.
   */
  readonly close: (deadlineMs: number) => Promise<void>
}

const leastLeaseMs = 120_000

export function startFetcher(options: MailboxOptions, ports: FetcherPorts, times: FetcherTimes): Fetcher {
  const stop = new AbortController()
  const names = { mailbox: `${options.protocol}://${options.host}/${options.folder}` }
  const leaseMs = leastLeaseMs + 2 * times.pollMs
  const pause = (ms: number): Promise<void> => sleep(ms, undefined, { signal: stop.signal }).catch(() => {})
  const failures = createFailures()
  const { works, failed } = faultLog(names, ports)
  /** Ends the connection, whatever it waits for. */
  let breakOff = (): void => {}

  const counted = <Fate extends MailFate>(fate: Fate): Fate => {
    ports.metrics.mailboxMail(fate)
    return fate
  }
  const failedOnce = (uid: string): 'again' | 'aside' => counted(failures.add(uid))
  const take = async (mail: FoundMail): Promise<MailFate> => {
    const fate = await fateOf(mail, ports, names.mailbox)
    // Lack of room is not the mail's fault.
    if (fate === 'deferred') return counted('again')
    if (fate === 'failed') return failedOnce(mail.uid)
    failures.taken(mail.uid)
    return counted(fate)
  }
  const steps: RoundSteps = {
    take,
    failed: failedOnce,
    failures: failures.of,
    memory: ports.memory,
    progress: async waiting => {
      ports.metrics.mailboxWaiting(waiting)
      if (!(await ports.memory.claim(leaseMs)))
        throw new MailboxFault('busy', 'another server of ours has taken the mailbox over')
    },
    warn: (fields, words) => ports.log.warn({ ...names, ...fields }, words),
    isStopping: () => stop.signal.aborted,
  }
  /** One connection, for as long as it lasts. Rejects with what ended it. */
  const serve = async (session: MailboxSession): Promise<void> => {
    while (!stop.signal.aborted) {
      const ending = await session.round(steps)
      if (ending === 'again')
        throw new MailboxFault('database', 'a mail could not be recorded now: it stays in the mailbox')
      works()
      if (ending === 'more') return
      if (session.wait === null) return await pause(times.pollMs)
      await session.wait(times.pollMs, stop.signal)
    }
  }

  const run = async (): Promise<void> => {
    let backOffMs = times.firstBackOffMs
    while (!stop.signal.aborted) {
      try {
        if (!(await ports.memory.claim(leaseMs))) {
          // Whoever has it says how it is.
          ports.metrics.mailboxWaiting(0)
          await pause(times.pollMs)
          continue
        }
        const broken = new AbortController()
        breakOff = () => broken.abort()
        const session = await openSession(options, broken.signal)
        try {
          await serve(session)
        } finally {
          await session.close()
        }
        backOffMs = times.firstBackOffMs
      } catch (error) {
        failed(error)
        await pause(backOffMs)
        backOffMs = Math.min(times.mostBackOffMs, backOffMs * 2)
      }
    }
    await ports.memory.release().catch(() => {})
  }

  const running = run()
  return {
    close: async deadlineMs => {
      stop.abort()
      const deadline = setTimeout(() => breakOff(), deadlineMs)
      await running
      clearTimeout(deadline)
    },
  }
}

/** Logs a fault once, not at every attempt, until the mailbox works again. */
function faultLog(names: { readonly mailbox: string }, { log, metrics }: FetcherPorts) {
  let told: MailboxFaultReason | null = null
  return {
    works: (): void => {
      if (told !== null) log.info(names, 'the mailbox is read again')
      told = null
    },
    failed: (error: unknown): void => {
      const fault = error instanceof MailboxFault ? error : new MailboxFault('database', String(error), error)
      metrics.mailboxFault(fault.reason)
      if (fault.reason !== 'busy') metrics.mailboxWaiting(null)
      if (told !== fault.reason) log.warn({ ...names, reason: fault.reason }, fault.message)
      told = fault.reason
    },
  }
}

/** Takes a mail in. Never rejects. */
async function fateOf(
  mail: FoundMail,
  { receive, log }: FetcherPorts,
  session: string,
): Promise<Exclude<MailFate, 'again'> | 'deferred' | 'failed'> {
  if (mail.bytes === null) return 'aside'
  try {
    const unaddressed = { session, receivedAt: mail.receivedAt, mailFrom: undefined }
    const taken = await receive(unaddressed, { bytes: mail.bytes })
    if (taken.kind === 'refused') return 'aside'
    if (taken.kind === 'deferred') return 'deferred'
    // A person's mail stays in the mailbox, even as an answer to a path of ours.
    return taken.recorded.some(({ event }) => event.kind !== 'ordinary') ? 'recorded' : 'left'
  } catch (error) {
    log.warn(
      { mailbox: session, uid: mail.uid, err: error },
      'a mail could not be recorded; it is tried again',
    )
    return 'failed'
  }
}
