// What the database holds that waits for somebody: webhooks, incidents, mail to postmaster.

import type { WebhookResult } from '../model/webhook.ts'
import type { Instruments } from './instruments.ts'

export interface WaitingMetrics {
  readonly webhook: (outcome: WebhookResult) => void
  /** Ages in seconds; 0 when nothing waits. */
  readonly webhooks: (state: {
    readonly waiting: number
    readonly givenUp: number
    readonly oldestSeconds: number
  }) => void
  readonly incidents: (state: {
    readonly open: number
    readonly held: number
    readonly oldestSeconds: number
  }) => void
  readonly postmaster: (kept: { readonly new: number; readonly seen: number; readonly limit: number }) => void
}

export function waitingMetrics({ counter, gauge }: Instruments): WaitingMetrics {
  const webhooks = counter('rebound_webhooks_total')
  const webhooksWaiting = gauge('rebound_webhooks_waiting')
  const webhooksGivenUp = gauge('rebound_webhooks_given_up')
  const webhooksOldest = gauge('rebound_webhooks_oldest_seconds')
  const incidentsOpen = gauge('rebound_incidents_open')
  const incidentsHeld = gauge('rebound_incidents_held_events')
  const incidentsOldest = gauge('rebound_incidents_oldest_seconds')
  const postmaster = gauge('rebound_postmaster_messages')
  const postmasterLimit = gauge('rebound_postmaster_limit_messages')
  return {
    webhook: outcome => webhooks({ outcome }),
    webhooks: ({ waiting, givenUp, oldestSeconds }) => {
      webhooksWaiting.set({}, waiting)
      webhooksGivenUp.set({}, givenUp)
      webhooksOldest.set({}, oldestSeconds)
    },
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
  }
}
