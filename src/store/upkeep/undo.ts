// Taking one event back: its address returns, and it leaves the counts of record and campaign.

import { takenBy, takerOf } from '../../crm/taken-address.ts'
import { recordWithout, standingWithout } from '../../crm/undo-effects.ts'
import type { By } from '../../model/actor.ts'
import type { Undone } from '../../model/bounces.ts'
import { databaseNow } from '../database/clock.ts'
import { rowNumber } from '../database/columns.ts'
import { againWhenDuplicate, failureOf, persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { writeRows } from '../database/row-write.ts'
import { type BounceRow, bounceRows, type RecordRow, toBounce } from '../database/rows.ts'
import { rowsOf, type StandingRow } from '../database/tables.ts'
import { inTransaction, type Transaction } from '../database/transaction.ts'
import { homeOf } from '../homes/home-of.ts'
import type { LockedRows } from '../homes/record-home.ts'
import { deltaRows } from '../recording/campaign-deltas.ts'
import { foldCampaigns } from '../recording/fold-campaigns.ts'
import { dayChanged } from '../tables/day-counts.ts'
import { audit } from './audit.ts'
import { othersOf, toPast } from './past.ts'
import { sharesOf } from './shares.ts'

/**
 * Takes an event back, and with it what other records lost with its address, but those that have another by now; doing it
 * twice changes nothing the second time. `actor` goes into the audit.
 */
export async function undoBounce(store: Store, bounceId: string, by: By): Promise<Undone> {
  const id = rowNumber(bounceId)
  if (id === null) return { kind: 'absent' }
  const undone = await undoOne(store, id, by)
  if (undone.kind !== 'undone') return undone
  let others = 0
  for (const share of await sharesOf(store, id))
    if ((await undoOne(store, share, by)).kind === 'undone') others++
  return { ...undone, others }
}

async function undoOne(store: Store, id: number, { actor }: By): Promise<Undone> {
  const attempt = () =>
    persist(() => inTransaction(store, transaction => undoInside(store, transaction, id, actor)))
  try {
    const undone = await againWhenDuplicate(attempt)
    // Where no server runs, nobody else would; readers count what stays behind.
    await foldCampaigns(store, () => {}).catch(() => {})
    return undone
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
  const [row] = await select<BounceRow>(transaction, forUpdate(store, bounceById(store, id)))
  if (!row) return { kind: 'absent' }
  if (row.undone_at !== null) return { kind: 'undone', bounce: toBounce(row), isNew: false }
  const undoneAt = await databaseNow(store, transaction)
  if (record) {
    const conflict = await undoRecord(store, transaction, record, row, undoneAt)
    if (conflict !== null) return { kind: 'conflict', why: `the record has the address ${conflict} by now` }
  }
  await transaction.run(rowsOf(store, 'rebound_bounces').where({ id }).update({ undone_at: undoneAt }))
  await dayChanged(store, transaction, Number(row.recorded_at))
  if (row.campaign_id !== null && row.record_id !== null) await undoStanding(store, transaction, row)
  await audit(store, transaction, {
    at: undoneAt,
    actor,
    action: 'undo',
    module: row.module,
    recordId: row.record_id,
    eventId: id,
    before: record ? { ...record.row } : {},
  })
  return { kind: 'undone', bounce: toBounce({ ...row, undone_at: undoneAt }), isNew: true }
}

interface LockedRecord {
  readonly locked: LockedRows
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
  const locked = await home.lock(transaction, [bounce.record_id])
  const id = bounce.record_id
  return locked.get(id, null) ? { locked, id, row: locked.find(id) } : null
}

/** Gives the address back and takes the counts off; answers the other address that the record has by now, else null. */
async function undoRecord(
  store: Store,
  transaction: Transaction,
  { locked, id, row }: LockedRecord,
  bounceRow: BounceRow,
  undoneAt: number,
): Promise<string | null> {
  const bounce = toPast(bounceRow)
  const others = await othersOf(store, transaction, bounceRow)
  const resetAt = locked.resetAt(id)
  const taken = bounce.effect === 'removed' ? takenBy(bounce) : null
  const taker =
    taken === null
      ? null
      : takerOf(
          taken,
          others.filter(event => event.recordedAt >= resetAt),
        )
  if (taken !== null && !taker) {
    const other = locked.giveBack(id, taken)
    if (other !== null) return other
  }
  // The address stays away for as long as one bounce of it stands: undoing that one gives it back.
  const inherited = { effect: 'removed', address: taken } as const
  if (taker) await transaction.run(rowsOf(store, 'rebound_bounces').where({ id: taker.id }).update(inherited))
  const state = locked.get(id, null)
  if (bounceRow.kind === 'complaint' && bounce.effect !== 'none' && state) {
    const lastComplaintAt = await lastComplaint(store, transaction, bounceRow)
    locked.set(id, { ...state, complaints: Math.max(0, state.complaints - 1), lastComplaintAt }, null)
    await locked.write(undoneAt)
    return null
  }
  if (bounce.effect === 'none' || bounce.effect === 'alive' || !state) return null
  const left = others.map(event => (event === taker ? { ...event, ...inherited } : event))
  const bouncedAddress = row?.bounced_address ?? null
  locked.set(id, recordWithout(state, bounce, left, { resetAt, bouncedAddress }), null)
  await locked.write(undoneAt)
  return null
}

/** When the last of the record's other complaints that stand was received. */
async function lastComplaint(
  store: Store,
  transaction: Transaction,
  undone: BounceRow,
): Promise<number | null> {
  const [row] = await select<{ readonly at: number | null }>(
    transaction,
    rowsOf(store, 'rebound_bounces')
      .max({ at: 'received_at' })
      .where({ module: undone.module, record_id: undone.record_id, kind: 'complaint' })
      .whereNot({ effect: 'none' })
      .whereNot({ id: undone.id })
      .whereNull('undone_at'),
  )
  return row?.at == null ? null : Number(row.at)
}

/** How the campaign counts the record once the event is gone, and the difference to its counts. */
async function undoStanding(store: Store, transaction: Transaction, bounce: BounceRow): Promise<void> {
  const { knex } = store
  const key = { campaign_id: bounce.campaign_id, module: bounce.module, record_id: bounce.record_id }
  const [row] = await select<StandingRow>(
    transaction,
    forUpdate(store, rowsOf({ knex }, 'rebound_campaign_records').where(key)),
  )
  if (!row) return
  const left = await select<BounceRow>(
    transaction,
    rowsOf({ knex }, 'rebound_bounces')
      .select('id', 'kind', 'type', 'category', 'effect')
      .where(key)
      .whereNot('id', bounce.id)
      .whereNot('concern', 'other')
      .whereNull('undone_at')
      .orderBy('id'),
  )
  const number = (value: number | null): number | null => (value === null ? null : Number(value))
  const { standing, add } = standingWithout(
    {
      type: row.type,
      blocked: Boolean(row.blocked),
      eventId: number(row.event_id),
      complaintEventId: number(row.complaint_event_id),
    },
    Number(bounce.id),
    left.map(event => ({
      id: Number(event.id),
      kind: event.kind,
      type: event.type,
      category: event.category,
      effect: event.effect,
    })),
  )
  await transaction.run(
    rowsOf({ knex }, 'rebound_campaign_records')
      .where(key)
      .update({
        type: standing.type,
        blocked: standing.blocked ? 1 : 0,
        event_id: standing.eventId,
        complaint_event_id: standing.complaintEventId,
      }),
  )
  await writeRows(store, transaction, [deltaRows(new Map([[`${bounce.campaign_id}`, add]]))])
}

function bounceById(store: Store, id: number) {
  return bounceRows(store).where({ id })
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
