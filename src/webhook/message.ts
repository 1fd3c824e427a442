// What a webhook says: the event as `GET /v1/bounces` shows it, under a name and an id.

import type { StoredBounce } from '../model/stored-bounce.ts'

/** `bounce.hard`, `bounce.soft`, `reply` for a person's answer, else the kind: `complaint`, `delayed`, `delivered`, … */
export function typeOf({ kind, type }: Pick<StoredBounce, 'kind' | 'type'>): string {
  if (kind === 'ordinary') return 'reply'
  return kind === 'bounce' ? `bounce.${type ?? 'soft'}` : kind
}

/** A name such as `bounce.hard`, and when it happened. */
export interface Said {
  readonly type: string
  readonly timestamp: Date
}

/** Of a stored event. */
export function saidOf(bounce: Pick<StoredBounce, 'kind' | 'type' | 'recordedAt'>): Said {
  return { type: typeOf(bounce), timestamp: bounce.recordedAt }
}

/** The JSON that is sent and signed. @param data the event as HTTP answers it */
export function bodyOf(eventId: string, { type, timestamp }: Said, data: object): string {
  return JSON.stringify({ id: eventId, type, timestamp, data })
}
