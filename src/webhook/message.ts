// What a webhook says: the event as `GET /v1/bounces` shows it, under a name and an id.

import type { StoredBounce } from '../model/stored-bounce.ts'

/** `bounce.hard`, `bounce.soft`, else the kind: `complaint`, `delayed`, `delivered`, `auto-reply`, `receipt`. */
export function typeOf({ kind, type }: Pick<StoredBounce, 'kind' | 'type'>): string {
  return kind === 'bounce' ? `bounce.${type ?? 'soft'}` : kind
}

/** The JSON that is sent and signed. @param data the event as HTTP answers it */
export function bodyOf(eventId: string, bounce: StoredBounce, data: object): string {
  return JSON.stringify({ id: eventId, type: typeOf(bounce), timestamp: bounce.recordedAt, data })
}
