// A database of many events, made by SQL alone: rare and common causes, a big campaign and small ones. Each event is a row
// as recording writes it, with what tells them apart put in its place.

import type { Effects } from '../../src/crm/effects.ts'
import type { Store } from '../../src/store/database/open.ts'
import { eventRow, insertedColumns } from '../../src/store/recording/event-row.ts'
import { event } from './events.ts'

export interface Sizes {
  readonly events: number
  /** A multiple of 10,000 that 7919 does not divide. */
  readonly records: number
  readonly campaigns: number
}

/** Enough for a list without its index to show. */
export const sizes: Sizes = { events: 100_000, records: 30_000, campaigns: 2_000 }

export const start = Date.UTC(2026, 0, 1)
/** An event a second. */
export const time = (event: number): Date => new Date(start + event * 1_000)

const recordTables = [
  ['rebound_contacts', 'contacts'],
  ['rebound_leads', 'leads'],
] as const

/** Rows of one statement: on a busy machine more would take longer than a statement may. */
const part = 10_000

/** `i`, from a number on, for so many rows, in SQL that both databases understand. */
function numbersFrom(first: number): string {
  const digits = Array.from({ length: 10 }, (_, digit) => `select ${digit} as d`).join(' union all ')
  const names = [...'abcd']
  const sum = names.map((name, at) => `${10 ** at} * ${name}.d`).join(' + ')
  return `(select ${first} + ${sum} as i from ${names.map(name => `(${digits}) ${name}`).join(', ')}) n`
}

/** Runs a statement over `i` from 0 up to so many rows, in parts. */
export async function numbered(rows: number, run: (numbers: string) => PromiseLike<unknown>): Promise<void> {
  for (let first = 0; first < rows; first += part)
    await run(`${numbersFrom(first)} where i < ${Math.min(rows, first + part)}`)
}

/** The tables may be those of an earlier version. */
export async function fill(store: Store, given: Partial<Sizes> = {}): Promise<void> {
  const { knex, dialect } = store
  const { events, records, campaigns } = { ...sizes, ...given }
  const inParts = (rows: number, sql: (numbers: string) => string): Promise<void> =>
    numbered(rows, numbers => knex.raw(sql(numbers)))
  const joined = (...parts: readonly string[]): string =>
    dialect === 'mysql' ? `concat(${parts.join(', ')})` : parts.join(' || ')
  const text = (number: string): string => `cast(${number} as char)`
  const ignoring = dialect === 'mysql' ? 'insert ignore' : 'insert or ignore'
  const own = ownColumns(records, campaigns, text, joined)
  const there = await knex('rebound_bounces').columnInfo()
  const row = typicalRow(store).filter(({ name }) => name in there)
  const columns = ['id', ...row.map(({ name }) => name)]
  const values = ['i + 1', ...row.map(({ name, literal }) => own[name] ?? literal)]
  await inParts(
    events,
    numbers =>
      `insert into rebound_bounces (${columns.join(', ')}) select ${values.join(', ')} from ${numbers} order by i`,
  )
  // The first events are about a record each.
  for (const [table, name] of recordTables)
    await inParts(
      Math.min(records, events),
      numbers =>
        `insert into ${table} (id, email, email_bounced, hard_bounces, soft_bounces)
         select ${own.record_id}, 'ana@example.org', case when (i * 7919) % ${records} % 50 = 1 then 0 else 1 end, 1, 1
         from ${numbers} and ${own.module} = '${name}'`,
    )
  // Asked of the numbers: MariaDB would look through all events for each record.
  for (const [table, name] of recordTables) {
    if (!(await knex.schema.hasColumn(table, 'complaints'))) continue
    await numbered(events, async numbers => {
      const answer = await knex.raw(
        `select ${own.record_id} as id from ${numbers} and ${own.kind} = 'complaint' and ${own.module} = '${name}'`,
      )
      const rows: readonly { readonly id: string }[] = dialect === 'mysql' ? answer[0] : answer
      const ids = rows.map(({ id }) => id)
      if (ids.length > 0) await knex(table).whereIn('id', ids).update({ complaints: 1 })
    })
  }
  // Known to the CRM, and nothing came back for them.
  await inParts(
    records,
    numbers =>
      `insert into rebound_companies (id, email) select ${text('i')}, 'ana@example.org' from ${numbers}`,
  )
  // The worst first: it counts.
  for (const type of ['hard', 'soft'])
    await inParts(
      events,
      numbers =>
        `${ignoring} into rebound_campaign_records (campaign_id, module, record_id, type, blocked)
         select ${own.campaign_id}, ${own.module}, ${own.record_id}, '${type}', 0 from ${numbers} and ${own.type} = '${type}'`,
    )
  await inParts(
    campaigns,
    numbers => `insert into rebound_campaigns (id, number, sent) select ${text('i')}, i, 100 from ${numbers}`,
  )
  await inParts(
    20,
    numbers =>
      `insert into rebound_campaign_deltas (campaign_id, hard_bounces) select ${text('i')}, 1 from ${numbers}`,
  )
  const others = Math.min(events, 100_000)
  await inParts(
    others,
    numbers =>
      `insert into rebound_outbox (event_id, created_at, due_at, attempts) select i + 1, i, case when i < 20000 then null else ${start} + i end, i % 3 from ${numbers}`,
  )
  await inParts(
    others,
    numbers =>
      `insert into rebound_stripped (event_id, at, detail, code) select i + 1, 1, 'bare', 'x' from ${numbers}`,
  )
  await inParts(
    others,
    numbers =>
      `insert into rebound_audit (at, actor, action, module, record_id, event_id)
       select i, 'cli', 'reset', 'contacts', ${own.record_id}, i + 1 from ${numbers}`,
  )
  await inParts(
    others,
    numbers =>
      `insert into rebound_return_paths (token, module, record_id, issued_at)
       select ${joined("'t'", text('i'))}, 'contacts', '1', ${start} + i from ${numbers}`,
  )
  if (dialect === 'sqlite') return
  const tables = ['bounces', 'contacts', 'leads', 'companies', 'campaign_records', 'campaigns']
  for (const table of [...tables, 'outbox', 'stripped', 'audit'])
    await knex.raw('analyze table ??', [`rebound_${table}`])
}

