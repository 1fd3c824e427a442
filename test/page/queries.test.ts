// No query without an index: every page with what it links to, and every list of the API with each filter, beside
// 100,000 events. What each asks the database is looked at as the database goes about it. A page that is added is
// opened here by itself; one that needs an example to be opened says so.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Base, openBase } from '../../src/backend/open.ts'
import { createHttp, type Http } from '../../src/http/server.ts'
import { pagesOf } from '../../src/page/pages.tsx'
import { portsOf } from '../../src/ports.ts'
import { openRulebook, type Rulebook } from '../../src/rules/rulebook.ts'
import type { Config } from '../../src/settings/config.ts'
import { readConfig } from '../../src/settings/read.ts'
import { migrate } from '../../src/store/database/migrate.ts'
import { openStore, type Store } from '../../src/store/database/open.ts'
import { sqliteFile } from '../../src/store/database/sqlite-file.ts'
import { tryOutOf } from '../../src/try-out.ts'
import { within } from '../patience.ts'
import { dialects, emptyDatabase, type TestDatabase } from '../store/databases.ts'
import {
  mysqlRowsRead,
  type Statement,
  sqlitePagesRead,
  sqlitePlanFaults,
  statementsOf,
  useSmallPages,
} from '../store/plans.ts'
import { fillScene, sample } from './big-scene.ts'
import { apiUrls, type Described, walkPages } from './crawl.ts'
import { pageRoutes } from './routes.ts'

const token = 'the-token-of-the-queries'

const record = { module: sample.module, id: sample.record }
const samples = {
  '/records/': record,
  '/events/': { id: sample.event },
  '/campaigns/': { id: sample.campaign },
  '/incidents/': { id: sample.incident },
  '/replies/': { id: sample.reply },
  '/rules/': { id: sample.rule },
  '/settings/postmaster/': { id: sample.mail },
  '/v1/records/': record,
  '/v1/bounces/': { id: sample.event },
  '/v1/campaigns/': { id: sample.campaign },
  '/v1/incidents/': { id: sample.incident },
  '/v1/replies/': { id: sample.reply },
  '/v1/rules/': { id: sample.rule },
  '/v1/postmaster/': { id: sample.mail },
} as const

const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
const values = {
  address: sample.commonAddress,
  bounce: sample.event,
  campaign: sample.campaign,
  record: sample.record,
  incident: sample.incident,
  module: 'companies',
  from: yesterday,
  to: yesterday,
  q: 'nowhere',
  limit: '100',
  id: sample.record,
  host: 'mx.example.net',
  a: sample.campaign,
  b: '1',
  nullSender: 'true',
} as const

/** Tables that may be read whole: what bounds each. */
const small: Readonly<Record<string, string>> = {
  rebound_rules: 'people write them, and all are in memory of every server',
  rebound_keys: 'one for each signing key that there ever was',
  rebound_modules: 'one for each module of the mapping file',
  rebound_thresholds: 'one for each category',
  rebound_saved_views: 'so many for each list at most (model/saved-view.ts)',
  rebound_role_mail: 'REBOUND_ROLE_MAIL_MESSAGES',
  rebound_evidence: 'REBOUND_EVIDENCE',
  rebound_versions: 'a handful of names',
  rebound_incidents: 'the newest thousand are shown; a few come up in a month',
  rebound_days: 'one for each day',
  rebound_mailboxes: 'one for each mailbox that is fetched',
  rebound_node_clocks: 'one for each server',
}

