// Undoing one event: its address returns, and it leaves the counts of record and campaign.

import { sameAddress } from '../../crm/mapped-record.ts'
import { groupOf, isCategory } from '../../model/categories.ts'
import type { StoredBounce } from '../../model/stored-bounce.ts'
import type { BounceType } from '../../model/verdict.ts'
import { databaseNow } from '../database/clock.ts'
import { rowNumber } from '../database/columns.ts'
import { againWhenDuplicate, failureOf, persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { type BounceRow, bounceSelection, type RecordRow, toBounce } from '../database/rows.ts'
import { inTransaction, type Transaction } from '../database/transaction.ts'
import { writeCampaigns } from '../homes/crm-campaigns.ts'
import { type HeldRows, homeOf } from '../homes/record-home.ts'
import { audit } from './audit.ts'
import { lastTaken, takenBy, takerOf } from './taken-address.ts'

/** `conflict`: the record has another address by now, or another record has this one, and nothing was changed. */
export type Undone =
  | { readonly kind: 'undone'; readonly bounce: StoredBounce }
  | { readonly kind: 'absent' }
  | { readonly kind: 'conflict'; readonly why: string }

/** Takes an event back; doing it twice changes nothing the second time. `actor` goes into the audit. */
export async function undoBounce(
  store: Store,
  bounceId: string,
  options: { readonly actor: string },
): Promise<Undone> {
  const id = rowNumber(bounceId)
  if (id === null) return { kind: 'absent' }
  const attempt = () =>
    persist(() => inTransaction(store, transaction => undoInside(store, transaction, id, options.actor)))
  try {
    return await againWhenDuplicate(attempt)
  } catch (error) {
    if (failureOf(error) !== 'duplicate') throw error
    return { kind: 'conflict', why: 'another record has its address by now, and the CRM keeps each but once' }
  }
}

async function undoInside(
  store: Store,
  transaction: Transaction,
  id: number,
  actor: string,
): Promise<Undone> {
  const [unlocked] = await select<BounceRow>(transaction, bounceById(store, id))
  if (!unlocked) return { kind: 'absent' }
  // The recorder locks the record before it touches events: so do we.
  const record = await lockRecord(store, transaction, unlocked)
  const [bounce] = await select<BounceRow>(transaction, forUpdate(store, bounceById(store, id)))
  if (!bounce) return { kind: 'absent' }
  if (bounce.undone_at !== null) return { kind: 'undone', bounce: toBounce(bounce) }
  const others = record ? await othersOf(store, transaction, bounce) : []
  const taken = takenBy(bounce)
  const taker =
    record && taken && bounce.effect === 'removed' && takerOf(taken, others.filter(isSince(record)))
  if (record && taken && bounce.effect === 'removed' && !taker) {
    const other = record.held.giveBack(record.id, taken)
    if (other !== null) return { kind: 'conflict', why: `the record has the address ${other} by now` }
  }

  const events = () => store.knex('rebound_bounces')
  const undoneAt = await databaseNow(store, transaction)
  await transaction.run(events().where({ id }).update({ undone_at: undoneAt }))
  // The address stays away for as long as one bounce of it stands: undoing that one gives it back.
  const inherited = { effect: 'removed', address: taken } as const
  if (taker) await transaction.run(events().where({ id: taker.id }).update(inherited))
  if (record && bounce.effect !== 'none') {
    const left = others.map(event => (event === taker ? { ...event, ...inherited } : event))
    restoreCounts(bounce, record, left)
    if (taken && sameAddress(record.row?.bounced_address ?? null, taken)) restoreTaken(record, left)
    await record.held.write(undoneAt)
  }
  if (bounce.campaign_id !== null && bounce.record_id !== null) {
    await recount(store, transaction, bounce)
    await writeCampaigns(store, transaction, [bounce.campaign_id], undoneAt)
  }
  await audit(store, transaction, {
    at: undoneAt,
    actor,
    action: 'undo',
    module: bounce.module,
    recordId: bounce.record_id,
    eventId: id,
    before: record ? { ...record.row } : {},
  })
  return { kind: 'undone', bounce: toBounce({ ...bounce, undone_at: undoneAt }) }
}

interface LockedRecord {
  readonly held: HeldRows
  readonly id: string
  /** As it was; null when the CRM has no such record. */
  readonly row: RecordRow | null
}

async function lockRecord(
  store: Store,
  transaction: Transaction,
  bounce: BounceRow,
): Promise<LockedRecord | null> {
  const home = bounce.module === null ? null : homeOf(store, bounce.module)
  if (home === null || bounce.record_id === null) return null
  const held = await home.hold(transaction, [bounce.record_id])
  const id = bounce.record_id
  return held.get(id, null) ? { held, id, row: held.find(id) } : null
}

/** The record's other events that did something to it, newest first. */
async function othersOf(
  store: Store,
  transaction: Transaction,
  bounce: BounceRow,
): Promise<readonly BounceRow[]> {
  return await select<BounceRow>(
    transaction,
    store
      .knex('rebound_bounces')
      .select('id', 'type', 'effect', 'address', 'linked_by', 'recorded_at', 'received_at')
      .where({ module: bounce.module, record_id: bounce.record_id })
      .whereNot('effect', 'none')
      .whereNot('id', bounce.id)
      .whereNull('undone_at')
      .orderBy([
        { column: 'recorded_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ]),
  )
}

/** Since the last reset of the record. */
const isSince =
  ({ held, id }: LockedRecord) =>
  (event: BounceRow): boolean =>
    Number(event.recorded_at) >= held.resetAt(id)

function restoreCounts(bounce: BounceRow, record: LockedRecord, left: readonly BounceRow[]): void {
  const { held, id } = record
  const before = held.get(id, null)
  if (!before) return
  const sinceReset = isSince(record)
  const flags = (event: BounceRow): boolean => event.effect === 'flagged' || event.effect === 'removed'
  const counted = sinceReset(bounce) ? 1 : 0
  // Counts outlive their events: more counts than events, and some were pruned (retention.ts).
  const isPruned = before.hardBounces + before.softBounces > left.filter(sinceReset).length + counted
  const stillFlagged = isPruned || left.some(event => flags(event) && sinceReset(event))
  const lastLeft = left.length > 0 ? Math.max(...left.map(event => Number(event.received_at))) : null
  held.set(
    id,
    {
      ...before,
      emailBounced: before.emailBounced && (stillFlagged || !flags(bounce)),
      hardBounces: Math.max(0, before.hardBounces - (bounce.type === 'hard' ? counted : 0)),
      softBounces: Math.max(0, before.softBounces - (bounce.type === 'soft' ? counted : 0)),
      lastBounceAt: lastLeft ?? (isPruned ? before.lastBounceAt : null),
    },
    null,
  )
}

/** What the record shows as bounced, as if the event had never been. */
function restoreTaken({ held, id }: LockedRecord, left: readonly BounceRow[]): void {
  const before = held.get(id, null)
  if (before) held.set(id, { ...before, bouncedAddress: lastTaken(before.email, left) }, null)
}

interface StandingRow {
  readonly type: BounceType | null
  readonly blocked: number | boolean
  readonly event_id: number | null
  readonly complaint_event_id: number | null
}

/** How the campaign counts the record once the event is gone, and the difference to its counts. */
async function recount(store: Store, transaction: Transaction, bounce: BounceRow): Promise<void> {
  const { knex } = store
  const key = { campaign_id: bounce.campaign_id, module: bounce.module, record_id: bounce.record_id }
  const [before] = await select<StandingRow>(
    transaction,
    forUpdate(store, knex('rebound_campaign_records').where(key)),
  )
  if (!before) return
  const left = await select<BounceRow>(
    transaction,
    knex('rebound_bounces')
      .select('id', 'kind', 'type', 'category', 'effect')
      .where(key)
      .whereNot('concern', 'other')
      .whereNull('undone_at')
      .orderBy('id'),
  )
  const bounces = left.filter(event => event.kind === 'bounce' && event.effect !== 'none')
  const counted = bounces.find(event => event.type === 'hard') ?? bounces[0]
  const complaint = left.find(event => event.kind === 'complaint')
  // What counted goes on to count, though its event may have been pruned.
  const countStays = Number(before.event_id) !== Number(bounce.id)
  const complaintStays = Number(before.complaint_event_id) !== Number(bounce.id)
  const type = countStays ? before.type : (counted?.type ?? null)
  const blocked = countStays
    ? before.blocked
    : type === 'soft' &&
      counted?.category &&
      isCategory(counted.category) &&
      groupOf(counted.category) === 'blocked'
  const complaintId = complaintStays ? before.complaint_event_id : (complaint?.id ?? null)
  await transaction.run(
    knex('rebound_campaign_records')
      .where(key)
      .update({
        type,
        blocked: blocked ? 1 : 0,
        event_id: countStays ? before.event_id : (counted?.id ?? null),
        complaint_event_id: complaintId,
      }),
  )
  const change = (now: boolean, then: boolean): number => Number(now) - Number(then)
  await transaction.run(
    knex('rebound_campaigns')
      .where({ id: bounce.campaign_id })
      .update({
        hard_bounces: knex.raw('hard_bounces + ?', [change(type === 'hard', before.type === 'hard')]),
        soft_bounces: knex.raw('soft_bounces + ?', [change(type === 'soft', before.type === 'soft')]),
        blocked_bounces: knex.raw('blocked_bounces + ?', [change(Boolean(blocked), Boolean(before.blocked))]),
        complaints: knex.raw('complaints + ?', [
          change(complaintId !== null, before.complaint_event_id !== null),
        ]),
      }),
  )
}

function bounceById(store: Store, id: number) {
  return store.knex('rebound_bounces').select(bounceSelection).where({ id })
}

function forUpdate<Q extends { forUpdate(): Q }>(store: Store, query: Q): Q {
  return store.dialect === 'mysql' ? query.forUpdate() : query
}

async function select<Row>(
  transaction: Transaction,
  query: Parameters<Transaction['run']>[0],
): Promise<readonly Row[]> {
  return (await transaction.run(query)) as readonly Row[]
}
