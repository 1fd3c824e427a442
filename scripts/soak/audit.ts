// What must be true of a database whatever happened to it: every acknowledged mail once, and every count that of the events.

import type { Store } from '../../src/store/database/open.ts'

export interface Audit {
  readonly events: number
  /** Return paths that were acknowledged and have no event. */
  readonly lost: readonly string[]
  /** Return paths that have more than one. */
  readonly twice: readonly string[]
  /** Records whose counts are not those of their events. */
  readonly records: readonly string[]
  /** Campaigns whose counts are not those of their records, or whose records are not those of the events. */
  readonly campaigns: readonly string[]
  /** Events that were stored without their effects. */
  readonly inert: number
}

/** Counts of one record, or of one campaign, by type. */
type Counts = ReadonlyMap<string, string>

const modules = ['contacts', 'companies', 'leads'] as const

/**
 * Reads everything; for databases of up to some 100,000 events.
 * @param acknowledged the return paths whose mail was answered with 250, each of a mail of its own
 */
export async function auditOf(store: Store, acknowledged: Iterable<string>): Promise<Audit> {
  const { knex } = store
  const paths = new Map<string, number>()
  for (const path of (await knex('rebound_bounces').pluck('return_path')) as readonly string[])
    paths.set(path, (paths.get(path) ?? 0) + 1)
  const bounces = () =>
    knex('rebound_bounces').where({ kind: 'bounce' }).whereNot('concern', 'other').whereNull('undone_at')
  const ofRecords = counted(
    await bounces()
      .whereNotNull('record_id')
      .whereNot('effect', 'none')
      .select('module as a', 'record_id as b', 'type')
      .count({ n: '*' })
      .groupBy('module', 'record_id', 'type'),
  )
  const kept = new Map<string, string>()
  for (const module of modules)
    for (const row of await knex(`rebound_${module}`).select('id', 'hard_bounces', 'soft_bounces'))
      kept.set(`${module} ${row.id}`, told(row.hard_bounces, row.soft_bounces))

  const worst = new Map<string, string>()
  for (const row of await bounces()
    .whereNotNull('campaign_id')
    .select('campaign_id', 'module', 'record_id', 'type')) {
    const key = `${row.campaign_id} ${row.module} ${row.record_id}`
    if (worst.get(key) !== 'hard') worst.set(key, row.type)
  }
  const standings = new Map<string, string>()
  for (const row of await knex('rebound_campaign_records').whereNotNull('type'))
    standings.set(`${row.campaign_id} ${row.module} ${row.record_id}`, row.type)
  const ofCampaigns = counted(
    await knex('rebound_campaign_records')
      .whereNotNull('type')
      .select('campaign_id as a', knex.raw("'' as b"), 'type')
      .count({ n: '*' })
      .groupBy('campaign_id', 'type'),
  )
  const results = new Map<string, string>()
  for (const row of await knex('rebound_campaign_results').select('id', 'hard_bounces', 'soft_bounces'))
    results.set(`${row.id} `, told(row.hard_bounces, row.soft_bounces))

  return {
    events: [...paths.values()].reduce((sum, count) => sum + count, 0),
    lost: [...acknowledged].filter(path => !paths.has(path)),
    twice: [...paths].flatMap(([path, count]) => (count > 1 ? [path] : [])),
    records: different(kept, ofRecords),
    campaigns: [...different(standings, worst), ...different(results, ofCampaigns)],
    inert: Number((await knex('rebound_stripped').where({ detail: 'inert' }).count({ n: '*' }))[0]?.n),
  }
}

/** Does everything agree, with nothing lost, doubled or dropped quietly? */
export function isExact({ lost, twice, records, campaigns, inert }: Audit): boolean {
  return lost.length + twice.length + records.length + campaigns.length + inert === 0
}

const told = (hard: unknown, soft: unknown): string => `${Number(hard)} hard, ${Number(soft)} soft`

interface CountRow {
  readonly a: string
  readonly b: string
  readonly type: string
  readonly n: number
}

function counted(rows: readonly unknown[]): Counts {
  const counts = new Map<string, { hard: number; soft: number }>()
  for (const { a, b, type, n } of rows as readonly CountRow[]) {
    const key = `${a} ${b}`
    const before = counts.get(key) ?? { hard: 0, soft: 0 }
    counts.set(key, { ...before, [type]: Number(n) })
  }
  return new Map([...counts].map(([key, { hard, soft }]) => [key, told(hard, soft)]))
}

/** Keys whose values differ, or that one side lacks though it counts something. */
function different(one: Counts, other: Counts): readonly string[] {
  const nothing = told(0, 0)
  return [...new Set([...one.keys(), ...other.keys()])]
    .filter(key => (one.get(key) ?? nothing) !== (other.get(key) ?? nothing))
    .map(key => `${key}: ${one.get(key) ?? 'nothing'} kept, ${other.get(key) ?? 'nothing'} by the events`)
}