describe.each(dialects)('no query without an index, on %s', dialect => {
  let database: TestDatabase
  let parts: Parts
  /** One connection: what it read is counted there. */
  let alone: Store
  beforeAll(async () => {
    database = await emptyDatabase(dialect)
    if (dialect === 'sqlite') useSmallPages(sqliteFile(database.url))
    await migrate(database.store)
    await fillScene(database.store, { events: 100_000, records: 30_000, campaigns: 2_000 })
    parts = await openParts(database.url)
    alone = dialect === 'sqlite' ? parts.base.store : openStore({ url: database.url, connections: 1 })
  }, within(240_000))
  afterAll(async () => {
    if (alone !== parts?.base.store) await alone?.close()
    await parts?.close()
    await database?.drop()
  })

  const check = async (opened: ReadonlyMap<string, readonly Statement[]>): Promise<void> => {
    const checked = new Map<string, readonly string[]>()
    const faults: string[] = []
    for (const [url, statements] of opened)
      for (const statement of statements) {
        const found = checked.get(statement.sql) ?? (await faultsOf(alone, statement))
        if (!checked.has(statement.sql))
          for (const fault of found) faults.push(`${url}: ${fault}: ${statement.sql}`)
        checked.set(statement.sql, found)
      }
    expect(checked.size).toBeGreaterThan(20)
    expect(faults).toEqual([])
  }

  test(
    'of every page, of what it links to, and of its filters',
    async () => {
      const opened = new Map<string, readonly Statement[]>()
      const routes = await pageRoutes()
      const shapes = await walkPages(url => parts.open(url, opened), { routes, samples, values })
      for (const route of routes)
        expect(
          shapes.some(shape => shape.startsWith(`${route}?`)),
          route,
        ).toBe(true)
      await check(opened)
    },
    within(240_000),
  )

  test(
    'of everything that the API answers to GET, with each filter',
    async () => {
      const opened = new Map<string, readonly Statement[]>()
      const described = JSON.parse((await parts.open('/openapi.json', opened)) ?? '') as Described
      const urls = apiUrls(described, { samples, values })
      expect(urls.length).toBeGreaterThan(50)
      for (const url of urls) {
        const { next = null } = jsonOf(await parts.open(url, opened))
        const more = `${url}${url.includes('?') ? '&' : '?'}after=`
        if (next !== null) await parts.open(`${more}${encodeURIComponent(next)}`, opened)
      }
      await check(opened)
    },
    within(240_000),
  )
})

/** Its `next`, where it is a list. */
function jsonOf(body: string | null): { readonly next?: string | null } {
  try {
    return JSON.parse(body ?? '') as { readonly next?: string | null }
  } catch {
    return {}
  }
}

/** Rows that one statement may read: those of a slice of 10,000 in an index, each by its key. */
const mostRows = 25_000
/** By its key SQLite goes down four pages to a row, and comes to the key by an index as deep. */
const pagesForRow = 4

