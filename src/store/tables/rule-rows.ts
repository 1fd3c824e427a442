// Rows of `rebound_rules` and `rebound_versions`.

import type { Rule } from '../../model/rule.ts'
import type { Store } from '../database/open.ts'
import { type RuleRow, rowsOf } from '../database/tables.ts'
import type { Transaction } from '../database/transaction.ts'

export function toRule(row: RuleRow): Rule {
  return {
    id: row.id,
    section: row.section,
    text: row.text,
    type: row.type,
    stage: row.stage,
    source: row.source,
    enabled: Boolean(row.enabled),
    category: row.category,
    note: row.note,
    hits: Number(row.hits),
    lastHitAt: row.last_hit_at === null ? null : new Date(Number(row.last_hit_at)),
  }
}

/** Every rule that is there, in the order asked. */
export async function allRules(store: Store): Promise<readonly Rule[]> {
  const rows = await rowsOf(store, 'rebound_rules').whereNull('removed_at').orderBy('position')
  return rows.map(toRule)
}

/** Rises with every change of a rule, and not with its hits. */
export async function rulesVersion(store: Store): Promise<number> {
  const rows = await rowsOf(store, 'rebound_versions').select('version').where({ name: 'rules' })
  return Number(rows[0]?.version ?? 0)
}

export async function raiseRulesVersion(store: Store, transaction: Transaction): Promise<void> {
  const { knex } = store
  await transaction.run(
    rowsOf(store, 'rebound_versions')
      .insert({ name: 'rules', version: 1 })
      .onConflict('name')
      .merge({ version: knex.raw('rebound_versions.version + 1') }),
  )
}

/** Adds what a batch counted; last of all, sorted, so that the rows are locked as briefly as can be. */
export async function addHits(
  store: Store,
  transaction: Transaction,
  hits: ReadonlyMap<string, number>,
  at: number,
): Promise<void> {
  for (const [id, count] of [...hits].sort(([a], [b]) => (a < b ? -1 : 1)))
    await transaction.run(
      rowsOf(store, 'rebound_rules')
        .where({ id })
        .update({ hits: store.knex.raw('hits + ?', [count]), last_hit_at: at }),
    )
}
