// Nothing of ours runs after close: each loop is closed while its query is under way, and then the database is.

import { execFileSync } from 'node:child_process'
import { constants, renameSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { openAnnouncer } from '../../src/backend/announcer.ts'
import { watchDatabase } from '../../src/backend/health.ts'
import type { Metrics } from '../../src/metrics/metrics.ts'
import { openRulebook } from '../../src/rules/rulebook.ts'
import type { Config } from '../../src/settings/config.ts'
import { watchCertificate } from '../../src/smtp/certificates.ts'
import type { Store } from '../../src/store/database/open.ts'
import { createOutbox } from '../../src/store/tables/outbox.ts'
import { rulebookTables } from '../../src/store/tables/rulebook.ts'
import { watchRules } from '../../src/store/tables/watch-rules.ts'
import { schedulePruning } from '../../src/store/upkeep/prune-schedule.ts'
import type { Log } from '../../src/system/log.ts'
import { startLoop } from '../../src/system/loop.ts'
import { within } from '../patience.ts'
import { hasOpenssl, makeCertificate, openCertificateFolder } from '../smtp/certificate-files.ts'
import { newDatabase, type TestDatabase } from '../store/databases.ts'

let database: TestDatabase | undefined
afterEach(async () => {
  await database?.drop()
  database = undefined
})

interface Gate {
  /** From now on nobody gets a connection. */
  readonly shut: () => void
  /** Somebody wants one, and waits. */
  readonly reached: Promise<void>
  readonly open: () => void
}

function gateOf({ knex }: Store): Gate {
  const client = knex.client as { acquireConnection: () => Promise<unknown> }
  const acquire = client.acquireConnection.bind(client)
  let reach = (): void => {}
  let open = (): void => {}
  let passing: Promise<void> | null = null
  const reached = new Promise<void>(resolve => {
    reach = resolve
  })
  client.acquireConnection = async () => {
    if (passing !== null) reach()
    await passing
    return await acquire()
  }
  const shut = (): void => {
    passing = new Promise<void>(resolve => {
      open = resolve
    })
  }
  return { shut, reached, open: () => open() }
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await nextTurn()
}

/** Closes while something is under way, lets it end, closes the database, and waits for what may still come. */
async function closeUnderWay(close: () => Promise<void>, end: () => Promise<void> | void): Promise<void> {
  let isClosed = false
  const closing = close().then(() => {
    isClosed = true
  })
  await turns(20)
  expect(isClosed).toBe(false)
  await end()
  await closing
  await database?.store.close()
  await turns(20)
}

const config = {
  webhookUrl: 'http://127.0.0.1:1/hook',
  webhookSecrets: ['a secret of at least thirty-two bytes'],
  webhookPrivate: 'allow',
} as unknown as Config

type Open = (store: Store, tell: (words: string) => void) => { readonly close: () => Promise<void> }

const loops: readonly (readonly [name: string, open: Open])[] = [
  [
    'the watch over the rules',
    (store, tell) =>
      watchRules(
        store,
        () => {},
        () => tell('rules'),
      ),
  ],
  [
    'the look at the database',
    (store, tell) =>
      watchDatabase(store, {
        onChange: () => {},
        log: { warn: () => tell('health') } as unknown as Log,
      }),
  ],
  [
    'pruning',
    (store, tell) =>
      schedulePruning(
        store,
        {
          keepDays: 90,
          keepNoiseDays: null,
          keepCampaignDays: null,
          returnPathDays: 60,
          replyDays: 30,
          roleMailDays: 90,
        },
        { everyMs: 1, onPruned: () => {}, onError: () => tell('pruning') },
      ),
  ],
  [
    'webhooks and their census',
    (store, tell) => {
      const announcer = openAnnouncer(config, createOutbox(store), {
        present: () => ({}),
        metrics: { webhook: () => {}, webhooks: () => {} } as unknown as Metrics,
        log: { debug: () => {}, warn: () => tell('webhooks') } as unknown as Log,
      })
      if (!announcer) throw new Error('there is a receiver')
      return announcer
    },
  ],
]

describe('closed while its query is under way, it waits for the answer and says nothing afterwards', () => {
  test.each(loops)('%s', async (_, open) => {
    database = await newDatabase('sqlite')
    const gate = gateOf(database.store)
    gate.shut()
    const told: string[] = []
    const { close } = open(database.store, words => told.push(words))
    await gate.reached
    await closeUnderWay(close, gate.open)
    expect(told).toEqual([])
  })

  test('a book of rules, with the evidence that it keeps', async () => {
    database = await newDatabase('sqlite')
    const gate = gateOf(database.store)
    const told: unknown[] = []
    const book = await openRulebook(rulebookTables(database.store), {
      evidence: 10,
      onError: error => told.push(error),
    })
    gate.shut()
    await gate.reached
    await closeUnderWay(book.close, gate.open)
    expect(told).toEqual([])
  })

  test.skipIf(!hasOpenssl)('the watch over certificate files', async () => {
    const { folder, remove } = openCertificateFolder()
    onTestFinished(remove)
    const files = makeCertificate(folder, 'mx')
    const told: string[] = []
    const write = (_: object, words: string): void => void told.push(words)
    const log = { debug: write, info: write, warn: write, error: write }
    const watch = await watchCertificate(files, 1, () => told.push('changed'), log)
    // A pipe that nobody writes into is a file whose reading takes its time.
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    renameSync(pipe, files.certFile)
    // It can be opened for writing as soon as somebody reads it.
    const writer = await vi.waitFor(
      () => open(files.certFile, constants.O_WRONLY | constants.O_NONBLOCK),
      within(10_000),
    )
    await closeUnderWay(watch.close, () => writer.close())
    expect(told).toEqual([])
  })
})

describe('a loop', () => {
  test('runs one turn at a time, and none after close', async () => {
    let running = 0
    let most = 0
    let count = 0
    const loop = startLoop({
      turn: async () => {
        count++
        most = Math.max(most, ++running)
        await turns(3)
        running--
      },
      waitMs: () => 0,
      onError: () => {},
    })
    await Promise.all([loop.now(), loop.now()])
    await expect.poll(() => count, { timeout: within(10_000) }).toBeGreaterThan(3)
    await loop.close()
    const before = count
    await loop.now()
    await turns(50)
    expect({ count, running, most }).toEqual({ count: before, running: 0, most: 1 })
  })

  test('goes on after a turn that failed, and tells of it', async () => {
    const told: unknown[] = []
    const loop = startLoop({
      turn: async () => {
        throw new Error('no')
      },
      waitMs: () => 0,
      onError: error => told.push(error),
    })
    await expect.poll(() => told.length, { timeout: within(10_000) }).toBeGreaterThan(2)
    await loop.close()
    await expect(loop.now()).resolves.toBeUndefined()
  })
})
