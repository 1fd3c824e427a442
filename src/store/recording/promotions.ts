// Thresholds in the batch: a record whose soft bounces reach one loses its address, in the same transaction, audited.

import type { Effects, RecordState } from '../../crm/effects.ts'
import { isCandidate, startCounting } from '../../crm/promotion.ts'
import type { BounceEvent } from '../../model/event.ts'
import { chunks, jsonList } from '../database/chunks.ts'
import { literal, tuple } from '../database/literal.ts'
import type { Store } from '../database/open.ts'
import type { RowWrite } from '../database/row-write.ts'
import type { Transaction } from '../database/transaction.ts'
import { auditRows } from '../upkeep/audit.ts'
import { idsByModule, type RecordKey } from './locked-records.ts'
import { nameOf, type PastRow, type PromotionSettings, recordPasts, selectPasts } from './pasts.ts'

export interface Promotions {
  /**
   * The effects of an event, grown to the removal of the address where it is the bounce that reaches a threshold;
   * a proof of life makes the count begin anew.
   */
  readonly grown: (
    event: BounceEvent,
    key: RecordKey,
    before: RecordState | null,
    effects: Effects,
  ) => Effects
  /** One audit row for each promotion, and for each record that an address was taken from as well. */
  readonly audits: <Id>(
    at: number,
    idOf: (fingerprint: string) => Id | null,
  ) => RowWrite<Id | string | number | null>
}

interface Promoted {
  readonly event: BounceEvent
  readonly key: RecordKey
  readonly before: RecordState | null
  /** What stands in the audit. */
  readonly by: string
}

/** The records whose past decides whether an event of the batch reaches a threshold: their ids by module. */
export function recordsWithPast(
  events: readonly { readonly event: BounceEvent; readonly key: RecordKey }[],
  { thresholds = {}, trustClaimed }: PromotionSettings,
): ReadonlyMap<string, readonly string[]> {
  return idsByModule(
    events.flatMap(({ event, key }) => (isCandidate(event, thresholds, trustClaimed) ? key : [])),
  )
}

/**
 * Reads what the records of this batch had before; nothing is read where no event could reach a threshold.
 * @param settings.since epoch milliseconds of a record's reset or proof of life: what came before does not count
 */
export async function readPromotions(
  store: Store,
  transaction: Transaction,
  events: readonly { readonly event: BounceEvent; readonly key: RecordKey }[],
  settings: PromotionSettings & { readonly since: (key: RecordKey) => number },
): Promise<Promotions> {
  const pasts = new Map<string, readonly PastRow[]>()
  for (const [module, ids] of recordsWithPast(events, settings))
    pasts.set(module, await readPasts(store, transaction, { module, ids }, settings))
  return promotionsOf(pasts, settings)
}

async function readPasts(
  store: Store,
  transaction: Transaction,
  { module, ids }: { readonly module: string; readonly ids: readonly string[] },
  settings: PromotionSettings,
): Promise<readonly PastRow[]> {
  if (store.dialect === 'sqlite') {
    const text = selectPasts('?', jsonList, settings)
    return (await transaction.run(store.knex.raw(text, [module, JSON.stringify(ids)]))) as readonly PastRow[]
  }
  const rows: PastRow[] = []
  for (const some of chunks(store, ids)) {
    const text = selectPasts(literal(module), tuple(some), settings)
    rows.push(...((await transaction.send(text)) as readonly PastRow[]))
  }
  return rows
}

/** @param pasts rows of `selectPasts` by module */
export function promotionsOf(
  pasts: ReadonlyMap<string, readonly PastRow[]>,
  settings: PromotionSettings & { readonly since: (key: RecordKey) => number },
): Promotions {
  const { thresholds = {}, trustClaimed } = settings
  const counting = startCounting(thresholds, recordPasts(pasts), {
    trustClaimed,
    since: record => {
      const [module = '', recordId = ''] = record.split('\0')
      return settings.since({ module, recordId })
    },
  })
  const promoted: Promoted[] = []
  const shared: Promoted[] = []
  return {
    grown: (event, key, before, effects) => {
      if (event.sharedFrom !== undefined) {
        shared.push({ event, key, before, by: `event ${event.sharedFrom.eventId}` })
        return effects
      }
      if (effects.effect === 'alive') {
        counting.beginAnew(nameOf(key))
        return effects
      }
      const grown = counting.grown(nameOf(key), event, effects)
      if (grown.promotedBy !== undefined)
        promoted.push({ event, key, before, by: `threshold ${grown.promotedBy}` })
      return grown
    },
    audits: (at, idOf) => {
      const entry = (action: 'promote' | 'share', { event, key, before, by }: Promoted) => ({
        at,
        actor: by,
        action,
        ...key,
        eventId: idOf(event.fingerprint),
        before: { ...before },
      })
      return auditRows([
        ...promoted.map(each => entry('promote', each)),
        ...shared.map(each => entry('share', each)),
      ])
    },
  }
}