/** What differs from event to event, by column, as SQL over its number. */
function ownColumns(
  records: number,
  campaigns: number,
  text: (number: string) => string,
  joined: (...parts: readonly string[]) => string,
): Readonly<Record<string, string>> {
  const rare = 'i % 4000 = 11'
  const isBounce = `(i % 20 > 1 or ${rare})`
  // A record's bounces are alike: who is gone stays away.
  const record = `(i * 7919) % ${records}`
  const isHard = `${record} % 3 = 0 and not ${rare}`
  const at = `${start} + i * 1000`
  return {
    // As long as a real one, and at the edge of its index.
    fingerprint: joined(
      "'00005014'",
      `substr(${joined("'0000000000'", text('i'))}, -10)`,
      `'${'f'.repeat(54)}'`,
    ),
    received_at: at,
    recorded_at: at,
    kind: `case when ${isBounce} then 'bounce' when i % 2000 = 0 then 'complaint' when i % 20 = 0 then 'delayed' else 'auto-reply' end`,
    type: `case when not ${isBounce} then null when ${isHard} then 'hard' else 'soft' end`,
    category: `case when not ${isBounce} then null when ${rare} then 'virus' when ${isHard} then 'unknown-user'
      when i % 7 = 0 then 'spam' else 'mailbox-full' end`,
    module: `case when i % 5 = 0 then 'leads' else 'contacts' end`,
    record_id: text(record),
    // Every tenth event is of one big campaign, and a few are of a small one.
    campaign_id: `case when i % 10 = 3 then 'big' when i % 2500 = 7 then 'small' else ${text(`i % ${campaigns}`)} end`,
  }
}

/** The columns of an event that flagged its record, in their order, each as recording fills it. */
function typicalRow({ knex }: Store): readonly { readonly name: string; readonly literal: string }[] {
  const effects: Effects = {
    type: 'soft',
    effect: 'flagged',
    record: null,
    campaign: null,
    address: null,
    movedTo: null,
  }
  const row = eventRow(event(), effects, {
    recordedAt: start,
    campaignId: '1',
    address: 'ana@example.org',
    detail: 'full',
  })
  return insertedColumns.map((name, at) => ({ name, literal: knex.raw('?', [row[at] ?? null]).toQuery() }))
}
