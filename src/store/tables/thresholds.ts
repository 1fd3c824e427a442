// Which thresholds are in force, and since when: what was recorded before does not count towards them.

import type { Threshold, ThresholdInForce, Thresholds, ThresholdsInForce } from '../../crm/thresholds.ts'
import { type Category, isCategory } from '../../model/categories.ts'
import { databaseNow } from '../database/clock.ts'
import { againWhenDuplicate, persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { rowsOf, type ThresholdRow } from '../database/tables.ts'
import { inTransaction } from '../database/transaction.ts'

/** As the server that started last put them into force. */
export async function thresholdsInForce(store: Store): Promise<ThresholdsInForce> {
  return toThresholds(await persist(async () => await rowsOf(store, 'rebound_thresholds')))
}

/** Puts these into force. One that has been in force unchanged keeps its beginning; any other begins now. */
export async function enforceThresholds(store: Store, wanted: Thresholds): Promise<ThresholdsInForce> {
  const table = () => rowsOf(store, 'rebound_thresholds')
  // Of two servers that start at once, one comes again and finds the other's.
  return await againWhenDuplicate(() =>
    persist(() =>
      inTransaction(store, async transaction => {
        const rows = await transaction.run(table().select('*'))
        const last = (await transaction.run(rowsOf(store, 'rebound_bounces').max({ id: 'id' }))) as readonly {
          readonly id: number | null
        }[]
        const now = { after_id: Number(last[0]?.id ?? 0), since: await databaseNow(store, transaction) }
        const unchanged = (category: string, { bounces, days }: Threshold): ThresholdRow | undefined =>
          rows.find(row => row.category === category && row.bounces === bounces && row.days === days)
        const next = Object.entries(wanted).map(
          ([category, threshold]): ThresholdRow =>
            unchanged(category, threshold) ?? { category, ...threshold, ...now },
        )
        if (rows.length === next.length && next.every(row => rows.includes(row))) return toThresholds(rows)
        await transaction.run(table().del())
        if (next.length > 0) await transaction.run(table().insert(next.map(row => ({ ...row }))))
        return toThresholds(next)
      }),
    ),
  )
}

function toThresholds(rows: readonly ThresholdRow[]): ThresholdsInForce {
  const found: Partial<Record<Category, ThresholdInForce>> = {}
  // A later version may know more categories.
  for (const { category, bounces, days, after_id } of rows)
    if (isCategory(category)) found[category] = { bounces, days, afterId: Number(after_id) }
  return found
}
