// Webhooks of one server: sends, counts and logs the contents of the store's outbox. Does nothing if none are set.

import type { Metrics } from '../metrics/metrics.ts'
import type { Incident } from '../model/incident.ts'
import type { StoredBounce } from '../model/stored-bounce.ts'
import type { Config } from '../settings/config.ts'
import type { Outbox } from '../store/tables/outbox.ts'
import type { Log } from '../system/log.ts'
import { startLoop } from '../system/loop.ts'
import { version } from '../system/version.ts'
import { saidOf } from '../webhook/message.ts'
import type { Attempt } from '../webhook/post.ts'
import { createSend, type WebhookTarget } from '../webhook/send.ts'
import { startSender } from '../webhook/sender.ts'

export interface Announcer {
  /** Tells of an incident now; false: it was not delivered. */
  readonly tellIncident: (name: 'opened' | 'ended', incident: Incident) => Promise<boolean>
  /** The recorder put something into the outbox. */
  readonly wake: () => void
  readonly close: () => Promise<void>
}

/** The event as HTTP answers it. */
type Present = (bounce: StoredBounce) => object

const censusEveryMs = 15_000
/** A receiver that is down fails thousands of times: the log mentions it now and then. */
const warnEveryMs = 60_000

/** Starts sending; null when the settings name no receiver. */
export function openAnnouncer(
  config: Config,
  outbox: Outbox,
  { present, metrics, log }: { readonly present: Present; readonly metrics: Metrics; readonly log: Log },
): Announcer | null {
  const target = targetOf(config)
  if (target === null) return null

  let warnedAt = Number.NEGATIVE_INFINITY
  const warn = (details: object, words: string): void => {
    const level = performance.now() - warnedAt < warnEveryMs ? 'debug' : 'warn'
    if (level === 'warn') warnedAt = performance.now()
    log[level](details, words)
  }
  const sender = startSender(target, {
    take: outbox.claim,
    settle: outbox.settle,
    present,
    onAttempt: ({ eventId, attempts }, attempt) => {
      metrics.webhook(attempt.outcome)
      if (attempt.outcome === 'delivered') log.debug({ event: eventId }, 'webhook delivered')
      else
        warn(
          {
            event: eventId,
            tries: attempts + 1,
            outcome: attempt.outcome,
            // A receiver may echo what it was sent, including addresses, so the log gets only its status.
            ...(attempt.outcome === 'status' ? { status: attempt.status } : { error: attempt.error }),
          },
          'a webhook was not delivered and will be retried (rebound webhooks)',
        )
    },
    onGivenUp: ({ eventId, id }) =>
      log.warn(
        { event: eventId, webhook: id },
        'a webhook failed for a day and was given up (rebound webhooks)',
      ),
    onDatabaseError: error => warn({ err: error }, 'webhooks: the database did not answer'),
  })

  // Incidents are few, and do not wait behind thousands of events.
  const own = createSend(target)
  const stopping = new AbortController()

  const census = startLoop({
    turn: async () => {
      const { waiting, givenUp, oldestAt } = await outbox.census()
      const oldestSeconds = oldestAt === null ? 0 : Math.max(0, (Date.now() - oldestAt.getTime()) / 1000)
      metrics.webhooks({ waiting, givenUp, oldestSeconds })
    },
    firstMs: 0,
    waitMs: () => censusEveryMs,
    onError: error => warn({ err: error }, 'webhooks could not be counted: the gauges show the last count'),
  })

  return {
    wake: sender.wake,
    tellIncident: async (name, incident) => {
      const said = { type: `incident.${name}`, timestamp: incident.endedAt ?? incident.openedAt }
      const eventId = `inc_${incident.id}_${name}`
      const attempt = await own.once({ eventId, ...said, data: incident }, stopping.signal)
      if (attempt.outcome === 'stopped') return false
      metrics.webhook(attempt.outcome)
      return attempt.outcome === 'delivered'
    },
    close: async () => {
      await census.close()
      stopping.abort()
      own.close()
      await sender.close()
    },
  }
}

function targetOf(config: Config): WebhookTarget | null {
  return config.webhookUrl === null
    ? null
    : {
        url: config.webhookUrl,
        secrets: config.webhookSecrets,
        allowInside: config.webhookPrivate === 'allow',
        userAgent: `Rebound/${version}`,
      }
}

/** Sends one event now, outside of the outbox, as it would be sent from there; null when no receiver is set. */
export async function announceOnce(
  config: Config,
  eventId: string,
  bounce: StoredBounce,
  present: Present,
): Promise<Exclude<Attempt, { outcome: 'stopped' }> | null> {
  const target = targetOf(config)
  if (target === null) return null
  const send = createSend(target)
  try {
    const attempt = await send.once(
      { eventId, ...saidOf(bounce), data: present(bounce) },
      new AbortController().signal,
    )
    return attempt.outcome === 'stopped' ? null : attempt
  } finally {
    send.close()
  }
}
