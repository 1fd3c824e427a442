// A database after a busy year, for the pages' bench and for the test of their queries: big-tables.ts with what else the
// pages show, the newest event of a minute ago.

import { dayMs, hourMs } from '../../src/model/day.ts'
import type { Store } from '../../src/store/database/open.ts'
import { fill, numbered, type Sizes } from '../store/big-tables.ts'

/** One of each, to be looked at. */
export const sample = {
  module: 'contacts',
  record: '1',
  event: '5000',
  campaign: 'big',
  /** Of a fifth of all events. */
  commonAddress: 'ana@example.org',
  incident: '1',
  reply: '100',
  mail: '1',
  rule: 'shipped-from-MAILER-DAEMON',
} as const

/** Rows changed by one statement: on a busy machine more would take longer than a statement may. */
const part = 5_000

/** Mail of people, and to postmaster: what settings allow is less. */
const beside = { replies: 20_000, mails: 1_000, evidence: 2_000, incidents: 300 } as const

export async function fillScene(store: Store, sizes: Sizes): Promise<void> {
  await fill(store, sizes)
  await spreadAddresses(store, sizes)
  const now = Date.now()
  await shiftTo(store, now - 60_000)
  await fillBeside(store, now)
}

/** Nine of ten events are about an address of their record's own, at one of a thousand domains. */
async function spreadAddresses({ knex, dialect }: Store, { events }: Sizes): Promise<void> {
  const address =
    dialect === 'mysql'
      ? "concat('u', record_id, '@', case when record_id % 3 = 0 then 'gmail.com' else concat('d', record_id % 997, '.example') end)"
      : "'u' || record_id || '@' || case when record_id % 3 = 0 then 'gmail.com' else 'd' || (record_id % 997) || '.example' end"
  for (let first = 0; first < events; first += part)
    await knex.raw(
      `update rebound_bounces set address = ${address}, reported_address = ${address}
       where id > ${first} and id <= ${first + part} and record_id % 10 <> 1`,
    )
}

async function shiftTo({ knex }: Store, newest: number): Promise<void> {
  const [found] = await knex('rebound_bounces').max('recorded_at as at').max('id as id')
  const later = newest - Number(found?.at)
  const last = Number(found?.id)
  const shift = (column: string) => knex.raw(`${column} + ?`, [later])
  for (let first = 0; first < last; first += part)
    await knex('rebound_bounces')
      .where('id', '>', first)
      .where('id', '<=', first + part)
      .update({ recorded_at: shift('recorded_at'), received_at: shift('received_at') })
}

async function fillBeside(store: Store, now: number): Promise<void> {
  const { knex } = store
  const insert = (table: string, columns: string, values: string, rows: number): Promise<void> =>
    numbered(rows, numbers => knex.raw(`insert into ${table} (${columns}) select ${values} from ${numbers}`))
  const text = `'${'It does not work here. '.repeat(80)}'`
  await insert(
    'rebound_replies',
    'event_id, received_at, sender, subject, body, bytes',
    `i + 1, ${now} - i * 1000, 'eva@example.net', 'Re: hello', ${text}, 2000`,
    beside.replies,
  )
  const digest = store.dialect === 'mysql' ? "concat('digest', i)" : "'digest' || i"
  const mail = `concat('Subject: it loops', char(13, 10), char(13, 10), ${text})`
  await insert(
    'rebound_role_mail',
    'kept_at, received_at, digest, bytes, kept_bytes, raw',
    `${now} - i * 1000, ${now} - i * 1000, ${digest}, 2000, 2000, cast(${mail} as ${store.dialect === 'mysql' ? 'binary' : 'blob'})`,
    beside.mails,
  )
  await insert(
    'rebound_evidence',
    'at, kind, event_id, body',
    `${now} - i * 1000, 'bounce', i + 1, '{"sections":{"body":"no such user"},"recipients":[]}'`,
    beside.evidence,
  )
  await insert(
    'rebound_incidents',
    'sign, subject, opened_at, last_sign_at, ended_at, records, domains, decision, decided_at, decided_by',
    `'host', 'smtp.crm.example', ${now} - (i + 1) * ${dayMs}, ${now} - (i + 1) * ${dayMs}, ${now} - i * ${dayMs} - 80000000,
     40, 9, 'drop', ${now} - i * ${dayMs} - 80000000, 'http'`,
    beside.incidents,
  )
  await knex('rebound_incidents').insert({
    sign: 'provider',
    subject: 'gmail',
    open_key: 'provider gmail',
    opened_at: now - 20 * hourMs,
    last_sign_at: now,
    records: 400,
    domains: 1,
  })
  // Of the open one, and a few that an old one kept.
  await knex('rebound_bounces')
    .where('id', '<=', 2_000)
    .where({ type: 'hard' })
    .update({ effect: 'held', incident_id: beside.incidents + 1 })
  await knex('rebound_bounces')
    .where('id', '<=', 200)
    .where({ type: 'soft' })
    .update({ effect: 'held', incident_id: 1 })
  await knex('rebound_campaigns').insert({ id: 'big', number: 3_000_000_000, sent: 200_000 })
}
