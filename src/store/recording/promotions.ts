// Thresholds in the batch: a record whose soft bounces reach one loses its address, in the same transaction, audited.

import type { Effects, RecordState } from '../../crm/effects.ts'
import { type SoftBounce, type Thresholds, thresholdReached } from '../../crm/thresholds.ts'
import type { Category } from '../../model/categories.ts'
import type { BounceEvent } from '../../model/event.ts'
import { provenLinks } from '../../model/return-path.ts'
import { chunks } from '../database/chunks.ts'
import type { Store } from '../database/open.ts'
import type { Transaction } from '../database/transaction.ts'
import { audit } from '../upkeep/audit.ts'
import type { RecordKey } from './locked-records.ts'

export interface Promotions {
  /** The effects of a soft bounce, grown to the removal of the address where it is the one that reaches a threshold. */
  readonly grown: (
    event: BounceEvent,
    key: RecordKey,
    before: RecordState | null,
    effects: Effects,
  ) => Effects
  /** Writes one audit row for each promotion. */
  readonly write: (at: number, idOf: (fingerprint: string) => number | null) => Promise<void>
}

interface HistoryRow {
  readonly module: string
  readonly record_id: string
  readonly category: Category
  /** Epoch milliseconds of its midnight. */
  readonly day: number
  /** Of the last one that day. */
  readonly recorded_at: number
  readonly address: string | null
}

interface Promoted {
  readonly event: BounceEvent
  readonly key: RecordKey
  readonly before: RecordState | null
  readonly category: Category
}

const none: Promotions = { grown: (_event, _key, _before, effects) => effects, write: async () => {} }
const joined = (key: RecordKey, address: string): string =>
  `${key.module}\0${key.recordId}\0${address.toLowerCase()}`

/**
 * Reads the soft bounces that records of this batch had before; nothing is read when no threshold is set.
 * @param resetAt epoch milliseconds of a record's reset: what came before does not count
 */
export async function readPromotions(
  store: Store,
  transaction: Transaction,
  events: readonly { readonly event: BounceEvent; readonly key: RecordKey }[],
  settings: {
    readonly thresholds?: Thresholds | undefined
    readonly trustClaimed: boolean
    readonly resetAt: (key: RecordKey) => number
  },
): Promise<Promotions> {
  const { thresholds = {}, resetAt } = settings
  const categories = Object.keys(thresholds)
  const candidates = events.filter(({ event }) => event.verdict && thresholds[event.verdict.category])
  if (candidates.length === 0) return none

  const history = new Map<string, SoftBounce[]>()
  const remember = (key: RecordKey, address: string, bounce: SoftBounce): readonly SoftBounce[] => {
    const bounces = history.get(joined(key, address)) ?? []
    bounces.push(bounce)
    history.set(joined(key, address), bounces)
    return bounces
  }
  for (const module of new Set(candidates.map(({ key }) => key.module))) {
    const ids = [
      ...new Set(candidates.filter(({ key }) => key.module === module).map(({ key }) => key.recordId)),
    ]
    for (const some of chunks(store, ids)) {
      // One row a day: more of a day count for nothing, and a return path can be hit a million times.
      const day = store.knex.raw('received_at - received_at % 86400000')
      const query = store
        .knex('rebound_bounces')
        .select('module', 'record_id', 'category', 'address', store.knex.raw('? as ??', [day, 'day']))
        .max('recorded_at as recorded_at')
        .groupBy('module', 'record_id', 'category', 'address', day)
        .where({ module, type: 'soft' })
        .whereIn('record_id', some)
        .whereIn('category', categories)
        .whereNot('effect', 'none')
        .whereNull('undone_at')
      if (!settings.trustClaimed) query.whereIn('linked_by', provenLinks)
      for (const row of (await transaction.run(query)) as readonly HistoryRow[]) {
        const key = { module: row.module, recordId: row.record_id }
        if (row.address === null || Number(row.recorded_at) < resetAt(key)) continue
        remember(key, row.address, { category: row.category, at: Number(row.day) })
      }
    }
  }

  const promoted: Promoted[] = []
  return {
    grown: (event, key, before, effects) => {
      const { record, address } = effects
      const trusted = event.link?.proven === true || settings.trustClaimed
      if (effects.effect !== 'flagged' || effects.type !== 'soft' || !trusted || !event.verdict)
        return effects
      // Only of the address that the record has: what bounced long ago says nothing of a new one.
      if (!record || record.email === null || record.email !== address) return effects
      const at = event.receivedAt.getTime()
      const bounces = remember(key, address, { category: event.verdict.category, at })
      const category = thresholdReached(thresholds, bounces)
      if (category === null) return effects
      promoted.push({ event, key, before, category })
      return {
        ...effects,
        effect: 'removed',
        record: { ...record, email: null, bouncedAddress: record.email },
      }
    },
    write: async (at, idOf) => {
      for (const { event, key, before, category } of promoted)
        await audit(store, transaction, {
          at,
          actor: `threshold ${category}`,
          action: 'promote',
          module: key.module,
          recordId: key.recordId,
          eventId: idOf(event.fingerprint),
          before: { ...before },
        })
    },
  }
}
