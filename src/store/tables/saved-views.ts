// The filters that people saved under a name.

import { FieldError } from '../../model/field-error.ts'
import {
  mostViews,
  type SavedView,
  type SavedViews,
  type ViewFilters,
  type ViewList,
} from '../../model/saved-view.ts'
import { databaseNow } from '../database/clock.ts'
import { fitText, rowNumber } from '../database/columns.ts'
import { failureOf, persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { rowsOf, type SavedViewRow } from '../database/tables.ts'
import { inTransaction, type Transaction } from '../database/transaction.ts'
import { type AuditEntry, audit } from '../upkeep/audit.ts'

const actorLength = 100

export function createSavedViews(store: Store): SavedViews {
  const table = () => rowsOf(store, 'rebound_saved_views')
  const note = (
    transaction: Transaction,
    entry: Pick<AuditEntry, 'at' | 'actor' | 'action' | 'before'>,
  ): Promise<void> => audit(store, transaction, { ...entry, module: null, recordId: null, eventId: null })
  const find = async (transaction: Transaction, id: number): Promise<SavedViewRow | null> => {
    const rows = (await transaction.run(table().where({ id }).select('*'))) as readonly SavedViewRow[]
    return rows[0] ?? null
  }
  /** The unique index says it, so that of two who save the same name at once one is told. */
  const named = async <T>(list: ViewList, name: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await persist(work)
    } catch (error) {
      if (failureOf(error) !== 'duplicate') throw error
      throw new FieldError('name', `${name} is the name of another view of ${list}`)
    }
  }

  return {
    list: async list => {
      const rows = await persist(async () => {
        const select = table().select('*').orderBy(['list', 'name'])
        return await (list === undefined ? select : select.where({ list }))
      })
      return rows.map(toView)
    },
    add: async ({ list, name, filters }, { actor }) => {
      const work = async (transaction: Transaction): Promise<SavedView> => {
        const [count] = await transaction.run(
          rowsOf(store, 'rebound_saved_views').where({ list }).count({ count: '*' }),
        )
        if (Number(count?.count) >= mostViews)
          throw new FieldError('list', `holds at most ${mostViews} saved views: remove one of ${list}`)
        const at = await databaseNow(store, transaction)
        const row = {
          list,
          name: name.trim(),
          filters: JSON.stringify(filters),
          saved_by: fitText(actor, actorLength),
          changed_at: at,
        }
        await transaction.run(rowsOf(store, 'rebound_saved_views').insert(row))
        const [added] = (await transaction.run(
          table().where({ list, name: row.name }).select('*'),
        )) as readonly SavedViewRow[]
        if (added === undefined) throw new Error('A view that was just saved is not there')
        await note(transaction, { at, actor, action: 'view-add', before: { list, name: row.name, filters } })
        return toView(added)
      }
      return await named(list, name, () => inTransaction(store, work))
    },
    change: async (given, change, { actor }) => {
      const id = rowNumber(given)
      if (id === null) return null
      const before = await persist(async () => (await table().where({ id }))[0] ?? null)
      if (before === null) return null
      const work = async (transaction: Transaction): Promise<SavedView | null> => {
        const at = await databaseNow(store, transaction)
        const changed = {
          ...(change.name === undefined ? {} : { name: change.name.trim() }),
          ...(change.filters === undefined ? {} : { filters: JSON.stringify(change.filters) }),
          saved_by: fitText(actor, actorLength),
          changed_at: at,
        }
        await transaction.run(rowsOf(store, 'rebound_saved_views').where({ id }).update(changed))
        const after = await find(transaction, id)
        if (after === null) return null
        await note(transaction, { at, actor, action: 'view-change', before: told(before) })
        return toView(after)
      }
      return await named(before.list, change.name ?? before.name, () => inTransaction(store, work))
    },
    remove: async (given, { actor }) => {
      const id = rowNumber(given)
      if (id === null) return false
      return await persist(() =>
        inTransaction(store, async transaction => {
          const before = await find(transaction, id)
          if (before === null) return false
          await transaction.run(rowsOf(store, 'rebound_saved_views').where({ id }).del())
          const at = await databaseNow(store, transaction)
          await note(transaction, { at, actor, action: 'view-remove', before: told(before) })
          return true
        }),
      )
    },
  }
}

/** What the audit keeps. */
function told(row: SavedViewRow): object {
  const { list, name, filters } = toView(row)
  return { list, name, filters }
}

function toView(row: SavedViewRow): SavedView {
  return {
    id: String(row.id),
    list: row.list,
    name: row.name,
    filters: JSON.parse(row.filters) as ViewFilters,
    savedBy: row.saved_by,
    changedAt: new Date(Number(row.changed_at)),
  }
}