/** Statements whose plan looks worse than it is, and what bounds each; what it reads is measured all the same. */
const bounded: readonly { readonly sql: RegExp; readonly why: string; readonly rows?: number }[] = [
  { sql: /sum\(1 \+ repeats\)/, why: 'groups the events of one step, two thousand (day-cells.ts)' },
  {
    sql: /^select `(\w+)` from `\w+` (?:where `\1` > \? )?order by `\1` asc limit \? offset \?$/,
    why: 'the end of a step, in the order of the key (forget-texts.ts)',
  },
  { sql: /instr\(lower\(/, why: 'an erasure looks through every text, a step at a time (forget-texts.ts)' },
  {
    sql: /from `rebound_replies` as `r` .* order by `r`.`event_id` desc limit \?$/,
    why: 'in the order of the list',
  },
  {
    sql: /from \(select `id` from `rebound_outbox` where .* limit \?\) as `some`$/,
    why: 'counts 100,000 at most (outbox-upkeep.ts), which MariaDB reads twice',
    rows: 200_010,
  },
  {
    sql: /from \(select `event_id` from `rebound_stripped` limit \?\) as `some`$/,
    why: 'counts 1,000 at most',
  },
]

async function faultsOf(store: Store, statement: Statement): Promise<readonly string[]> {
  const { sql, bindings } = statement
  const known = bounded.find(each => each.sql.test(sql))
  const most = known?.rows ?? mostRows
  const run = async (): Promise<void> => void (await store.knex.raw(sql, bindings as string[]))
  const isRead = /^\s*(?:select|\(select|with)/i.test(sql)
  const plan = known || onlySmall(sql) ? [] : await planFaults(store, statement)
  if (!isRead) return plan
  const isSqlite = store.dialect === 'sqlite'
  const read = isSqlite ? (await sqlitePagesRead(store, run)) / pagesForRow : await mysqlRowsRead(store, run)
  return read > most ? [...plan, `about ${Math.round(read)} rows read`] : plan
}

async function planFaults(store: Store, statement: Statement): Promise<readonly string[]> {
  if (store.dialect === 'sqlite') return await sqlitePlanFaults(store, statement, isSmallScan)
  const { sql, bindings } = statement
  if (!/^\s*(?:select|\(select|with|update|delete)/i.test(sql)) return []
  const [steps] = (await store.knex.raw(`explain ${sql}`, bindings as string[])) as readonly [readonly Step[]]
  return steps
    .filter(
      ({ table, type }) => type === 'ALL' && table !== null && !(table in small) && !table.startsWith('<'),
    )
    .map(({ table, rows }) => `reads all of ${table}, ${rows} rows`)
}

/** A line of MariaDB's EXPLAIN. */
interface Step {
  readonly table: string | null
  readonly type: string | null
  readonly rows: number | null
}

const isSmallScan = (step: string): boolean =>
  Object.keys(small).some(table => step.split(' ').includes(table))

const onlySmall = (sql: string): boolean => (sql.match(/\brebound_\w+/g) ?? []).every(table => table in small)

interface Parts {
  readonly base: Base
  /** Notes what was asked of the database for it. */
  readonly open: (url: string, opened: Map<string, readonly Statement[]>) => Promise<string | null>
  readonly close: () => Promise<void>
}

/** The API and the pages on a database, without the mail's side: nothing else asks the database much meanwhile. */
async function openParts(databaseUrl: string): Promise<Parts> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rebound-queries-'))
  const read = readConfig({
    DATABASE_URL: databaseUrl,
    REBOUND_DATA_DIR: dataDir,
    REBOUND_SECRET: 'queries-'.repeat(8),
    REBOUND_API_TOKEN: token,
  })
  if (!read.ok) throw new Error(read.faults.join('; '))
  const { config } = read
  const base = await openBase(config, null)
  const book = await openRulebook(base.rulebook, {
    evidence: config.evidence,
    onError: error => {
      throw error
    },
  })
  const http = httpOf(config, base, book)
  const { port } = await http.start()
  const headers = { authorization: `Bearer ${token}` }
  return {
    base,
    open: async (url, opened) => {
      let body: string | null = null
      const statements = await statementsOf(base.store, async () => {
        const answer = await fetch(`http://127.0.0.1:${port}${url}`, { headers, redirect: 'manual' })
        const text = await answer.text()
        expect([200, 303, 400, 404], `${url}: ${answer.status} ${text.slice(0, 500)}`).toContain(
          answer.status,
        )
        if (answer.status < 400) body = text
      })
      opened.set(url, statements)
      return body
    },
    close: async () => {
      await http.close()
      await book.close()
      await base.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

function httpOf(config: Config, base: Base, book: Rulebook): Http {
  return createHttp({
    host: '127.0.0.1',
    port: 0,
    token,
    pages: pagesOf({ recordUrl: null, settings: [], version: '0', databaseName: 'queries' }),
    version: '0',
    log: pino({ level: 'silent' }),
    metrics: { answered: () => {}, text: async () => ({ contentType: 'text/plain', body: '' }) },
    ports: {
      ...portsOf(base, book, config, () => null),
      examine: async () => [],
      tryOut: tryOutOf({ mint: base.mint, records: base.records, smtp: () => null }),
      health: { notReady: async () => null },
    },
  })
}
