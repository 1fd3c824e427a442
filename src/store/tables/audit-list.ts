// The list of what was changed by hand or by a threshold.

import type { AuditQuery, AuditRow } from '../../model/audit.ts'
import type { Page } from '../../model/page.ts'
import { rowNumber } from '../database/columns.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { type AuditTableRow, rowsOf } from '../database/tables.ts'
import { modulesOf } from '../homes/home-of.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'

/** The newest first. Throws CursorError. */
export async function listAudit(store: Store, query: AuditQuery): Promise<Page<AuditRow>> {
  const { module, recordId, bounceId, limit, after } = query
  const event = bounceId === undefined ? undefined : rowNumber(bounceId)
  if (event === null) return { items: [], next: null }
  // Of a record of any module, each module's rows come from the index in their order.
  const modules = module === undefined && recordId !== undefined ? modulesOf(store) : [module]
  const below = after === undefined ? null : decodeCursor('a', after, [0] as const)[0]
  const found: AuditTableRow[] = []
  for (const each of modules)
    found.push(
      ...(await persist(async () => {
        const select = rowsOf(store, 'rebound_audit')
          .orderBy('id', 'desc')
          .limit(limit + 1)
        if (each !== undefined) select.where('module', each)
        if (recordId !== undefined) select.where('record_id', recordId)
        if (event !== undefined) select.where('event_id', event)
        if (below !== null) select.where('id', '<', below)
        return await select
      })),
    )
  const rows = found.sort((a, b) => Number(b.id) - Number(a.id))
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(row => ({
      id: String(row.id),
      at: new Date(Number(row.at)),
      actor: row.actor,
      action: row.action,
      module: row.module,
      recordId: row.record_id,
      bounceId: row.event_id === null ? null : String(row.event_id),
      before: parsed(row.before),
    })),
    next: rows.length > limit && last ? encodeCursor('a', Number(last.id)) : null,
  }
}

/** Text cut at the column's length is no longer JSON: it is shown as it is. */
function parsed(text: string | null): unknown {
  if (text === null) return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
