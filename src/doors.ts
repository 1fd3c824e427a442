// The doors that mail comes in by, SMTP, LMTP and a mailbox: each leads to the same stages, so that a mail that comes by two is one event.

import { addressing } from './backend/addressing.ts'
import type { DatabaseHealth } from './backend/health.ts'
import { linkedEvents } from './backend/linking.ts'
import { mailboxOptions } from './backend/mailbox.ts'
import type { Base } from './backend/open.ts'
import { replyKeeper } from './backend/person-replies.ts'
import { roleMailbox } from './backend/postmaster.ts'
import { smtpLimits } from './backend/smtp-limits.ts'
import { createIntake, type Steps } from './intake.ts'
import { type Fetcher, fetcherTimes, startFetcher } from './mailbox/fetcher.ts'
import { createMemoryBudget } from './message/memory-budget.ts'
import type { Metrics } from './metrics/metrics.ts'
import { dayMs } from './model/day.ts'
import type { MemoryBudget } from './model/mail-memory.ts'
import { isWithin, networkKey } from './model/network.ts'
import type { ReadBytes } from './model/read-mail.ts'
import type { Rulebook } from './rules/rulebook.ts'
import type { Config } from './settings/config.ts'
import { DayQuota } from './smtp/day-quota.ts'
import { createListener } from './smtp/listener.ts'
import type { FoundPath, Listener, ListenerOptions, SmtpPorts } from './smtp/ports.ts'
import type { Recorder } from './store/recording/recorder.ts'
import { createMailboxMemory } from './store/tables/mailboxes.ts'
import type { Log } from './system/log.ts'

/** Where a door is: of a Unix socket, its path and port 0. */
export interface DoorAddress {
  readonly host: string
  readonly port: number
}

export interface DoorAddresses {
  readonly smtp: DoorAddress
  /** Where LMTP is set. */
  readonly lmtp?: DoorAddress
}

export interface Doors {
  /** Opens every door; rejects with the error of the first that cannot be opened. */
  readonly start: () => Promise<DoorAddresses>
  /** Looks at the certificate files now. */
  readonly reloadTls: () => Promise<void>
  /** Takes no new mail, and resolves when what was on its way is answered, at the latest after so many milliseconds. */
  readonly drain: (deadlineMs: number) => Promise<void>
}

export interface DoorParts {
  /** A descriptor that listens for SMTP already, instead of host and port. */
  readonly smtpSocket: number | null
  readonly base: Base
  readonly book: Rulebook
  readonly read: ReadBytes
  readonly recorder: Recorder
  readonly health: DatabaseHealth
  readonly metrics: Metrics
  readonly log: Log
  /** Told of what fails behind a commit, which fails no mail. */
  readonly onObserveError: (error: unknown) => void
}

