// Holding a removal: the address goes back to its record for as long as an incident is undecided; and making it after all.

import { sameAddress } from '../../crm/mapped-record.ts'
import { lastTaken, takenBy } from '../../crm/taken-address.ts'
import { databaseNow } from '../database/clock.ts'
import { againWhenDuplicate, persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { type BounceRow, bounceRows } from '../database/rows.ts'
import { inTransaction, type Transaction } from '../database/transaction.ts'
import { homeOf } from '../homes/home-of.ts'
import { audit } from './audit.ts'
import { othersOf, toPast } from './past.ts'
import { sharesOf } from './shares.ts'

/** `kept`: the record has another address by now, or was changed meanwhile; nothing was done. */
export type HoldResult = 'done' | 'kept'

interface HeldFor {
  readonly incidentId: number
  readonly actor: string
}

/**
 * Gives an address back that was taken lately, and holds the removal: flag and counts stay. So it does where other records
 * lost the address with it.
 */
export async function holdRemoval(store: Store, eventId: number, by: HeldFor): Promise<HoldResult> {
  const result = await holdOne(store, eventId, by)
  if (result === 'done') for (const id of await sharesOf(store, eventId)) await holdOne(store, id, by)
  return result
}

function holdOne(store: Store, eventId: number, { incidentId, actor }: HeldFor): Promise<HoldResult> {
  return changed(store, eventId, 'removed', async ({ transaction, row, locked, id, at, note }) => {
    const taken = takenBy(toPast(row))
    if (taken === null) return false
    const before = locked.find(id)
    if (locked.giveBack(id, taken) !== null) return false
    const others = await othersOf(store, transaction, row)
    const isOurs = (address: string): boolean => sameAddress(address, taken)
    const state = locked.get(id, isOurs)
    if (!state) return false
    const bouncedAddress = sameAddress(before?.bounced_address ?? null, taken)
      ? lastTaken(state.email, others)
      : state.bouncedAddress
    locked.set(id, { ...state, emailBounced: true, bouncedAddress }, isOurs)
    await locked.write(at)
    await setEffect(store, transaction, eventId, {
      effect: 'held',
      advice: 'wait',
      incident_id: incidentId,
    })
    await note('hold', actor, before)
    return true
  })
}

/** Makes a removal that was held, if the record still has the address. */
export function applyHeld(
  store: Store,
  eventId: number,
  { actor }: { readonly actor: string },
): Promise<HoldResult> {
  return changed(store, eventId, 'held', async ({ transaction, row, locked, id, at, note }) => {
    const { address } = row
    const isOurs = (candidate: string): boolean => sameAddress(candidate, address)
    const before = locked.find(id)
    const state = locked.get(id, isOurs)
    const isThere = state !== null && address !== null && sameAddress(state.email, address)
    if (isThere) {
      locked.set(id, { ...state, emailBounced: true, email: null, bouncedAddress: state.email }, isOurs)
      await locked.write(at)
    }
    await setEffect(store, transaction, eventId, {
      effect: isThere ? 'removed' : 'flagged',
      advice: 'remove',
    })
    await note('apply-held', actor, before)
    return isThere
  })
}

/** Holds it no longer, where it can be neither made nor undone: the record has another address by now. */
export function releaseHeld(store: Store, eventId: number): Promise<HoldResult> {
  return changed(store, eventId, 'held', async ({ transaction }) => {
    await setEffect(store, transaction, eventId, { effect: 'flagged', advice: 'remove' })
    return true
  })
}

interface Held {
  readonly transaction: Transaction
  readonly row: BounceRow
  readonly locked: Awaited<ReturnType<NonNullable<ReturnType<typeof homeOf>>['lock']>>
  readonly id: string
  readonly at: number
  /** Writes into the audit who did it, and what the record was before. */
  readonly note: (action: 'hold' | 'apply-held', actor: string, before: object | null) => Promise<void>
}

/** Changes one event under the lock of its record, if it still has this effect. */
async function changed(
  store: Store,
  eventId: number,
  effect: BounceRow['effect'],
  change: (held: Held) => Promise<boolean>,
): Promise<HoldResult> {
  const select = () => bounceRows(store).where({ id: eventId })
  const work = async (transaction: Transaction): Promise<HoldResult> => {
    const [unlocked] = await transaction.run(select())
    const home = unlocked?.module == null ? null : homeOf(store, unlocked.module)
    if (!unlocked || home === null || unlocked.record_id === null) return 'kept'
    // The recorder locks the record before it touches events: so do we.
    const locked = await home.lock(transaction, [unlocked.record_id])
    const query = select()
    const [row] = await transaction.run(store.dialect === 'mysql' ? query.forUpdate() : query)
    if (!row || row.effect !== effect || row.undone_at !== null) return 'kept'
    const at = await databaseNow(store, transaction)
    const note: Held['note'] = (action, actor, before) =>
      audit(store, transaction, {
        at,
        actor,
        action,
        module: row.module,
        recordId: row.record_id,
        eventId,
        before: { ...before },
      })
    return (await change({ transaction, row, locked, id: unlocked.record_id, at, note })) ? 'done' : 'kept'
  }
  return await againWhenDuplicate(() => persist(() => inTransaction(store, work)))
}

async function setEffect(
  store: Store,
  transaction: Transaction,
  id: number,
  change: Pick<BounceRow, 'effect' | 'advice'> & { readonly incident_id?: number },
): Promise<void> {
  await transaction.run(store.knex('rebound_bounces').where({ id }).update(change))
}
