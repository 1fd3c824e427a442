// Gives an event that was stored without effects the effects it would have had, once the cause is gone.

import { adviceOn } from '../../model/advice.ts'
import type { Applied } from '../../model/bounces.ts'
import type { AddressTest, BounceEvent } from '../../model/event.ts'
import type { StrippedDetail } from '../../model/stripped-bounce.ts'
import { createClosedCampaigns } from '../database/closed-campaigns.ts'
import { rowNumber } from '../database/columns.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { writeRows } from '../database/row-write.ts'
import { type BounceRow, bounceRows, bounceSelection, toBounce } from '../database/rows.ts'
import { inTransaction, type Transaction } from '../database/transaction.ts'
import { lockEffects } from '../recording/batch-effects.ts'
import { isAnnounced, outboxRows } from '../recording/enqueue.ts'
import { foldCampaigns } from '../recording/fold-campaigns.ts'
import type { Trust } from '../recording/trust.ts'
import { dayChanged } from '../tables/day-counts.ts'
import { eventOf } from './event-of-row.ts'

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
    inTransaction(store, transaction =>
      applyInside(store, transaction, { id, recordedAt: Number(row.recorded_at) }, { event, settings }),
    ),
  )
  if (!applied) return { kind: 'complete' }
  await foldCampaigns(store, () => {}).catch(() => {})
  const [after] = await persist(async () => await bounceRows(store).where({ id }))
  return after ? { kind: 'applied', bounce: toBounce(after) } : { kind: 'absent' }
}

async function applyInside(
  store: Store,
  transaction: Transaction,
  { id, recordedAt }: { readonly id: number; readonly recordedAt: number },
  { event, settings: { trust, outbox } }: { readonly event: BounceEvent; readonly settings: ApplySettings },
): Promise<boolean> {
  const stripped = () => store.knex('rebound_stripped').where({ event_id: id })
  const query = stripped().select('detail')
  const rows = (await transaction.run(store.dialect === 'mysql' ? query.forUpdate() : query)) as readonly {
    detail: StrippedDetail
  }[]
  if (!rows[0]) return false
  if (rows[0].detail === 'inert') {
    const campaign = event.link?.send.campaign
    const campaignId = campaign && 'id' in campaign ? campaign.id : null
    const isOpen = campaignId !== null && !(await createClosedCampaigns(store)(campaignId))
    const campaigns = new Map(isOpen ? [[event.fingerprint, campaignId]] : [])
    const effects = await lockEffects(store, transaction, [event], { campaigns, trust })
    const decision = effects.decide(event)
    effects.accept(event, decision)
    const { type, effect, promotedBy = null } = decision.effects
    const advice = adviceOn({ category: event.verdict?.category ?? null, type, promotedBy, effect })
    const done = { type, effect, address: decision.address, promoted_by: promotedBy, advice }
    await transaction.run(store.knex('rebound_bounces').where({ id }).update(done))
    await dayChanged(store, transaction, recordedAt)
    await effects.write(() => id)
    if (outbox && isAnnounced(event))
      await writeRows(store, transaction, [outboxRows([id], effects.recordedAt)])
  }
  await transaction.run(stripped().del())
  return true
}
