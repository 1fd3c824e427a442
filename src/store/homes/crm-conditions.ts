// Looks whether the conditions of a mapping let anything through: a misspelled value is not a fault of the schema.

import type { Condition } from '../../crm/mapping.ts'
import type { Store } from '../database/open.ts'
import { meeting, presentRecords } from './crm-reader.ts'
import type { CrmTables } from './crm-tables.ts'

/** A sentence for each place whose conditions no row meets, though its table has rows. */
export async function idleConditions(store: Store, crm: CrmTables): Promise<readonly string[]> {
  const { knex } = store
  const some = async (query: PromiseLike<unknown>): Promise<boolean> =>
    ((await query) as unknown[]).length > 0
  const idle: string[] = []
  const look = async (
    table: string,
    conditions: readonly Condition[],
    query: PromiseLike<unknown>,
  ): Promise<void> => {
    if (conditions.length === 0 || (await some(query))) return
    if (!(await some(knex(table).select(knex.raw('1')).limit(1)))) return
    const values = conditions
      .map(({ column, value }) => `${column} ${value === null ? 'is NULL' : `= ${value}`}`)
      .join(' and ')
    idle.push(
      `${conditions[0]?.at.replace(/\.[^.]*$/, '')}: ${table} has rows, but none with ${values}: their bounces would have no effect`,
    )
  }
  const plain = (table: string, conditions: readonly Condition[]): Promise<void> => {
    const query = knex(table).select(knex.raw('1')).limit(1)
    return look(table, conditions, meeting(query, conditions))
  }
  for (const module of crm.mapping.modules) {
    const { addresses } = module
    await look(module.id.table, module.where, presentRecords(store, module).select(knex.raw('1')).limit(1))
    if (addresses.kind === 'columns') continue
    await plain(addresses.id.table, addresses.where)
    if (addresses.link) await plain(addresses.record.table, addresses.link.where)
  }
  const { campaigns } = crm.mapping
  if (campaigns) await plain(campaigns.id.table, campaigns.where)
  return idle
}
