// What the server holds after a message, against what a correct reader must answer. Pure.

import type { CampaignSeen, EventSeen, RecordSeen } from './api.ts'
import type { Composed, Expected } from './compose.ts'
import { effects } from './scenarios.ts'
import type { Sent } from './send.ts'

export interface ActualState {
  readonly sent: Sent
  readonly record: RecordSeen | null
  readonly history: readonly EventSeen[]
}

const shown = (value: unknown): string => (value === null || value === undefined ? 'none' : String(value))

const differs = (what: string, wanted: unknown, found: unknown): string[] =>
  wanted === found ? [] : [`${what} ${shown(found)}, should be ${shown(wanted)}`]

const sameAddress = (address: string | null | undefined): string | null => address?.toLowerCase() ?? null

/** The event that the mail's owner gets: not those of other recipients of the same report. */
export function decisive(history: readonly EventSeen[]): EventSeen | undefined {
  return history.find(event => event.concern !== 'other')
}

/** Differences in words; empty when all agrees. */
export function differences(composed: Composed, seen: ActualState): string[] {
  if (!seen.sent.acknowledged) return [`not acknowledged: ${seen.sent.response}`]
  return [
    ...verdictDifferences(composed.expected, decisive(seen.history)),
    ...recordDifferences(composed, seen.record),
  ]
}

/** Kind, verdict, codes and address of one event. */
export function verdictDifferences(expected: Expected, event: EventSeen | undefined): string[] {
  if (event === undefined) return ['nothing in the history']
  const { kind, type, categories, permanent } = expected
  if (event.kind !== kind) return differs('kind', kind, event.kind)
  const isReport = kind === 'bounce' || kind === 'delayed' || kind === 'delivered'
  return [
    ...differs('type', type, event.type),
    ...(categories.some(category => category === event.category) || (type === null && event.category === null)
      ? []
      : [`category ${shown(event.category)}, should be ${categories.join(' or ') || 'none'}`]),
    ...(type === null || permanent === undefined ? [] : differs('permanent', permanent, event.permanent)),
    ...(isReport ? differs('status', expected.status, event.status) : []),
    ...(isReport && expected.replyCode !== undefined
      ? differs('reply code', expected.replyCode, event.replyCode)
      : []),
    ...(isReport && expected.address !== undefined
      ? differs('address', sameAddress(expected.address), sameAddress(event.reportedAddress))
      : []),
  ]
}

function recordDifferences({ expected, recipient }: Composed, record: RecordSeen | null): string[] {
  if (record === null) return ['no record']
  const effect = effects[expected.effect]
  return [
    ...differs('flag', effect.flagged, record.emailBounced),
    ...differs(
      'record address',
      effect.addressRemoved ? null : sameAddress(recipient),
      sameAddress(record.email),
    ),
    ...differs(
      'bounced address',
      effect.addressRemoved ? sameAddress(recipient) : null,
      sameAddress(record.bouncedAddress),
    ),
    ...differs('hard bounces', effect.hard, record.hardBounces),
    // An expanded alias fails once for each of its members.
    ...(expected.about === 'any' && record.softBounces > 1
      ? []
      : differs('soft bounces', effect.soft, record.softBounces)),
  ]
}

/** The campaign's counts against the sum of what was composed for it. */
export function campaignDifferences(
  sent: number,
  all: readonly Composed[],
  campaign: CampaignSeen,
): string[] {
  const sum = (column: 'hard' | 'soft' | 'blocked' | 'complaints'): number =>
    all.reduce((total, { expected }) => total + effects[expected.effect][column], 0)
  return [
    ...differs('sent', sent, campaign.sent),
    ...differs('hard', sum('hard'), campaign.hardBounces),
    ...differs('soft', sum('soft'), campaign.softBounces),
    ...differs('blocked', sum('blocked'), campaign.blockedBounces),
    ...differs('complaints', sum('complaints'), campaign.complaints),
  ]
}
