// The row of `rebound_bounces` that keeps an event, its strangers' texts made to fit.

import type { Effects } from '../../crm/effects.ts'
import type { BounceEvent } from '../../model/event.ts'
import { fitAscii, fitInteger, fitText, isKey, lengths } from '../database/columns.ts'

/** `full`; `bare` without any stranger's text; `inert` also without effects: the last resorts of invariant 9. */
export type Detail = 'full' | 'bare' | 'inert'

export type EventValue = string | number | null

/** Values in the order of `eventColumns` (rows.ts). */
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
  const { recipient, report, verdict, link } = event
  const stranger = (text: string | null, length: number): string | null =>
    context.detail === 'full' ? fitText(text, length) : null
  const linked = hasUsableLink(event)
  return [
    event.fingerprint,
    receivedAt(event, context.recordedAt),
    context.recordedAt,
    event.kind,
    effects.type,
    verdict?.category ?? null,
    verdict?.permanent == null ? null : verdict.permanent ? 1 : 0,
    context.detail === 'full' ? fitAscii(recipient.status, lengths.status) : null,
    fitInteger(recipient.replyCode),
    stranger(recipient.diagnostic, lengths.diagnostic),
    fitText(context.address, lengths.address),
    stranger(recipient.address ?? recipient.originalAddress, lengths.address),
    linked && link ? link.send.module : null,
    linked && link ? link.send.recordId : null,
    context.campaignId,
    stranger(link?.send.mailId ?? null, lengths.mailId),
    linked && link ? link.by : null,
    event.concern,
    verdict?.because.rung ?? null,
    fitText(verdict?.because.rule ?? null, lengths.rule),
    stranger(verdict?.because.text ?? null, lengths.decidedText),
    stranger(report.original.subject, lengths.subject),
    stranger(report.original.messageId, lengths.messageId),
    stranger(report.original.envelopeId, lengths.envelopeId),
    stranger(report.reportingMta, lengths.mta),
    stranger(recipient.remoteMta, lengths.mta),
    fitAscii(event.clientIp, lengths.ip),
    context.detail === 'full'
      ? fitText(event.returnPath, lengths.returnPath)
      : fitAscii(event.returnPath, lengths.returnPath),
    effects.effect,
  ]
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
