// The metrics of a process: typed functions that move what table.ts lists.
// Labels come from closed sets that we wrote, never from mail: a value outside its set counts as `other`.

import type { Recorded } from '../model/event.ts'
import type { Kind } from '../model/report.ts'
import type { LinkedBy } from '../model/return-path.ts'
import type { RuleSource } from '../model/rule.ts'
import type { KeyExchange, TlsFailure } from '../model/tls.ts'
import type { WebhookResult } from '../model/webhook.ts'
import { createInstruments, type Exposition, guard, other, type Snapshot } from './instruments.ts'
import type { Vocabulary } from './table.ts'

export interface MetricsOptions {
  readonly version: string
  readonly vocabulary: Vocabulary
  /** The provider behind an address. */
  readonly providerOf: (address: string) => string
  /** Told when something could not be counted; nothing else comes of it. */
  readonly onError: (error: unknown) => void
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
  readonly sends: (count: number) => void
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
  readonly webhook: (outcome: WebhookResult) => void
  /** Ages in seconds; 0 when nothing waits. */
  readonly webhooks: (state: {
    readonly waiting: number
    readonly givenUp: number
    readonly oldestSeconds: number
  }) => void
  /** In the Prometheus text format, Node's own metrics included. */
  readonly text: () => Promise<Exposition>
  readonly snapshot: () => Promise<Snapshot>
}

/** Makes the metrics of one process, in a registry of their own; series of closed sets start at 0. */
export function createMetrics({ version, vocabulary, providerOf, onError }: MetricsOptions): Metrics {
  const { counter, gauge, histogram, text, snapshot } = createInstruments(vocabulary, onError)

  const bounces = counter('rebound_bounces_total')
  const bouncedSends = counter('rebound_bounced_sends_total')
  const sends = counter('rebound_sends_total')
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
  const databaseUp = gauge('rebound_database_up')
  const databaseErrors = counter('rebound_database_errors_total')
  const stripped = counter('rebound_stripped_total')
  const webhooks = counter('rebound_webhooks_total')
  const webhooksWaiting = gauge('rebound_webhooks_waiting')
  const webhooksGivenUp = gauge('rebound_webhooks_given_up')
  const webhooksOldest = gauge('rebound_webhooks_oldest_seconds')
  gauge('rebound_build_info').set({ version, node: process.version }, 1)

  return {
    seen: guard(onError)(({ judgement, recorded, readSeconds }: SeenMessage) => {
      messages({ kind: judgement.kind, linked_by: linkedBy(recorded) })
      classifySeconds(readSeconds)
      for (const { event, isNew, address, movedTo } of recorded) {
        if (!isNew) continue
        const provider = address === null ? other : providerOf(address)
        if (movedTo !== null) bouncedSends({ type: movedTo, provider })
        if (event.kind !== 'bounce' || event.verdict === null) continue
        const { type, category, because } = event.verdict
        bounces({ type, category, provider })
        decided({ rung: because.rung })
      }
    }),
    sends: count => sends({}, count),
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
    },
    databaseUp: isUp => databaseUp.set({}, isUp ? 1 : 0),
    databaseError: reason => databaseErrors({ reason }),
    stripped: detail => stripped({ detail }),
    webhook: outcome => webhooks({ outcome }),
    webhooks: ({ waiting, givenUp, oldestSeconds }) => {
      webhooksWaiting.set({}, waiting)
      webhooksGivenUp.set({}, givenUp)
      webhooksOldest.set({}, oldestSeconds)
    },
    text,
    snapshot,
  }
}

/** The link of the first event that has one: a message with several return paths is still one message. */
function linkedBy(recorded: readonly Recorded[]): LinkedBy | 'none' {
  for (const { event } of recorded) if (event.link !== null) return event.link.by
  return 'none'
}
