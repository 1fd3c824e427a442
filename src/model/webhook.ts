// Webhooks on their way: claimed, tried, settled; and what people see and do of those that are stuck.

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

/** `retrying`: failed at least once. `given-up`: failed for a day; nothing more is tried unless somebody asks for it. */
export const webhookStates = ['waiting', 'retrying', 'given-up'] as const

export type WebhookState = (typeof webhookStates)[number]

/** One webhook that is not delivered yet. */
export interface PendingWebhook {
  readonly id: string
  /** Names the event to its receiver: the same whenever and from wherever it is sent. */
  readonly eventId: string
  readonly bounceId: string
  readonly state: WebhookState
  readonly createdAt: Date
  /** When it is tried next; null when it was given up. */
  readonly dueAt: Date | null
  /** How often it failed so far. */
  readonly attempts: number
  readonly lastError: string | null
}

export interface WebhookCensus {
  /** Still to be tried, those that failed before among them; counted up to `most`. */
  readonly waiting: number
  readonly givenUp: number
  readonly most: number
  /** The creation of the oldest that is still to be tried. */
  readonly oldestAt: Date | null
}

/** Those that are not delivered yet. */
export interface Webhooks {
  /** Undelivered rows: those given up, the oldest first; then those due last, which failed most often. */
  readonly list: (limit: number) => Promise<readonly PendingWebhook[]>
  readonly census: () => Promise<WebhookCensus>
  /** Makes those that failed due now, with a whole day of tries; null means all. @returns how many. */
  readonly retry: (id: string | null) => Promise<number>
  /** Deletes those that were given up; null means all. @returns how many. */
  readonly drop: (id: string | null) => Promise<number>
}
