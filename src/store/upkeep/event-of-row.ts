// A stored event made an event again, as far as its row tells: to have the effects that it did not have, or another's.

import type { AddressTest, BounceEvent } from '../../model/event.ts'
import { emptyReport, nobody } from '../../model/report.ts'
import { provenLinks } from '../../model/return-path.ts'
import { noHints } from '../../model/verdict.ts'
import { type BounceRow, toBounce } from '../database/rows.ts'

/** The event of a row, as far as the row tells. */
export function eventOf(
  row: BounceRow & { readonly fingerprint: string },
  isSentTo: AddressTest | null,
): BounceEvent {
  const { module, recordId, linkedBy, campaignId, ...bounce } = toBounce(row)
  const { category, type, permanent } = bounce
  return {
    fingerprint: row.fingerprint,
    receivedAt: bounce.receivedAt,
    clientIp: bounce.clientIp,
    returnPath: bounce.returnPath,
    kind: bounce.kind,
    concern: bounce.concern,
    link:
      module === null || recordId === null || linkedBy === null
        ? null
        : {
            by: linkedBy,
            proven: provenLinks.includes(linkedBy),
            send: {
              module,
              recordId,
              campaign: campaignId === null ? null : { id: campaignId },
              mailId: bounce.mailId,
              addressCheck: isSentTo === null ? null : '',
            },
            token: bounce.returnPath,
            issuedAt: null,
          },
    recipient: {
      ...nobody,
      address: bounce.reportedAddress,
      status: bounce.status,
      statusField: bounce.status,
      replyCode: bounce.replyCode,
      diagnostic: bounce.diagnostic,
      remoteMta: bounce.remoteMta,
    },
    verdict:
      category === null || type === null
        ? null
        : {
            category,
            type,
            permanent,
            because: {
              rung: bounce.decidedBy ?? 'none',
              rule: bounce.decidedRule ?? '',
              text: bounce.decidedText ?? '',
            },
          },
    hints: noHints,
    report: { ...emptyReport, kind: bounce.kind },
    isSentTo,
  }
}
