// What becomes a webhook, and how it gets into the outbox.

import { canaryModule } from '../../model/canary.ts'
import type { BounceEvent } from '../../model/event.ts'
import type { RowWrite } from '../database/row-write.ts'
import { hasUsableLink } from './event-row.ts'

/**
 * What is told: whatever says something of a record, and what a person answers to a path that we signed. Blocks of
 * others in a report do not, nor does what a program wrote that no reader knows.
 */
export function isAnnounced(event: BounceEvent): boolean {
  const isAnswer = event.link?.proven === true && !event.report.nullSender
  const isAbout = event.concern !== 'other' && hasUsableLink(event)
  return (event.kind !== 'ordinary' || isAnswer) && isAbout && event.link?.send.module !== canaryModule
}

/** New events for the outbox, to be written in the transaction that stores them. */
export function outboxRows<Id>(eventIds: readonly Id[], at: number): RowWrite<Id | number> {
  return {
    table: 'rebound_outbox',
    columns: ['event_id', 'created_at', 'due_at'],
    rows: eventIds.map(id => [id, at, at]),
    key: null,
  }
}
