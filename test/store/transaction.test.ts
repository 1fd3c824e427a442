// A recorder's transaction: cut at five seconds, and a deadlock that nobody hears of.

import mysql from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failureOf } from '../../src/store/database/failures.ts'
import { inTransaction, transactionLimitMs } from '../../src/store/database/transaction.ts'
import { createRecorder } from '../../src/store/recording/recorder.ts'
import { mysqlAvailable } from '../mariadb.ts'
import { within } from '../patience.ts'
import { newDatabase, type TestDatabase } from './databases.ts'
import { event } from './events.ts'

describe.skipIf(!mysqlAvailable)('a transaction on MySQL', { timeout: within(60_000) }, () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await newDatabase('mysql')
  })
  afterAll(async () => {
    await database?.drop()
  })

  /** Inserts a contact, then does `work`; resolves to what it failed with, and after how many milliseconds. */
  const attempt = async (id: string, work: () => PromiseLike<unknown>, isInside: boolean) => {
    const { store } = database
    const started = performance.now()
    const failure = await inTransaction(store, async ({ run }) => {
      await run(store.knex('rebound_contacts').insert({ id }))
      await (isInside ? run(store.knex.raw('select sleep(12)')) : work())
    }).then(
      () => null,
      (error: unknown) => failureOf(error),
    )
    return { failure, ms: performance.now() - started }
  }
  const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

  it('is cut at five seconds in the middle of a query, and not committed when it is near them', async () => {
    const [hung, late, fine] = await Promise.all([
      attempt('hung', () => sleep(0), true),
      attempt('late', () => sleep(4_200), false),
      attempt('fine', () => sleep(500), false),
    ])
    expect(hung.failure).toBe('slow')
    expect(hung.ms).toBeGreaterThan(transactionLimitMs - 100)
    // The query would have slept on.
    expect(hung.ms).toBeLessThan(11_000)
    expect(late.failure).toBe('slow')
    expect(fine.failure).toBeNull()
    // The server notices a dead connection at the end of the query it runs, and rolls back.
    const ids = () =>
      database.store.knex('rebound_contacts').select('id').whereIn('id', ['hung', 'late', 'fine'])
    expect(await ids()).toEqual([{ id: 'fine' }])
    // Nobody is handed the connection that was cut.
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => database.store.knex.raw('select 1 as one')),
    )
    expect(answers.every(([rows]) => rows[0].one === 1)).toBe(true)
  })

  it('that loses a deadlock is begun again, and nobody hears of it', async () => {
    const { store, url } = database
    const errors: { errno?: number }[] = []
    const recorder = createRecorder(store, {
      trustClaimed: false,
      onFailure: (_failure, error) => errors.push(error as { errno?: number }),
    })
    await Promise.all(['a', 'b'].map(recordId => recorder.record([event({ recordId })])))
    await store.knex('rebound_companies').insert(Array.from({ length: 50 }, (_, at) => ({ id: `${at}` })))

    const crm = await mysql.createConnection(url)
    try {
      await crm.query('start transaction')
      // The database ends the transaction that has changed less: ours.
      await crm.query('update rebound_companies set soft_bounces = 1')
      await crm.query(`select * from rebound_contacts where id = 'b' for update`)
      const recording = Promise.allSettled(
        ['a', 'b'].map(recordId => recorder.record([event({ recordId, campaign: { id: 'deadlock' } })])),
      )
      // The server shows its locks as they were up to 100 ms ago, and never fresher to who keeps asking.
      await expect
        .poll(
          async () => {
            const [waiting] = await store.knex.raw(
              `select 1 from information_schema.innodb_trx join information_schema.processlist on id = trx_mysql_thread_id
                where trx_state = 'LOCK WAIT' and db = database()`,
            )
            return waiting.length
          },
          { timeout: within(10_000), interval: 150 },
        )
        .toBeGreaterThan(0)
      // Ours has a and waits for b; now this has b and waits for a.
      await crm.query(`select * from rebound_contacts where id = 'a' for update`)
      await crm.query('commit')

      const hard = { status: 'fulfilled', value: [{ isNew: true, movedTo: 'hard' }] }
      expect(await recording).toMatchObject([hard, hard])
      expect(errors.map(({ errno }) => errno)).toContain(1213)
      const [campaign] = await store.knex('rebound_campaign_results').where({ id: 'deadlock' })
      expect(campaign.hard_bounces).toBe(2)
    } finally {
      await crm.end()
      await recorder.close()
    }
  })
})
