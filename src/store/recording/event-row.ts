// The row of `rebound_bounces` that keeps an event, its strangers' texts made to fit.

import type { Effects } from '../../crm/effects.ts'
import type { BounceEvent } from '../../model/event.ts'
import { type BounceColumn, bounceFields, type EventEntry } from '../../model/stored-bounce.ts'
import { fitAscii, fitInteger, fitText, isKey } from '../database/columns.ts'

/** `full`; `bare` without any stranger's text; `inert` also without effects: the last resorts of invariant 9. */
export type Detail = 'full' | 'bare' | 'inert'

export type EventValue = string | number | null

/** What is known of an event when it is stored. */
const written = bounceFields.flatMap(([, column]) => (column.value === null ? [] : [column]))

/** The columns of an insert; `eventRow` gives the values in their order. */
export const insertedColumns: readonly string[] = ['fingerprint', ...written.map(({ name }) => name)]

export function eventRow(
  event: BounceEvent,
  effects: Effects,
  context: {
    readonly recordedAt: number
    readonly campaignId: string | null
    /** The address at that time. */
    readonly address: string | null
    readonly detail: Detail
  },
): readonly EventValue[] {
  const entry: EventEntry = {
    event,
    link: hasUsableLink(event) ? event.link : null,
    receivedAt: new Date(receivedAt(event, context.recordedAt)),
    recordedAt: new Date(context.recordedAt),
    campaignId: context.campaignId,
    address: context.address,
    type: effects.type,
    effect: effects.effect,
    promotedBy: effects.promotedBy ?? null,
    incidentId: effects.incidentId ?? null,
  }
  return [event.fingerprint, ...written.map(column => fitted(column, column.value?.(entry), context.detail))]
}

/** A value as its column takes it, whatever a stranger wrote. */
function fitted(
  { length, author, kind, nullable }: BounceColumn,
  value: unknown,
  detail: Detail,
): EventValue {
  if (value instanceof Date) return value.getTime()
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'number') return fitInteger(value)
  if (typeof value !== 'string') return null
  if (length === null) return value
  const isLeftOut = author === 'stranger' && detail !== 'full'
  if (isLeftOut && nullable) return null
  return isLeftOut || kind === 'ascii' ? fitAscii(value, length) : fitText(value, length)
}

/** Epoch milliseconds; the time of recording where the event has none that a database takes. */
export function receivedAt(event: BounceEvent, recordedAt: number): number {
  const at = event.receivedAt.getTime()
  return Number.isFinite(at) && at >= 0 ? at : recordedAt
}

/** A link whose ids can be keys as they stand: an id is never cut, it would name somebody else. */
export function hasUsableLink(event: BounceEvent): boolean {
  return event.link !== null && isKey(event.link.send.module) && isKey(event.link.send.recordId)
}
