// Many records reset at once: those that a list shows, one transaction each.

import type { By } from '../../model/actor.ts'
import type { BulkReset, RecordQuery, Records } from '../../model/record.ts'
import type { Store } from '../database/open.ts'
import { listRecords } from '../tables/record-list.ts'

/** Records that are reset, or counted, in one step. */
const most = 5_000
const pageSize = 200

/** Resets the flagged records that meet the query, or counts them. */
export async function resetRecords(
  store: Store,
  records: Pick<Records, 'change'>,
  query: Omit<RecordQuery, 'after' | 'limit' | 'bounced'>,
  { actor, dryRun }: By & { readonly dryRun: boolean },
): Promise<BulkReset> {
  let count = 0
  let after: string | undefined
  do {
    const page = await listRecords(store, { ...query, bounced: true, after, limit: pageSize })
    for (const { module, id } of page.items) {
      if (!dryRun) await records.change(module, id, { emailBounced: false }, { actor })
      count++
    }
    after = page.next ?? undefined
  } while (after !== undefined && count < most)
  return { count, hasMore: after !== undefined }
}
