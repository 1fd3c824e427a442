// Rows of `rebound_outbox`.

import type { PendingWebhook, WebhookState } from '../../model/webhook.ts'
import type { OutboxRow } from '../database/tables.ts'

export const errorLength = 500

/** Ids are numbers from 1 up; any other text finds nothing. */
export const numberOf = (id: string): number => (/^\d{1,15}$/.test(id) ? Number(id) : 0)

/** The same report is the same event, in a database made anew too: a row's number would not be. */
export const eventIdOf = (fingerprint: string): string => `evt_${fingerprint}`

function stateOf({ due_at, attempts }: OutboxRow): WebhookState {
  if (due_at === null) return 'given-up'
  return attempts > 0 ? 'retrying' : 'waiting'
}

export function toPending(row: OutboxRow, fingerprint: string): PendingWebhook {
  return {
    id: String(row.id),
    eventId: eventIdOf(fingerprint),
    bounceId: String(row.event_id),
    state: stateOf(row),
    createdAt: new Date(Number(row.created_at)),
    dueAt: row.due_at === null ? null : new Date(Number(row.due_at)),
    attempts: row.attempts,
    lastError: row.last_error,
  }
}
