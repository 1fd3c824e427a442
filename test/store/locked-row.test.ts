// A row that somebody else's transaction holds: its own mail waits or is deferred, everybody else's is stored.

import mysql from 'mysql2/promise'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Patience } from '../../src/store/database/failures.ts'
import type { Store } from '../../src/store/database/open.ts'
import { createRecorder, type Recorder } from '../../src/store/recording/recorder.ts'
import { createCampaigns } from '../../src/store/tables/campaigns.ts'
import { mysqlAvailable } from '../mariadb.ts'
import { within } from '../patience.ts'
import { createCrm, mapped, shippedMapping } from './crms.ts'
import { newDatabase, type TestDatabase } from './databases.ts'
import { event } from './events.ts'

describe.skipIf(!mysqlAvailable)(
  'a row locked by a transaction of the CRM, on mysql',
  { timeout: within(60_000) },
  () => {
    let database: TestDatabase
    let crm: mysql.Connection
    let recorder: Recorder
    let failures: string[]
    let refusals: string[]

    beforeEach(async () => {
      database = await newDatabase('mysql')
      crm = await mysql.createConnection(database.url)
      failures = []
      refusals = []
    })
    afterEach(async () => {
      await crm?.end()
      await recorder?.close()
      await database?.drop()
    })

    const open = (patience: Patience, store: Store = database.store): void => {
      recorder = createRecorder(store, {
        trustClaimed: false,
        patience,
        onFailure: failure => failures.push(failure),
        onRefusal: failure => refusals.push(failure),
      })
    }
    const lock = async (table: string, id: string): Promise<void> => {
      await crm.query('start transaction')
      await crm.query('select * from ?? where id = ? for update', [table, id])
    }
    const about = (recordId: string, campaign = 'spring', name = `${recordId} ${campaign}`) =>
      event({ recordId, campaign: { id: campaign }, name })
    const many = (count: number, prefix: string) =>
      Array.from({ length: count }, (_, at) => recorder.record([about(`${prefix}${at}`)]))
    const hardBounces = async (campaign: string): Promise<number> =>
      (await createCampaigns(database.store).get(campaign))?.hardBounces ?? 0

    it('holds up its own mail alone, which is stored as soon as the row is free', async () => {
      open({ conflictMs: 60_000, lostMs: 4_000 })
      await recorder.record([about('held', 'before')])
      await lock('rebound_contacts', 'held')

      let answered = 0
      const waiting = ['one', 'two'].map(name =>
        recorder.record([about('held', 'spring', name)]).then(recorded => {
          answered++
          return recorded
        }),
      )
      // In one batch with them, and in batches after them.
      const others = [...(await Promise.all(many(150, 'a'))), ...(await Promise.all(many(50, 'b')))]
      expect(others.flat().every(each => each.isNew && each.movedTo === 'hard')).toBe(true)
      expect(answered).toBe(0)
      expect(await hardBounces('spring')).toBe(200)

      await crm.query('rollback')
      const late = (await Promise.all(waiting)).flat()
      expect(late.map(each => each.movedTo).sort()).toEqual(['hard', null])
      expect(await hardBounces('spring')).toBe(201)
      expect(await database.store.knex('rebound_contacts').where({ id: 'held' })).toMatchObject([
        { hard_bounces: 3 },
      ])
      expect(failures).toContain('locked')
      expect(refusals).toEqual([])
    })

    it('defers what is still locked after ten seconds, here five, and counts it once when it comes again', async () => {
      open({ conflictMs: 5_000, lostMs: 4_000 })
      await recorder.record([about('held', 'before')])
      await lock('rebound_contacts', 'held')
      const message = about('held')
      const deferred = recorder.record([message]).then(
        () => 'stored',
        () => 'deferred',
      )
      expect((await Promise.all(many(50, 'a'))).flat().every(each => each.isNew)).toBe(true)
      expect(await deferred).toBe('deferred')
      expect(await hardBounces('spring')).toBe(50)
      // One record of one CRM is no trouble of the database.
      expect(refusals).toEqual([])

      await crm.query('rollback')
      expect(await recorder.record([message])).toMatchObject([{ isNew: true, movedTo: 'hard' }])
      expect(await hardBounces('spring')).toBe(51)
    })

    it('may be a campaign: even its own mail is stored and counted, and the row follows once it is free', async () => {
      open({ conflictMs: 60_000, lostMs: 4_000 })
      await recorder.record([about('first', 'held')])
      await lock('rebound_campaigns', 'held')
      const own = Array.from({ length: 20 }, (_, at) => recorder.record([about(`w${at}`, 'held')]))
      const answers = [...(await Promise.all(own)), ...(await Promise.all(many(80, 'a')))].flat()
      expect(answers.every(each => each.isNew && each.movedTo === 'hard')).toBe(true)
      expect(failures).toEqual([])
      expect(await hardBounces('held')).toBe(21)
      const row = async (id: string) =>
        (await database.store.knex('rebound_campaigns').where({ id }))[0].hard_bounces
      await expect.poll(() => row('spring'), { timeout: within(10_000) }).toBe(80)
      await crm.query('commit')
      await expect.poll(() => row('held'), { timeout: within(10_000) }).toBe(21)
      expect(await hardBounces('held')).toBe(21)
    })

    it("may be in the CRM's own tables", async () => {
      const { store } = database
      await createCrm(store, 'vtiger')
      const ids = Array.from({ length: 30 }, (_, at) => at + 1)
      const at = '2026-01-01 00:00:00'
      await store
        .knex('vtiger_crmentity')
        .insert(
          ids.map(crmid => ({ crmid, setype: 'Contacts', createdtime: at, modifiedtime: at, deleted: 0 })),
        )
      await store.knex('vtiger_contactdetails').insert(
        ids.map(contactid => ({
          contactid,
          contact_no: `C${contactid}`,
          lastname: 'Doe',
          email: 'ana@example.org',
        })),
      )
      open({ conflictMs: 60_000, lostMs: 4_000 }, await mapped(store, shippedMapping('vtiger')))
      await crm.query('start transaction')
      await crm.query('update vtiger_contactdetails set phone = 1 where contactid = 7')
      let isHeld = true
      const answers = ids.map(id =>
        recorder.record([about(`${id}`)]).then(([recorded]) => ({ id, recorded, isHeld })),
      )
      await Promise.all(answers.filter((_, index) => ids[index] !== 7))
      isHeld = false
      await crm.query('commit')
      const all = await Promise.all(answers)
      expect(all.filter(each => !each.isHeld).map(({ id }) => id)).toEqual([7])
      expect(all.every(({ recorded }) => recorded?.movedTo === 'hard')).toBe(true)
      // The CRM's own change is there, and so is ours.
      const [row] = await store.knex('vtiger_contactdetails').where({ contactid: 7 })
      expect(row).toMatchObject({ phone: '1', email: null })
    })

    it('is all that waits, when every row of the table is locked: nothing is lost, nothing is twice', async () => {
      open({ conflictMs: 5_000, lostMs: 4_000 })
      await Promise.all(many(100, 'x'))
      await crm.query('start transaction')
      await crm.query('update rebound_contacts set soft_bounces = soft_bounces')
      const messages = Array.from({ length: 100 }, (_, at) => about(`x${at}`, 'again'))
      const answers = await Promise.allSettled(messages.map(message => recorder.record([message])))
      expect(answers.every(answer => answer.status === 'rejected')).toBe(true)
      await crm.query('rollback')
      const again = (await Promise.all(messages.map(message => recorder.record([message])))).flat()
      expect(again.every(each => each.isNew)).toBe(true)
      expect(await hardBounces('again')).toBe(100)
    })

    it('leaves the connections as they were: later transactions wait for rows again', async () => {
      open({ conflictMs: 5_000, lostMs: 4_000 })
      await recorder.record([about('held', 'before')])
      await lock('rebound_contacts', 'held')
      await recorder.record([about('held')]).catch(() => {})
      const connections = Array.from({ length: 10 }, () =>
        database.store.knex.raw('select @@innodb_lock_wait_timeout as seconds, sleep(0.1)'),
      )
      for (const [rows] of await Promise.all(connections)) expect(rows[0].seconds).toBe(2)
      await crm.query('rollback')
    })
  },
)
