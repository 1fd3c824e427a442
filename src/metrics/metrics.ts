// The metrics of a process: typed functions that move what table.ts lists.
// Labels come from closed sets that we wrote, never from mail: a value outside its set counts as `other`.

import { canaryModule } from '../model/canary.ts'
import type { CountedEffect, Recorded } from '../model/event.ts'
import type { MailboxFaultReason, MailFate } from '../model/mailbox.ts'
import type { ReaderEnd } from '../model/read-mail.ts'
import type { Kind } from '../model/report.ts'
import type { LinkedBy } from '../model/return-path.ts'
import type { RuleSource } from '../model/rule.ts'
import type { KeyExchange, TlsFailure } from '../model/tls.ts'
import type { WebhookResult } from '../model/webhook.ts'
import { createInstruments, type Exposition, guard, other } from './instruments.ts'
import { statusClasses, type Vocabulary } from './table.ts'

export interface MetricsOptions {
  readonly version: string
  readonly vocabulary: Vocabulary
  /** The provider behind an address. */
  readonly providerOf: (address: string) => string
  /** Told when something could not be counted; nothing else comes of it. */
  readonly onError: (error: unknown) => void
}

/** Sends to one provider; to `other` where it is not known. */
export interface SendCount {
  readonly provider: string
  readonly count: number
}

/** One message and what became of it: the part of it that is counted. */
export interface SeenMessage {
  readonly judgement: { readonly kind: Kind }
  readonly recorded: readonly Recorded[]
  readonly readSeconds: number
}

/** None of these throws, but the last two when the process is in deep trouble: what is recorded stays recorded. */
export interface Metrics {
  readonly seen: (message: SeenMessage) => void
  /** Sends to these addresses, or `count` of them whose addresses nobody told. */
  readonly sends: (to: readonly string[] | SendCount) => void
  readonly mailboxMail: (fate: MailFate) => void
  readonly mailboxFault: (reason: MailboxFaultReason) => void
  /** Null: the mailbox cannot be read. */
  readonly mailboxWaiting: (count: number | null) => void
  /** New events of mail that is no news: an archive's, or what waited long in a mailbox. */
  readonly imported: (kind: Kind, count?: number) => void
  /** Events taken back. */
  readonly undone: (count: number) => void
  /** What a removal did to the other records that had the address: effects, and no bounces. */
  readonly shared: (recorded: readonly Pick<Recorded, 'event' | 'effect'>[]) => void
  readonly ruleHit: (source: RuleSource) => void
  readonly connected: () => void
  /** Called at the end of a connection, because only then is it known whether it used TLS. */
  readonly disconnected: (tls: boolean) => void
  readonly rejected: (reason: string) => void
  readonly deferred: (reason: string) => void
  readonly messageSeconds: (seconds: number) => void
  readonly messageBytes: (bytes: number) => void
  readonly tls: (keyExchange: KeyExchange) => void
  readonly tlsFailed: (reason: TlsFailure) => void
  readonly committed: (batch: { readonly events: number; readonly seconds: number }) => void
  readonly databaseUp: (isUp: boolean) => void
  readonly databaseError: (reason: string) => void
  readonly stripped: (detail: 'bare' | 'inert') => void
  /** The thread that reads mail ended and is replaced. */
  readonly readerEnded: (reason: ReaderEnd) => void
  /** A mail was recorded without having been read. */
  readonly unread: () => void
  readonly webhook: (outcome: WebhookResult) => void
  /** Ages in seconds; 0 when nothing waits. */
  readonly webhooks: (state: {
    readonly waiting: number
    readonly givenUp: number
    readonly oldestSeconds: number
  }) => void
  readonly answered: (answer: HttpAnswer) => void
  /** Null: there is no certificate. */
  readonly certificate: (expires: Date | null) => void
  readonly incidents: (state: {
    readonly open: number
    readonly held: number
    readonly oldestSeconds: number
  }) => void
  readonly postmaster: (kept: { readonly new: number; readonly seen: number; readonly limit: number }) => void
  /** Looks at what nobody tells, whenever the metrics are asked for. */
  readonly watch: (now: () => Watched) => void
  /** In the Prometheus text format, Node's own metrics included. */
  readonly text: () => Promise<Exposition>
}

