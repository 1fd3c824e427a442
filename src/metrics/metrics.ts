// The metrics of a process: typed functions that move what metric-table.ts lists.
// Labels come from closed sets that we wrote, never from mail: whatever is outside of its set counts as `other`.

import {
  AggregatorRegistry,
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client'
import type { Recorded } from '../model/event.ts'
import type { Kind } from '../model/report.ts'
import type { LinkedBy } from '../model/return-path.ts'
import type { Rung } from '../model/verdict.ts'
import { type MetricRow, table } from './table.ts'

type Name = keyof typeof table

/** The closed sets of labels that other rooms own. */
export interface Vocabulary {
  /** What `providerOf` may answer. */
  readonly providers: readonly string[]
  readonly rejections: readonly string[]
  readonly deferrals: readonly string[]
  readonly databaseErrors: readonly string[]
}

export interface MetricsOptions {
  readonly version: string
  readonly vocabulary: Vocabulary
  /** The provider behind an address. */
  readonly providerOf: (address: string) => string
}

/** One message and what became of it: the part of `intake`'s Seen that is counted. */
export interface SeenMessage {
  readonly judgement: { readonly kind: Kind }
  readonly recorded: readonly Recorded[]
  readonly readSeconds: number
}

/** As HTTP sends it. */
export type Exposition = { readonly contentType: string; readonly body: string }

/** The values of one worker, as plain data that can be sent to another process. */
export type Snapshot = readonly MetricObjectWithValues<MetricValue<string>>[]

/** None of these throws, but the last two when the process is in deep trouble. */
export interface Metrics {
  readonly seen: (message: SeenMessage) => void
  readonly sends: (count: number) => void
  readonly ruleHit: (source: 'own' | 'shipped') => void
  readonly connected: () => void
  /** Only at its end it is known whether a connection used TLS. */
  readonly disconnected: (tls: boolean) => void
  readonly rejected: (reason: string) => void
  readonly deferred: (reason: string) => void
  readonly messageSeconds: (seconds: number) => void
  readonly messageBytes: (bytes: number) => void
  readonly committed: (batch: { readonly events: number; readonly seconds: number }) => void
  readonly databaseUp: (isUp: boolean) => void
  readonly databaseError: (reason: string) => void
  readonly webhook: (outcome: WebhookOutcome) => void
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

const rungs: readonly Rung[] = [
  'override',
  'provider',
  'exact-status',
  'text',
  'vague-status',
  'reply-code',
  'action',
  'fallback',
  'none',
]

const webhookOutcomes = [
  'delivered',
  'status',
  'redirect',
  'timeout',
  'unreachable',
  'refused',
  'broken',
] as const
export type WebhookOutcome = (typeof webhookOutcomes)[number]

/** Makes the metrics of one process, in a registry of their own; series that alerts look at start at 0. */
export function createMetrics({ version, vocabulary, providerOf }: MetricsOptions): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const { counter, gauge, histogram } = makers(registry)

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
  const messageSeconds = histogram('rebound_message_seconds')
  const classifySeconds = histogram('rebound_classify_seconds')
  const commitSeconds = histogram('rebound_commit_seconds')
  const commitEvents = histogram('rebound_commit_events')
  const messageBytes = histogram('rebound_message_bytes')
  const databaseUp = gauge('rebound_database_up')
  const databaseErrors = counter('rebound_database_errors_total')
  const webhooks = counter('rebound_webhooks_total')
  const webhooksWaiting = gauge('rebound_webhooks_waiting')
  const webhooksGivenUp = gauge('rebound_webhooks_given_up')
  const webhooksOldest = gauge('rebound_webhooks_oldest_seconds')
  gauge('rebound_build_info').set({ version, node: process.version }, 1)

  const provider = oneOf(vocabulary.providers)
  const rejection = oneOf(vocabulary.rejections)
  const deferral = oneOf(vocabulary.deferrals)
  const databaseError = oneOf(vocabulary.databaseErrors)

  // A series that begins with its first event shows no increase for it: rate() needs the 0 before.
  for (const type of ['hard', 'soft'])
    for (const name of provider.all) bouncedSends.inc({ type, provider: name }, 0)
  for (const rung of rungs) decided.inc({ rung }, 0)
  for (const source of ['own', 'shipped']) ruleHits.inc({ source }, 0)
  for (const tls of ['true', 'false']) ended.inc({ tls }, 0)
  for (const reason of rejection.all) rejected.inc({ reason }, 0)
  for (const reason of deferral.all) deferred.inc({ reason }, 0)
  for (const outcome of webhookOutcomes) webhooks.inc({ outcome }, 0)
  for (const reason of databaseError.all) databaseErrors.inc({ reason }, 0)

  return {
    seen: ({ judgement, recorded, readSeconds }) => {
      messages.inc({ kind: judgement.kind, linked_by: linkedBy(recorded) })
      classifySeconds.observe(readSeconds)
      for (const { event, isNew, address, movedTo } of recorded) {
        if (!isNew) continue
        const behind = address === null ? other : provider.fold(providerOf(address))
        if (movedTo !== null) bouncedSends.inc({ type: movedTo, provider: behind })
        if (event.kind !== 'bounce' || event.verdict === null) continue
        const { type, category, because } = event.verdict
        bounces.inc({ type, category, provider: behind })
        decided.inc({ rung: because.rung })
      }
    },
    sends: count => sends.inc(count),
    ruleHit: source => ruleHits.inc({ source }),
    connected: () => connections.inc(),
    disconnected: tls => {
      connections.dec()
      ended.inc({ tls: String(tls) })
    },
    rejected: reason => rejected.inc({ reason: rejection.fold(reason) }),
    deferred: reason => deferred.inc({ reason: deferral.fold(reason) }),
    messageSeconds: seconds => messageSeconds.observe(seconds),
    messageBytes: bytes => messageBytes.observe(bytes),
    committed: ({ events, seconds }) => {
      commitEvents.observe(events)
      commitSeconds.observe(seconds)
    },
    databaseUp: isUp => databaseUp.set(isUp ? 1 : 0),
    databaseError: reason => databaseErrors.inc({ reason: databaseError.fold(reason) }),
    webhook: outcome => webhooks.inc({ outcome }),
    webhooks: ({ waiting, givenUp, oldestSeconds }) => {
      webhooksWaiting.set(waiting)
      webhooksGivenUp.set(givenUp)
      webhooksOldest.set(oldestSeconds)
    },
    text: () => expose(registry),
    snapshot: () => registry.getMetricsAsJSON(),
  }
}

/** The metrics of several workers as if they were one process. */
export function mergeMetrics(snapshots: readonly Snapshot[]): Promise<Exposition> {
  return expose(AggregatorRegistry.aggregate(snapshots.map(snapshot => [...snapshot])))
}

async function expose(registry: Registry): Promise<Exposition> {
  return { contentType: registry.contentType, body: await registry.metrics() }
}

/** The link of the first event that has one: a message with several return paths is still one message. */
function linkedBy(recorded: readonly Recorded[]): LinkedBy | 'none' {
  for (const { event } of recorded) if (event.link !== null) return event.link.by
  return 'none'
}

const other = 'other'

/** Holds a label to its set. */
function oneOf(words: readonly string[]): {
  readonly all: ReadonlySet<string>
  readonly fold: (word: string) => string
} {
  const all = new Set([...words, other])
  return { all, fold: word => (all.has(word) ? word : other) }
}

/** Makes metrics after their rows in the table. */
function makers(registry: Registry) {
  const options = (name: Name) => {
    const { help, labels, buckets, aggregator }: MetricRow = table[name]
    return {
      name,
      help,
      registers: [registry],
      ...(labels ? { labelNames: [...labels] } : {}),
      ...(buckets ? { buckets: [...buckets] } : {}),
      ...(aggregator ? { aggregator } : {}),
    }
  }
  return {
    counter: (name: NameOf<'counter'>) => new Counter(options(name)),
    gauge: (name: NameOf<'gauge'>) => new Gauge(options(name)),
    histogram: (name: NameOf<'histogram'>) => new Histogram(options(name)),
  }
}

type NameOf<MetricKind extends MetricRow['kind']> = {
  [N in Name]: (typeof table)[N]['kind'] extends MetricKind ? N : never
}[Name]
