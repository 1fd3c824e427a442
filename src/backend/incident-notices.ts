// What people hear of incidents: lines of the log, metrics, and webhooks.

import type { Metrics } from '../metrics/metrics.ts'
import { dayMs } from '../model/day.ts'
import type { Store } from '../store/database/open.ts'
import type { IncidentRow } from '../store/database/tables.ts'
import { countHeld, listIncidents, markTold, toIncident, untoldIncidents } from '../store/tables/incidents.ts'
import type { Announcer } from './announcer.ts'

export interface NoticeParts {
  /** Tells the receiver of webhooks; null: there is none. */
  readonly announcer: Pick<Announcer, 'tellIncident'> | null
  readonly metrics: Pick<Metrics, 'incidents'>
  readonly log: Record<'warn' | 'error', (details: object, words: string) => void>
}

export interface IncidentNotices {
  readonly opened: (incident: IncidentRow) => void
  readonly ended: (incident: IncidentRow) => Promise<void>
  /** Moves the metrics and reminds of what was forgotten; seldom, unless incidents are open or were. */
  readonly count: (now: number, areOpen: boolean) => Promise<void>
  /** Sends webhooks: at least once, and for a day where the receiver is away. */
  readonly tell: (now: number) => Promise<void>
}

/** After this long, somebody must be reminded. */
const forgottenMs = 14 * dayMs
const everyMs = 30_000
const countOpenEveryMs = 10_000

export function incidentNotices(store: Store, { announcer, metrics, log }: NoticeParts): IncidentNotices {
  let countedAt = Number.NEGATIVE_INFINITY
  let shownOpen = 0
  let warnedAt = Number.NEGATIVE_INFINITY
  let failedAt = Number.NEGATIVE_INFINITY
  const named = ({ id, sign, subject }: IncidentRow) => ({ incident: Number(id), sign, subject })

  return {
    opened: incident =>
      log.error(
        { ...named(incident), records: incident.records },
        'removals are held: bounces tell of a fault on the sending side (rebound incidents)',
      ),
    ended: async incident =>
      log.warn(
        { ...named(incident), held: await countHeld(store, incident) },
        'an incident has ended: decide upon what it holds (rebound incidents)',
      ),
    count: async (now, areOpen) => {
      const waitMs = areOpen || shownOpen > 0 ? countOpenEveryMs : everyMs
      if (now - countedAt < waitMs && areOpen === shownOpen > 0) return
      countedAt = now
      const all = await listIncidents(store, { all: false })
      const holding = all.filter(({ held }) => held > 0)
      const oldest = Math.min(now, ...holding.map(({ openedAt }) => openedAt.getTime()))
      shownOpen = all.filter(({ endedAt }) => endedAt === null).length
      metrics.incidents({
        open: shownOpen,
        held: holding.reduce((sum, { held }) => sum + held, 0),
        oldestSeconds: (now - oldest) / 1000,
      })
      if (now - oldest <= forgottenMs || now - warnedAt <= dayMs) return
      warnedAt = now
      log.error(
        { incidents: holding.map(({ id }) => id) },
        'removals have been held for more than 14 days: decide (rebound incidents)',
      )
    },
    tell: async now => {
      if (announcer === null || now - failedAt < everyMs) return
      for (const row of await untoldIncidents(store, now - dayMs)) {
        const name = row.told === 0 ? 'opened' : 'ended'
        const isTold = await announcer.tellIncident(name, toIncident(row, await countHeld(store, row)))
        // A receiver that is away is asked again later, and nothing else waits for it.
        if (!isTold) failedAt = now
        else await markTold(store, row, row.told + 1)
      }
    },
  }
}
