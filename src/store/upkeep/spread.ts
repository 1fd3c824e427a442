// A dead address taken off the other records that have it too (REBOUND_SPREAD), each with an event of its own.

import { sameAddress } from '../../crm/mapped-record.ts'
import type { BounceEvent, Recorded } from '../../model/event.ts'
import { provenLinks } from '../../model/return-path.ts'
import { againWhenDuplicate, persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { type BounceRow, bounceRows, bounceSelection, toBounce } from '../database/rows.ts'
import { inTransaction, type Transaction } from '../database/transaction.ts'
import { writeBatch } from '../recording/batch.ts'
import { lockRecords, type RecordKey } from '../recording/locked-records.ts'
import type { Trust } from '../recording/trust.ts'
import { recordsWith } from '../tables/known-addresses.ts'
import { eventOf } from './event-of-row.ts'
import { shareFingerprint } from './shares.ts'

export interface SpreadSettings extends Pick<Trust, 'heldBy'> {
  /** Tell it to the webhook. */
  readonly outbox: boolean
}

/** Of each module; more than anybody shares an address. */
const mostRecords = 1_000
/** In one transaction. */
const atOnce = 100

type Origin = BounceRow & { readonly fingerprint: string }

/** Thrown to roll back: the removal was undone or held meanwhile. */
class Withdrawn extends Error {}

/**
 * Takes the address of a removal off every other record that has it now; the same again does nothing more.
 * @param eventId one that took an address from its record, by a link that nobody can have forged: any other does nothing
 * @returns what was recorded, the record's effect among it: `held` where an incident concerns it
 */
export async function spreadRemoval(
  store: Store,
  eventId: number,
  settings: SpreadSettings,
): Promise<readonly Recorded[]> {
  const [row] = (await persist(
    async () =>
      await store
        .knex('rebound_bounces')
        .select('fingerprint', ...bounceSelection)
        .where({ id: eventId }),
  )) as readonly Origin[]
  if (row === undefined || !isRemoval(row) || !isProven(row)) return []
  const { address } = row
  if (address === null || !address.includes('@')) return []
  const keys = (await recordsWith(store, address, mostRecords))
    .map(({ module, id }) => ({ module, recordId: id }))
    .filter(({ module, recordId }) => module !== row.module || recordId !== row.record_id)
  const recorded: Recorded[] = []
  for (let at = 0; at < keys.length; at += atOnce) {
    const some = keys.slice(at, at + atOnce)
    const work = (transaction: Transaction) =>
      share(store, transaction, { row, address, keys: some, settings })
    try {
      recorded.push(...(await againWhenDuplicate(() => persist(() => inTransaction(store, work)))))
    } catch (error) {
      if (error instanceof Withdrawn) break
      throw error
    }
  }
  return recorded.filter(({ isNew }) => isNew)
}

const isRemoval = ({ effect, concern, undone_at }: BounceRow): boolean =>
  effect === 'removed' && concern !== 'shared' && undone_at === null

const isProven = ({ linked_by }: BounceRow): boolean => linked_by !== null && provenLinks.includes(linked_by)

interface Sharing {
  readonly row: Origin
  readonly address: string
  readonly keys: readonly RecordKey[]
  readonly settings: SpreadSettings
}

async function share(
  store: Store,
  transaction: Transaction,
  { row, address, keys, settings: { heldBy, outbox } }: Sharing,
): Promise<readonly Recorded[]> {
  const isIt = (candidate: string): boolean => sameAddress(candidate, address)
  const records = await lockRecords(store, transaction, keys)
  // What has another address by now is left alone, and so is what the CRM's own mark took it from already.
  const having = keys.filter(key => isIt(records.get(key, isIt)?.email ?? ''))
  if (having.length === 0) return []
  const messages = having.map(key => [shareOf(row, key, isIt)])
  const { recorded } = await writeBatch(store, transaction, {
    messages,
    campaigns: new Map(),
    detail: 'full',
    trust: {
      trustClaimed: false,
      // The incident that holds the one holds the other, though no campaign counts it.
      ...(heldBy ? { heldBy: event => heldBy(event, row.campaign_id) } : {}),
    },
    outbox,
    unanswered: null,
  })
  const query = bounceRows(store).where({ id: row.id })
  const [now] = await transaction.run(store.dialect === 'mysql' ? query.forUpdate() : query)
  if (now === undefined || !isRemoval(now)) throw new Withdrawn('The removal was taken back meanwhile')
  return recorded.flat()
}

/** What the report says of the address; of the mail nothing, since none went to this record. */
function shareOf(row: Origin, key: RecordKey, isIt: (address: string) => boolean): BounceEvent {
  const event = eventOf(row, isIt)
  const { helpUrl, blocklist, retryAfter, reportingMta } = toBounce(row)
  return {
    ...event,
    fingerprint: shareFingerprint(row.fingerprint, key),
    concern: 'shared',
    link: event.link && { ...event.link, send: { ...event.link.send, ...key, campaign: null, mailId: null } },
    recipient: { ...event.recipient, originalAddress: row.address },
    hints: { ...event.hints, helpUrl, blocklist, retryAfter },
    report: { ...event.report, reportingMta },
    isSentTo: isIt,
    sharedFrom: { eventId: String(row.id), promotedBy: row.promoted_by },
  }
}
