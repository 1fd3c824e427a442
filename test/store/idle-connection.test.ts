// Connections that idle: MySQL ends them after wait_timeout, as it is set on ours, and the pool has dropped them long before.
// A connection that the server ended in between would cost a mail its commit.

import mysql from 'mysql2/promise'
import { describe, expect, it } from 'vitest'
import { beginSession } from '../../src/store/database/mysql-session.ts'
import { knexSettings } from '../../src/store/database/open.ts'
import { createRecorder } from '../../src/store/recording/recorder.ts'
import { within } from '../patience.ts'
import { dialects, newDatabase } from './databases.ts'
import { event } from './events.ts'

it.each([
  ['that wait for rows', true],
  ['that wait for nothing', false],
])('connections %s are dropped at half of wait_timeout at the latest', (_, waitsForRows) => {
  const { pool } = knexSettings({ url: 'mysql://rebound:secret@db.example:3306/rebound' })
  const sent: string[] = []
  const handle = {
    stream: { destroy: () => {} },
    query: (sql: string, done: (error: Error | null) => void) => {
      sent.push(sql)
      done(null)
    },
  }
  beginSession(handle, { waitsForRows }, () => {})
  const waitSeconds = Number(/\/\*!80000[^*]*\bwait_timeout = (\d+)/.exec(sent.join(';'))?.[1])
  expect(waitSeconds).toBeGreaterThan(0)
  // None is kept for its own sake.
  expect(pool?.min).toBe(0)
  expect((pool?.idleTimeoutMillis ?? Number.POSITIVE_INFINITY) * 2).toBeLessThanOrEqual(waitSeconds * 1_000)
  // MariaDB ends transactions that fall silent, and nothing else of ours.
  expect(sent.join(';')).toMatch(/\/\*M!100300[^*]*idle_transaction_timeout/)
})

describe.runIf(dialects.includes('mysql'))(
  'a MariaDB connection that the server ended while it idled',
  () => {
    it.each(['fast', 'general'])(
      'costs no mail its commit on the %s path',
      async path => {
        const { url, store, drop } = await newDatabase('mysql')
        const failures: unknown[] = []
        const recorder = createRecorder(store, {
          trustClaimed: false,
          fastPath: path === 'fast',
          onFailure: failure => failures.push(failure),
        })
        const record = (count: number) =>
          Promise.all(Array.from({ length: count }, () => recorder.record([event()])))
        await record(20)
        const other = await mysql.createConnection(url)
        const [threads] = (await other.query(
          'select id from information_schema.processlist where db = database() and id <> connection_id()',
        )) as unknown as readonly [readonly { readonly id: number }[]]
        expect(threads.length).toBeGreaterThan(0)
        for (const { id } of threads) await other.query(`kill ${id}`)
        await other.end()
        for (const answer of await record(20)) expect(answer).toMatchObject([{ isNew: true }])
        expect(failures).toEqual([])
        await recorder.close()
        await drop()
      },
      within(60_000),
    )
  },
)
