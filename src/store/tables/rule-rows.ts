// Rows of `rebound_rules` and `rebound_versions`.

import type { Category } from '../../model/categories.ts'
import type { Rule, RuleSection, RuleSource, RuleStage, RuleType } from '../../model/rule.ts'
import type { Store } from '../database/open.ts'
import type { Transaction } from '../database/transaction.ts'

export interface RuleRow {
  readonly position: number
  readonly id: string
  readonly section: RuleSection
  readonly text: string
  readonly type: RuleType
  readonly stage: RuleStage
  readonly source: RuleSource
  readonly enabled: number | boolean
  readonly category: Category | null
  readonly note: string | null
  readonly hits: number
  readonly last_hit_at: number | null
  readonly removed_at: number | null
}

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
  const rows = await store.knex('rebound_rules').whereNull('removed_at').orderBy('position')
  return (rows as readonly RuleRow[]).map(toRule)
}

/** Rises with every change of a rule, and not with its hits. */
export async function rulesVersion(store: Store): Promise<number> {
  const rows = (await store.knex('rebound_versions').select('version').where({ name: 'rules' })) as readonly {
    version: number
  }[]
  return Number(rows[0]?.version ?? 0)
}

export async function raiseRulesVersion(store: Store, transaction: Transaction): Promise<void> {
  const { knex } = store
  await transaction.run(
    knex('rebound_versions')
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
      store
        .knex('rebound_rules')
        .where({ id })
        .update({ hits: store.knex.raw('hits + ?', [count]), last_hit_at: at }),
    )
}
