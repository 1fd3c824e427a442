// What one try to deliver a webhook came to.

/**
 * `status`: an answer that is neither 2xx nor 3xx. `refused`: it would have gone where webhooks must not go. `broken`:
 * there was nothing to send, for a fault of ours.
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