/** Nothing is opened before `start`. */
export function openDoors(config: Config, parts: DoorParts): Doors {
  const siteOf = (ip: string) => (isWithin(ip, config.trustedNetworks) ? null : networkKey(ip))
  const memory = createMemoryBudget(config.maxKeptBytes, siteOf)
  const isTrusted = (ip: string): boolean => isWithin(ip, config.trustedNetworks)
  const receive = createIntake(stepsOf(config, parts, memory, isTrusted))
  const certain = (path: FoundPath): FoundPath => {
    if (path.kind === 'expired' && parts.health.doubtsClock())
      throw new Error('A path looks expired, and nothing has confirmed the clock for a day')
    return path
  }
  const ports: SmtpPorts = {
    readAddress: address => {
      // On a wrong clock a good return path looks expired: rather later than lost (451).
      const clockFault = parts.health.clockFault()
      if (clockFault !== null) throw new Error(`The clocks disagree: ${clockFault}`)
      const found = parts.base.readAddress(address)
      return found instanceof Promise ? found.then(certain) : certain(found)
    },
    receive,
    roleMail: roleMailbox(parts.base.store, config, isTrusted),
    memory,
    log: parts.log,
    metrics: parts.metrics,
  }
  const shared = {
    hostName: config.hostname,
    limits: smtpLimits(config),
    trusted: config.trustedNetworks,
  }
  const smtp = createListener(
    {
      ...shared,
      host: config.smtpHost,
      port: config.smtpPort,
      fd: parts.smtpSocket ?? undefined,
      tls: certificateFiles(config),
      ...(config.tlsCiphers === 'default' ? {} : { tlsCiphers: config.tlsCiphers }),
    },
    ports,
  )
  // Who may write to its socket is trusted, as its listener does (listener.ts).
  const anyone = (): boolean => true
  const lmtp = lmtpListener(config, shared, {
    ...ports,
    ...(config.lmtpSocket === null
      ? {}
      : {
          receive: createIntake(stepsOf(config, parts, memory, anyone)),
          roleMail: roleMailbox(parts.base.store, config, anyone),
        }),
  })
  const mailbox = mailboxOptions(config)
  let fetcher: Fetcher | null = null
  return {
    start: async () => {
      const at = { smtp: await smtp.start(), ...(lmtp === null ? {} : { lmtp: await lmtp.start() }) }
      if (mailbox !== null)
        fetcher = startFetcher(
          mailbox,
          {
            receive,
            memory: createMailboxMemory(parts.base.store, mailbox),
            log: parts.log,
            metrics: parts.metrics,
          },
          { ...fetcherTimes, pollMs: config.mailboxSeconds * 1000 },
        )
      return at
    },
    reloadTls: smtp.reloadTls,
    drain: async deadlineMs => {
      await Promise.all([smtp.drain(deadlineMs), lmtp?.drain(deadlineMs), fetcher?.close(deadlineMs)])
    },
  }
}

/** Null where it is not set. */
function lmtpListener(
  { lmtpHost, lmtpPort, lmtpSocket }: Config,
  shared: Omit<ListenerOptions, 'host' | 'port' | 'tls'>,
  ports: SmtpPorts,
): Listener | null {
  if (lmtpPort === null && lmtpSocket === null) return null
  const where = lmtpSocket === null ? {} : { path: lmtpSocket }
  return createListener(
    { ...shared, ...where, protocol: 'lmtp', host: lmtpHost, port: lmtpPort ?? 0, tls: null },
    // The certificate is that of SMTP.
    { ...ports, metrics: { ...ports.metrics, certificate: () => {} } },
  )
}

/** Mail of a mailbox comes from no client: who filled it is its server's to limit. */
const isMailbox = (ip: string): boolean => ip === ''

/** The stages that a mail goes through, whichever door it comes by. */
function stepsOf(
  config: Config,
  { base, book, read, recorder, metrics, onObserveError }: DoorParts,
  memory: MemoryBudget,
  isTrusted: (ip: string) => boolean,
): Steps {
  const isExempt = (ip: string): boolean => isMailbox(ip) || isTrusted(ip)
  const replies = new DayQuota(config.repliesPerDay, isExempt)
  return {
    openMemory: memory.open,
    read,
    address: addressing(base),
    events: linkedEvents(base, config),
    unproven: new DayQuota(config.unprovenPerDay, isExempt),
    record: recorder.record,
    keepReply: replyKeeper(base.store, config, ip => replies.take(ip, new Date())),
    observe: seen => {
      const isNews = Date.now() - seen.envelope.receivedAt.getTime() < dayMs
      if (isNews) metrics.seen(seen)
      else for (const { isNew, event } of seen.recorded) if (isNew) metrics.imported(event.kind)
      for (const { isNew, event } of seen.recorded) {
        const source = isNew && event.verdict ? book.sourceOf(event.verdict.because.rule) : null
        if (source !== null) metrics.ruleHit(source)
      }
      book.keep(seen.report, seen.recorded, seen.envelope.receivedAt)
    },
    onObserveError,
  }
}

/** Null where STARTTLS is not to be offered. */
export const certificateFiles = ({ tlsCert, tlsKey }: Partial<Config>) =>
  tlsCert && tlsKey ? { certFile: tlsCert, keyFile: tlsKey } : null
