// Big tables: how long every list and view takes there, whether mail is recorded as quickly as in empty ones, and what
// pruning takes of it. Far too long for every change: `npm run bench -- growth` alone, with `--events N` and `--database sqlite|mysql`.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { dayMs } from '../../src/model/day.ts'
import { migrate } from '../../src/store/database/migrate.ts'
import { openStore, type Store } from '../../src/store/database/open.ts'
import { createRecorder, type Recorder } from '../../src/store/recording/recorder.ts'
import { prune } from '../../src/store/upkeep/retention.ts'
import { canStartMariadb, startMariadb } from '../../test/mariadb.ts'
import { bigLists } from '../../test/store/big-lists.ts'
import { fill, type Sizes, start } from '../../test/store/big-tables.ts'
import { event } from '../../test/store/events.ts'
import { median } from './rounds.ts'
import { withoutIndexes } from './without-indexes.ts'

export interface GrowthOptions {
  /** A tenth of them records, a hundredth campaigns. */
  readonly events: number
  readonly databases: readonly ('sqlite' | 'mysql')[]
}

export async function benchGrowth({ events, databases }: GrowthOptions): Promise<void> {
  const sizes: Sizes = { events, records: events / 10, campaigns: events / 100 }
  for (const database of databases) {
    if (database === 'mysql' && !canStartMariadb) console.log('  (no mariadbd here: SQLite alone)')
    else if (database === 'mysql') await onMariadb(sizes)
    else await onSqlite(sizes)
  }
}

async function onMariadb(sizes: Sizes): Promise<void> {
  const flags = ['--innodb-buffer-pool-size=2G', '--innodb-log-file-size=1G']
  const mariadb = await startMariadb({ flags })
  try {
    await measureAll('MariaDB', sizes, await mariadb.newDatabase(), await mariadb.newDatabase())
  } finally {
    await mariadb.stop()
  }
}

