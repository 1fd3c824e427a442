// Lists that stay quick when tables are big: indexes by what is asked, and views that give their first rows at once.
// Which index serves which query stands in docs/operate.md.

import type { Knex } from 'knex'
import { exactCollation, flavourOf } from './columns.ts'

export async function up(knex: Knex): Promise<void> {
  // Records by what bounced, in their own order: a cause that nobody has is known with one look.
  await index(knex, 'rebound_bounces', 'rebound_bounces_cause', ['module', 'type', 'category', 'record_id'])
  // Instead of the one without kind and type: it merges them (tables/event-ranges.ts).
  const byCampaign = ['campaign_id', 'kind', 'type', 'recorded_at', 'id']
  await index(knex, 'rebound_bounces', 'rebound_bounces_campaign_kind', byCampaign)
  await index(knex, 'rebound_bounces', 'rebound_bounces_module', ['module', 'recorded_at', 'id'])
  await withoutIndex(knex, 'rebound_bounces', 'rebound_bounces_campaign')
  await createCampaignResults(knex)
  await createBouncedRecords(knex)
}

/** Unless it is there: MySQL commits each DDL statement by itself, and a start that was killed begins again. */
async function index(knex: Knex, table: string, name: string, columns: readonly string[]): Promise<void> {
  if (await hasIndex(knex, table, name)) return
  await knex.schema.alterTable(table, builder => {
    builder.index([...columns], name)
  })
}

async function withoutIndex(knex: Knex, table: string, name: string): Promise<void> {
  if (!(await hasIndex(knex, table, name))) return
  await knex.schema.alterTable(table, builder => {
    builder.dropIndex([], name)
  })
}

async function hasIndex(knex: Knex, table: string, name: string): Promise<boolean> {
  if ((await flavourOf(knex)) === 'sqlite')
    return (await knex('sqlite_master').where({ type: 'index', name })).length > 0
  const [rows] = await knex.raw('show index from ?? where key_name = ?', [table, name])
  return rows.length > 0
}

/** Exact at any moment: what is not folded yet is added. */
async function createCampaignResults(knex: Knex): Promise<void> {
  const count = (column: string): string =>
    `cast(c.${column} + coalesce((select sum(d.${column}) from rebound_campaign_deltas d where d.campaign_id = c.id), 0) as signed)`
  const rate = (column: string): string => `case when c.sent > 0 then (${count(column)}) * 1.0 / c.sent end`
  // Told outright, MariaDB does not sort all campaigns for the newest hundred.
  const byNumber =
    (await flavourOf(knex)) === 'sqlite' ? '' : 'force index for order by (rebound_campaigns_number)'
  await knex.raw('drop view if exists rebound_campaign_results')
  await knex.raw(
    `create view rebound_campaign_results as
     select c.id, c.number, c.name, c.sent, ${count('hard_bounces')} as hard_bounces,
     ${count('soft_bounces')} as soft_bounces, ${count('blocked_bounces')} as blocked_bounces,
     ${count('complaints')} as complaints, ${rate('hard_bounces')} as hard_rate,
     ${rate('soft_bounces')} as soft_rate, ${rate('complaints')} as complaint_rate
     from rebound_campaigns c ${byNumber}`,
  )
}

const modules = ['contacts', 'companies', 'leads'] as const

/**
 * MySQL and MariaDB collect a view with UNION whole before they give its first row: here it is a join, which they read
 * row by row. Each part of `p` reaches into one table alone: where its column is null, nothing is looked up.
 * SQLite reads a UNION row by row, and keeps the view it has.
 */
async function createBouncedRecords(knex: Knex): Promise<void> {
  const flavour = await flavourOf(knex)
  if (flavour === 'sqlite') return
  const named = (name: string): string => `convert('${name}' using utf8mb4)${exactCollation(flavour)}`
  const part = (module: string, key: string, table: string): string => {
    const keys = [...modules.map(each => `${each === key ? 1 : 'null'} as ${each}`)]
    return `select ${module} as module, ${keys.join(', ')}, ${key === '' ? 'module' : 'null'} as mapped ${table}`
  }
  const parts = [
    ...modules.map(module => part(named(module), module, '')),
    part('module', '', 'from (select distinct module from rebound_mapped_records) m'),
  ]
  const any = (column: string, ...tables: readonly string[]): string =>
    `coalesce(${tables.map(table => `${table}.${column}`).join(', ')})`
  const all = [...modules, 'mapped'] as const
  const id = any('id', ...all)
  const time = (column: string): string =>
    `timestamp('1970-01-01 00:00:00') + interval (${any(column, ...all)} div 1000) second`
  // As lists over HTTP say it: of the bounces that were not taken back the one recorded last.
  const last = (column: string): string =>
    `(select b.${column} from rebound_bounces b force index (rebound_bounces_record)
      where b.module = p.module and b.record_id = ${id} and b.kind = 'bounce' and b.concern <> 'other'
      and b.undone_at is null order by b.recorded_at desc, b.id desc limit 1) as last_${column}`
  const registered = (retired: 'null' | 'not null'): string =>
    `exists (select 1 from rebound_modules r where r.module = p.module and r.retired_at is ${retired})`
  await knex.raw('drop view if exists rebound_bounced_records')
  await knex.raw(
    `create view rebound_bounced_records as
     select p.module, ${id} as id, ${any('email', ...modules)} as email,
     ${['bounced_address', 'hard_bounces', 'soft_bounces'].map(name => `${any(name, ...all)} as ${name}`).join(', ')},
     ${time('last_bounce_at')} as last_bounce, ${last('type')}, ${last('category')}, ${time('reset_at')} as reset
     from (${parts.join(' union all ')}) p
     ${modules
       .map(
         module =>
           `left join rebound_${module} ${module} force index (rebound_${module}_bounced)
            on ${module}.email_bounced = p.${module}`,
       )
       .join(' ')}
     left join rebound_mapped_records mapped force index (primary)
     on mapped.module = p.mapped and mapped.email_bounced = 1
     where ${id} is not null
     and (p.mapped is null and not ${registered('null')}
       or p.mapped is not null and (${registered('null')} or not ${registered('not null')}))`,
  )
}
