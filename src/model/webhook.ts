// Webhooks on their way: claimed, tried, settled.

import type { StoredBounce } from './stored-bounce.ts'

/**
 * What one try came to. `status`: an answer that is neither 2xx nor 3xx. `refused`: it would have gone where webhooks
 * must not go. `broken`: there was nothing to send, for a fault of ours.
 */
export const webhookResults = [
  'delivered',
  'status',
  'redirect',
  'timeout',
  'unreachable',
  'refused',
  'broken',
] as const

export type WebhookResult = (typeof webhookResults)[number]

/** A webhook claimed for sending, nobody else's until its lease ends. */
export interface ClaimedWebhook {
  readonly id: string
  readonly eventId: string
  readonly lease: string
  readonly attempts: number
  readonly bounce: StoredBounce
}

/** What became of a claimed one. `released`: not tried to its end, due again at once. */
export type WebhookOutcome =
  | { readonly kind: 'delivered' | 'released' }
  /** `againInMs` null gives it up. */
  | { readonly kind: 'failed'; readonly error: string; readonly againInMs: number | null }

export interface SettledWebhook {
  readonly webhook: ClaimedWebhook
  readonly outcome: WebhookOutcome
}
