// What an event costs in the recorder: the fast path beside the general one, with so many messages waiting at once.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../../src/store/database/migrate.ts'
import { openStore, type Store } from '../../src/store/database/open.ts'
import { createRecorder, type Recorder } from '../../src/store/recording/recorder.ts'
import { canStartMariadb, startMariadb } from '../../test/mariadb.ts'
import { event } from '../../test/store/events.ts'
import { cpuSecondsOf } from './child.ts'
import { median } from './rounds.ts'

const rounds = 5
/** Of one round: where each waits for its own commit, fewer tell as much. */
const eventsOf = (waiting: number): number => Math.min(1_500, 150 * waiting)
const campaigns = 50

interface Measured {
  readonly path: string
  readonly store: Store
  readonly recorder: Recorder
  commits: number
  sent: number
  /** CPU microseconds an event: of this process, and of the database's. */
  readonly own: number[]
  readonly server: number[]
}

/** Prints CPU an event on both paths and databases, rounds in turn. */
export async function benchRecording(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rebound-recording-'))
  const mariadb = canStartMariadb ? await startMariadb({ flags: ['--innodb-buffer-pool-size=512M'] }) : null
  if (mariadb === null) console.log('  (no mariadbd here: SQLite alone)')
  let databases = 0
  const newUrl = {
    SQLite: async () => `sqlite:${join(folder, `${databases++}.sqlite`)}`,
    ...(mariadb ? { MariaDB: mariadb.newDatabase } : {}),
  }
  console.log(
    `  ${'database'.padEnd(10)} ${'waiting'.padStart(8)} ${'path'.padEnd(8)} ${'CPU µs'.padStart(8)} ${'its server'.padStart(10)} ${'a commit'.padStart(9)}`,
  )
  try {
    for (const [database, url] of Object.entries(newUrl))
      for (const waiting of [1, 20, 200]) {
        const both = [await open('fast', await url()), await open('general', await url())]
        for (const each of both) await send(each, waiting)
        for (const each of both) each.commits = 0
        for (let round = 0; round < rounds; round++) for (const each of both) await measure(each, waiting)
        for (const each of both) {
          const figure = (values: readonly number[]): string => median(values).toFixed(0)
          const perCommit = ((rounds * eventsOf(waiting)) / each.commits).toFixed(1)
          console.log(
            `  ${database.padEnd(10)} ${`${waiting}`.padStart(8)} ${each.path.padEnd(8)} ${figure(each.own).padStart(8)} ${figure(each.server).padStart(10)} ${perCommit.padStart(9)}`,
          )
          await each.recorder.close()
          await each.store.close()
        }
      }
  } finally {
    await mariadb?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function open(path: 'fast' | 'general', url: string): Promise<Measured> {
  const store = openStore({ url })
  await migrate(store)
  const recorder = createRecorder(store, {
    trustClaimed: false,
    outbox: true,
    thresholds: { 'mailbox-full': { bounces: 5, days: 30, afterId: 0 } },
    fastPath: path === 'fast',
    onCommit: () => {
      measured.commits++
    },
    onFailure: (failure, error) => console.log(`  ${path}: ${failure}`, error),
  })
  const measured: Measured = { path, store, recorder, commits: 0, sent: 0, own: [], server: [] }
  return measured
}

async function measure(of: Measured, waiting: number): Promise<void> {
  const events = eventsOf(waiting)
  const own = process.cpuUsage()
  const all = cpuSecondsOf(process.pid)
  await send(of, waiting)
  const { user, system } = process.cpuUsage(own)
  of.own.push((user + system) / events)
  of.server.push(Math.max(0, ((cpuSecondsOf(process.pid) - all) * 1e6 - user - system) / events))
}

/** Each about another record, in no order, a third of them soft. */
async function send(to: Measured, waiting: number): Promise<void> {
  let left = eventsOf(waiting)
  const sender = async (): Promise<void> => {
    while (left-- > 0) {
      const id = (to.sent++ * 7_919) % 1_000_003
      await to.recorder.record([
        event({
          name: `bench ${id}`,
          recordId: `${id}`,
          campaign: { id: `${to.sent % campaigns}` },
          type: to.sent % 3 === 0 ? 'soft' : 'hard',
          sentTo: `person-${id}@example.org`,
        }),
      ])
    }
  }
  await Promise.all(Array.from({ length: waiting }, sender))
}