/** One HTTP request that was answered. */
export interface HttpAnswer {
  readonly area: string
  readonly status: number
  readonly seconds: number
}

/** What is true at the moment of a scrape. */
export interface Watched {
  /** Messages that wait for their commit. */
  readonly queue: number
  readonly clocksDisagree: boolean
}

/** Makes the metrics of one process, in a registry of their own; series of closed sets start at 0. */
export function createMetrics({ version, vocabulary, providerOf, onError }: MetricsOptions): Metrics {
  const { counter, gauge, histogram, text } = createInstruments(vocabulary, onError)

  const bounces = counter('rebound_bounces_total')
  const bouncedSends = counter('rebound_bounced_sends_total')
  const sends = counter('rebound_sends_total')
  const effects = counter('rebound_effects_total')
  const duplicates = counter('rebound_duplicates_total')
  const mailboxMails = counter('rebound_mailbox_mails_total')
  const mailboxFaults = counter('rebound_mailbox_faults_total')
  const mailboxDown = gauge('rebound_mailbox_down')
  const mailboxWaiting = gauge('rebound_mailbox_waiting')
  const imported = counter('rebound_imported_total')
  const messages = counter('rebound_messages_total')
  const decided = counter('rebound_decided_total')
  const ruleHits = counter('rebound_rule_hits_total')
  const rejected = counter('rebound_rejected_total')
  const deferred = counter('rebound_deferred_total')
  const connections = gauge('rebound_connections')
  const ended = counter('rebound_connections_total')
  const handshakes = counter('rebound_tls_handshakes_total')
  const handshakeFailures = counter('rebound_tls_failures_total')
  const classifySeconds = histogram('rebound_classify_seconds')
  const commitSeconds = histogram('rebound_commit_seconds')
  const commitEvents = histogram('rebound_commit_events')
  const lastCommit = gauge('rebound_last_commit_timestamp_seconds')
  const queue = gauge('rebound_recorder_queue')
  const requests = counter('rebound_http_requests_total')
  const httpSeconds = histogram('rebound_http_seconds')
  const certificate = gauge('rebound_certificate_expires_timestamp_seconds')
  const incidentsOpen = gauge('rebound_incidents_open')
  const incidentsHeld = gauge('rebound_incidents_held_events')
  const incidentsOldest = gauge('rebound_incidents_oldest_seconds')
  const canarySeconds = gauge('rebound_canary_seconds')
  const canaryAt = gauge('rebound_canary_timestamp_seconds')
  const postmaster = gauge('rebound_postmaster_messages')
  const postmasterLimit = gauge('rebound_postmaster_limit_messages')
  const clocks = gauge('rebound_clocks_disagree')
  const databaseUp = gauge('rebound_database_up')
  const databaseErrors = counter('rebound_database_errors_total')
  const stripped = counter('rebound_stripped_total')
  const readerEnds = counter('rebound_reader_ends_total')
  const unread = counter('rebound_unread_total')
  const webhooks = counter('rebound_webhooks_total')
  const webhooksWaiting = gauge('rebound_webhooks_waiting')
  const webhooksGivenUp = gauge('rebound_webhooks_given_up')
  const webhooksOldest = gauge('rebound_webhooks_oldest_seconds')
  const watched: (() => Watched)[] = []
  const look = guard(onError)(() => {
    for (const now of watched) {
      const { queue: waiting, clocksDisagree } = now()
      queue.set({}, waiting)
      clocks.set({}, clocksDisagree ? 1 : 0)
    }
  })
  gauge('rebound_build_info').set({ version, node: process.version }, 1)

  return {
    seen: guard(onError)(({ judgement, recorded, readSeconds }: SeenMessage) => {
      const issuedAt = canaryIssuedAt(recorded)
      if (issuedAt !== null) {
        canarySeconds.set({}, (Date.now() - issuedAt.getTime()) / 1000)
        canaryAt.set({}, Date.now() / 1000)
        return
      }
      messages({ kind: judgement.kind, linked_by: linkedBy(recorded) })
      classifySeconds(readSeconds)
      for (const { event, isNew, address, movedTo, effect } of recorded) {
        if (!isNew) {
          duplicates({})
          continue
        }
        const provider = address === null ? other : providerOf(address)
        if (movedTo !== null) bouncedSends({ type: movedTo, provider })
        if (event.kind === 'bounce' || effect !== 'none')
          effects({ effect: countedEffect(event.verdict?.type, effect) })
        if (event.kind !== 'bounce' || event.verdict === null) continue
        const { type, category, because } = event.verdict
        bounces({ type, category, provider })
        decided({ rung: because.rung })
      }
    }),
    sends: guard(onError)((to: readonly string[] | SendCount) => {
      if ('provider' in to) return sends({ provider: to.provider }, to.count)
      for (const address of to) sends({ provider: providerOf(address) })
    }),
    mailboxMail: fate => mailboxMails({ fate }),
    mailboxFault: reason => mailboxFaults({ reason }),
    mailboxWaiting: count => {
      mailboxDown.set({}, count === null ? 1 : 0)
      if (count !== null) mailboxWaiting.set({}, count)
    },
    imported: (kind, count = 1) => imported({ kind }, count),
    undone: count => effects({ effect: 'undone' }, count),
    shared: recorded => {
      for (const { event, effect } of recorded)
        effects({ effect: countedEffect(event.verdict?.type, effect) })
    },
    ruleHit: source => ruleHits({ source }),
    connected: () => connections.add({}, 1),
    disconnected: tls => {
      connections.add({}, -1)
      ended({ tls: tls ? 'true' : 'false' })
    },
    rejected: reason => rejected({ reason }),
    deferred: reason => deferred({ reason }),
    messageSeconds: histogram('rebound_message_seconds'),
    messageBytes: histogram('rebound_message_bytes'),
    tls: exchange => handshakes({ key_exchange: exchange }),
    tlsFailed: reason => handshakeFailures({ reason }),
    committed: ({ events, seconds }) => {
      commitEvents(events)
      commitSeconds(seconds)
      lastCommit.set({}, Date.now() / 1000)
    },
    answered: ({ area, status, seconds }) => {
      requests({ area, status: classOf(status) })
      httpSeconds(seconds, { area })
    },
    certificate: expires => certificate.set({}, expires === null ? 0 : expires.getTime() / 1000),
    incidents: ({ open, held, oldestSeconds }) => {
      incidentsOpen.set({}, open)
      incidentsHeld.set({}, held)
      incidentsOldest.set({}, oldestSeconds)
    },
    postmaster: kept => {
      postmaster.set({ state: 'new' }, kept.new)
      postmaster.set({ state: 'seen' }, kept.seen)
      postmasterLimit.set({}, kept.limit)
    },
    watch: now => {
      watched.push(now)
    },
    databaseUp: isUp => databaseUp.set({}, isUp ? 1 : 0),
    databaseError: reason => databaseErrors({ reason }),
    stripped: detail => stripped({ detail }),
    readerEnded: reason => readerEnds({ reason }),
    unread: () => unread({}),
    webhook: outcome => webhooks({ outcome }),
    webhooks: ({ waiting, givenUp, oldestSeconds }) => {
      webhooksWaiting.set({}, waiting)
      webhooksGivenUp.set({}, givenUp)
      webhooksOldest.set({}, oldestSeconds)
    },
    text: () => {
      look()
      return text()
    },
  }
}

/** Only a promotion removes an address for a soft bounce. */
function countedEffect(type: string | undefined, effect: Recorded['effect']): CountedEffect {
  return effect === 'removed' && type === 'soft' ? 'promoted' : effect
}

const classOf = (status: number): (typeof statusClasses)[number] =>
  statusClasses[Math.floor(status / 100) - 2] ?? '5xx'

/** When the return path of a canary was made; null for every other message. */
function canaryIssuedAt(recorded: readonly Recorded[]): Date | null {
  const link = recorded[0]?.event.link
  return link?.send.module === canaryModule ? link.issuedAt : null
}

/** The link of the first event that has one: a message with several return paths is still one message. */
function linkedBy(recorded: readonly Recorded[]): LinkedBy | 'none' {
  for (const { event } of recorded) if (event.link !== null) return event.link.by
  return 'none'
}
