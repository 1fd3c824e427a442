// Gives an event that was stored without effects the effects it would have had, once the cause is gone.

import type { AddressTest, BounceEvent } from '../../model/event.ts'
import type { Report } from '../../model/report.ts'
import { provenLinks } from '../../model/return-path.ts'
import type { StoredBounce } from '../../model/stored-bounce.ts'
import { rowNumber } from '../database/columns.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { type BounceRow, bounceSelection, toBounce } from '../database/rows.ts'
import { inTransaction, type Transaction } from '../database/transaction.ts'
import { lockEffects } from '../recording/batch-effects.ts'
import { enqueue, isAnnounced } from '../recording/enqueue.ts'
import { foldCampaigns } from '../recording/fold-campaigns.ts'
import type { StrippedDetail } from '../recording/stripped.ts'
import type { Trust } from '../recording/trust.ts'

/** `complete`: it was stored whole, or has its effects by now. */
export type Applied =
  | { readonly kind: 'applied'; readonly bounce: StoredBounce }
  | { readonly kind: 'absent' }
  | { readonly kind: 'complete' }

export interface ApplySettings {
  readonly trust: Trust
  /** Says of an address whether mail at this return path was sent to it; null where nothing says so. */
  readonly isSentTo: (returnPath: string) => Promise<AddressTest | null>
  /** Tell it to the webhook. */
  readonly outbox: boolean
}

/** Throws what the database throws while it still does not take them. */
export async function applyStripped(
  store: Store,
  bounceId: string,
  settings: ApplySettings,
): Promise<Applied> {
  const id = rowNumber(bounceId)
  if (id === null) return { kind: 'absent' }
  const [row] = (await persist(
    async () =>
      await store
        .knex('rebound_bounces')
        .select('fingerprint', ...bounceSelection)
        .where({ id }),
  )) as readonly (BounceRow & { fingerprint: string })[]
  if (!row) return { kind: 'absent' }
  const event = eventOf(row, await settings.isSentTo(row.return_path))
  const applied = await persist(() =>
    inTransaction(store, transaction => applyInside(store, transaction, id, event, settings)),
  )
  if (!applied) return { kind: 'complete' }
  await foldCampaigns(store, () => {}).catch(() => {})
  const [after] = (await persist(
    async () => await store.knex('rebound_bounces').select(bounceSelection).where({ id }),
  )) as readonly BounceRow[]
  return after ? { kind: 'applied', bounce: toBounce(after) } : { kind: 'absent' }
}

async function applyInside(
  store: Store,
  transaction: Transaction,
  id: number,
  event: BounceEvent,
  { trust, outbox }: ApplySettings,
): Promise<boolean> {
  const stripped = () => store.knex('rebound_stripped').where({ event_id: id })
  const query = stripped().select('detail')
  const rows = (await transaction.run(store.dialect === 'mysql' ? query.forUpdate() : query)) as readonly {
    detail: StrippedDetail
  }[]
  if (!rows[0]) return false
  if (rows[0].detail === 'inert') {
    const campaign = event.link?.send.campaign
    const campaigns = new Map(campaign && 'id' in campaign ? [[event.fingerprint, campaign.id]] : [])
    const effects = await lockEffects(store, transaction, [event], { campaigns, trust })
    const decision = effects.decide(event)
    effects.accept(event, decision)
    const { type, effect } = decision.effects
    await transaction.run(
      store.knex('rebound_bounces').where({ id }).update({ type, effect, address: decision.address }),
    )
    await effects.write(() => id)
    if (outbox && isAnnounced(event)) await enqueue(store, transaction, [id], effects.recordedAt)
  }
  await transaction.run(stripped().del())
  return true
}

const unknownReport: Report = {
  kind: 'ordinary',
  reader: 'none',
  reportingMta: null,
  original: { messageId: null, envelopeId: null, subject: null, references: [], senders: [] },
  recipients: [],
  sections: { body: '', subject: '', from: '', recipients: '' },
  identity: { messageId: null, date: '', from: '', subject: '', text: '' },
  problems: [],
  nullSender: false,
}

/** The event of a row, as far as the row tells. */
function eventOf(
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
      address: bounce.reportedAddress,
      originalAddress: null,
      action: null,
      status: bounce.status,
      statusField: bounce.status,
      replyCode: bounce.replyCode,
      diagnostic: bounce.diagnostic,
      remoteMta: bounce.remoteMta,
      explanation: '',
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
    report: { ...unknownReport, kind: bounce.kind },
    isSentTo,
  }
}