async function onSqlite(sizes: Sizes): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rebound-growth-'))
  try {
    await measureAll(
      'SQLite',
      sizes,
      `sqlite:${join(folder, 'big.sqlite')}`,
      `sqlite:${join(folder, 'empty.sqlite')}`,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureAll(name: string, sizes: Sizes, bigUrl: string, emptyUrl: string): Promise<void> {
  const count = (value: number): string => value.toLocaleString('en')
  const big = openStore({ url: bigUrl })
  const empty = openStore({ url: emptyUrl })
  try {
    const began = performance.now()
    await migrate(big)
    await migrate(empty)
    await withoutIndexes(
      big,
      ['rebound_bounces', 'rebound_contacts', 'rebound_leads', 'rebound_companies'],
      () => fill(big, sizes),
    )
    const minutes = ((performance.now() - began) / 60_000).toFixed(1)
    console.log(
      `  ${name}: ${count(sizes.events)} events, ${count(sizes.records)} records, ${count(sizes.campaigns)} campaigns, made in ${minutes} minutes`,
    )
    const single = big.dialect === 'sqlite' ? big : openStore({ url: bigUrl, connections: 1 })
    await measureLists(single, sizes.events)
    if (single !== big) await single.close()
    await measureIntake(big, empty, sizes)
  } finally {
    await big.close()
    await empty.close()
  }
}

/** Three pages at most: cold, then again with this process's CPU, which is all of it on SQLite, and the rows read on MariaDB. */
async function measureLists(store: Store, events: number): Promise<void> {
  console.log(
    `  ${'list, three pages of 100'.padEnd(62)} ${'first ms'.padStart(9)} ${'again ms'.padStart(9)} ${'CPU ms'.padStart(7)} ${'rows read'.padStart(10)} ${'shown'.padStart(6)}`,
  )
  const readMs = async (read: () => Promise<unknown>): Promise<number> => {
    const began = performance.now()
    await read()
    return performance.now() - began
  }
  for (const { what, read } of bigLists(events)) {
    let shown = 0
    const firstMs = await readMs(async () => {
      shown = (await read(store)).reduce((sum, rows) => sum + rows.length, 0)
    })
    const before = await rowsRead(store)
    const cpu = process.cpuUsage()
    const againMs = await readMs(() => read(store))
    const { user, system } = process.cpuUsage(cpu)
    const cpuMs = (user + system) / 1_000
    const rows = before === null ? '' : `${((await rowsRead(store)) ?? 0) - before}`
    console.log(
      `  ${what.padEnd(62)} ${firstMs.toFixed(1).padStart(9)} ${againMs.toFixed(1).padStart(9)} ${cpuMs.toFixed(1).padStart(7)} ${rows.padStart(10)} ${`${shown}`.padStart(6)}`,
    )
  }
}

async function rowsRead({ knex, dialect }: Store): Promise<number | null> {
  if (dialect === 'sqlite') return null
  const [rows] = await knex.raw("show session status like 'Handler_read%'")
  return (rows as readonly { Value: string }[]).reduce((sum, { Value }) => sum + Number(Value), 0)
}

const rounds = 7
const roundMs = 4_000
const waiting = 20
const campaigns = 50

/** Events a second, in turn into empty tables, into big ones, and into big ones while they are pruned. */
async function measureIntake(big: Store, empty: Store, { events }: Sizes): Promise<void> {
  const recorders = [big, empty].map(store => createRecorder(store, { trustClaimed: false }))
  const [intoBig, intoEmpty] = recorders as [Recorder, Recorder]
  let sent = 0
  const rateOf = async (recorder: Recorder): Promise<number> => {
    const began = performance.now()
    let done = 0
    const sender = async (): Promise<void> => {
      while (performance.now() - began < roundMs) {
        // About new records, as most mail is: in empty tables there are no others.
        const at = sent++
        await recorder.record([
          event({
            name: `growth ${at}`,
            recordId: `new-${(at * 7_919) % 1_000_003}`,
            campaign: { id: `${at % campaigns}` },
            type: at % 3 === 0 ? 'hard' : 'soft',
          }),
        ])
        done++
      }
    }
    await Promise.all(Array.from({ length: waiting }, sender))
    return done / ((performance.now() - began) / 1_000)
  }
  const rates = { empty: [] as number[], big: [] as number[], pruned: [] as number[] }
  let deleted = 0
  // Gone first, and no events.
  await big.knex('rebound_stripped').truncate()
  await rateOf(intoEmpty)
  await rateOf(intoBig)
  for (let round = 0; round < rounds; round++) {
    rates.empty.push(await rateOf(intoEmpty))
    rates.big.push(await rateOf(intoBig))
    const stopping = new AbortController()
    // The older half.
    const now = new Date(start + (events / 2) * 1_000 + 100 * dayMs)
    const pruning = prune(
      big,
      {
        keepDays: 100,
        keepNoiseDays: 100,
        keepCampaignDays: null,
        returnPathDays: 60,
        replyDays: 60,
        roleMailDays: 90,
      },
      { now, signal: stopping.signal },
    )
    await sleep(0)
    rates.pruned.push(await rateOf(intoBig))
    stopping.abort()
    const { bounces, noise } = await pruning
    deleted += bounces + noise
  }
  for (const recorder of recorders) await recorder.close()
  const share = (part: readonly number[], whole: readonly number[]): string =>
    median(part.map((each, at) => each / (whole[at] ?? Number.NaN))).toFixed(2)
  console.log(`  recorded a second, ${waiting} at a time: empty ${median(rates.empty).toFixed(0)}`)
  console.log(`    big ${median(rates.big).toFixed(0)}, ×${share(rates.big, rates.empty)} of empty`)
  console.log(
    `    big while pruned ${median(rates.pruned).toFixed(0)}, ×${share(rates.pruned, rates.big)} of big (${deleted} events deleted)`,
  )
}
