// Records, campaigns, lists, stored paths and keys, as HTTP and CLI use them.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRecorder, type Recorder } from '../../src/store/recording/recorder.ts'
import { createCampaigns } from '../../src/store/tables/campaigns.ts'
import { createBounces } from '../../src/store/tables/events.ts'
import { registerKeys } from '../../src/store/tables/keys.ts'
import { createRecords } from '../../src/store/tables/records.ts'
import { createStoredPaths } from '../../src/store/tables/return-paths.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { event } from './events.ts'

describe.each(dialects)('the store on %s', dialect => {
  let database: TestDatabase
  let recorder: Recorder
  beforeAll(async () => {
    database = await newDatabase(dialect)
    recorder = createRecorder(database.store, { trustClaimed: false })
  })
  afterAll(async () => {
    await recorder?.close()
    await database?.drop()
  })
  const by = { actor: 'test' }

  it('creates a record, keeps its flag through a new address, resets it once', async () => {
    const records = createRecords(database.store)
    expect(await records.get('contacts', '1')).toBeNull()
    expect(await records.change('contacts', '1', {}, by)).toBeNull()
    expect(await records.put('contacts', '1', { email: 'Ana@example.org' }, by)).toEqual({
      record: expect.objectContaining({
        module: 'contacts',
        id: '1',
        email: 'Ana@example.org',
        emailBounced: false,
        resetAt: null,
        aliveAt: null,
      }),
      isNew: true,
    })
    await recorder.record([event({ recordId: '1' })])
    expect(await records.get('contacts', '1')).toMatchObject({
      email: null,
      emailBounced: true,
      bouncedAddress: 'Ana@example.org',
      hardBounces: 1,
    })
    expect(await records.put('contacts', '1', { email: 'new@example.org' }, by)).toMatchObject({
      record: { email: 'new@example.org', emailBounced: true },
      isNew: false,
    })
    const reset = await records.change('contacts', '1', { emailBounced: false }, by)
    expect(reset).toMatchObject({ emailBounced: false, hardBounces: 0, bouncedAddress: 'Ana@example.org' })
    expect(reset?.resetAt).toBeInstanceOf(Date)
    expect(await records.change('contacts', '1', { emailBounced: false }, by)).toEqual(reset)
    const trail = await database.store.knex('rebound_audit').where({ module: 'contacts', record_id: '1' })
    expect(trail.map(row => [row.action, row.actor])).toEqual([['reset', 'test']])
    expect(JSON.parse(trail[0].before)).toMatchObject({ email_bounced: true, hard_bounces: 1 })
    // The old address bounces again: the new one stays, unflagged.
    await recorder.record([event({ recordId: '1' })])
    expect(await records.get('contacts', '1')).toMatchObject({
      email: 'new@example.org',
      emailBounced: false,
    })
  })

  it('finds the one record that has an address', async () => {
    const records = createRecords(database.store)
    const set = (module: string, id: string, email: string) => records.put(module, id, { email }, by)
    await set('contacts', 'f1', 'one@example.org')
    await set('contacts', 'f2', 'two@example.org')
    await set('leads', 'f2', 'two@example.org')
    expect(await records.findByAddress('One@Example.org')).toEqual({ module: 'contacts', id: 'f1' })
    await set('contacts', 'f3', 'Ana.M@Example.org')
    await set('leads', 'f4', 'ben@bücher.example')
    await set('leads', 'f5', 'eva@xn--bcher-kva.example')
    await set('contacts', 'f6', 'dup@example.org')
    await set('leads', 'f6', 'Dup@EXAMPLE.org')
    for (const [address, module, id] of [
      ['ana.m@example.org', 'contacts', 'f3'],
      ['BEN@xn--bcher-kva.example', 'leads', 'f4'],
      ['eva@BÜCHER.example', 'leads', 'f5'],
    ] as const)
      expect(await records.findByAddress(address), address).toEqual({ module, id })
    expect(await records.findByAddress('dup@example.org')).toBeNull()
    await set('leads', 'f6', 'new@example.org')
    expect(await records.findByAddress('DUP@example.org')).toEqual({ module: 'contacts', id: 'f6' })
    await records.change('contacts', 'f6', { email: null }, by)
    expect(await records.findByAddress('dup@example.org')).toBeNull()
    for (const address of ['two@example.org', 'none@example.org', ''])
      expect(await records.findByAddress(address)).toBeNull()
  })

  it('takes ids of 64 characters and addresses of 320, and no others', async () => {
    const records = createRecords(database.store)
    const id = '😀'.repeat(64)
    const email = `${'é'.repeat(64)}@${'x'.repeat(255)}`
    expect(await records.put('leads', id, { email }, by)).toMatchObject({
      record: { id, email },
      isNew: true,
    })
    expect(await records.put('leads', `${id}x`, {}, by)).toBeNull()
    expect(await records.put('nonsense', '1', {}, by)).toBeNull()
  })

  it('shows a record its history, newest first, page by page, without what concerns others', async () => {
    const records = createRecords(database.store)
    const names = ['a', 'b', 'c', 'd', 'e']
    for (const name of names)
      await recorder.record([event({ module: 'leads', recordId: 'h', diagnostic: name })])
    await recorder.record([event({ module: 'leads', recordId: 'h', concern: 'other' })])
    const seen: (string | null)[] = []
    let after: string | undefined
    do {
      const page = await records.history('leads', 'h', { limit: 2, after })
      seen.push(...page.items.map(item => item.diagnostic))
      after = page.next ?? undefined
    } while (after)
    expect(seen).toEqual(names.toReversed())
    await expect(records.history('leads', 'h', { limit: 2, after: 'x' })).rejects.toThrow(/cursor/)
  })

  it('creates a campaign with a number of its own and counts its sends', async () => {
    const campaigns = createCampaigns(database.store)
    expect(await campaigns.get('spring')).toBeNull()
    expect(await campaigns.addSent('spring', 3, { create: false })).toBeNull()
    expect(await campaigns.change('spring', { sent: 3 })).toBeNull()
    const spring = await campaigns.put('spring', { name: 'Spring', sent: 10 })
    expect(spring).toMatchObject({
      campaign: { id: 'spring', name: 'Spring', sent: 10, hardBounces: 0 },
      isNew: true,
    })
    expect(spring?.campaign.number).toBeGreaterThanOrEqual(2 ** 31)
    expect(await campaigns.addSent('spring', 5, { create: true })).toMatchObject({ sent: 15 })
    expect(await campaigns.put('spring', { sent: 2 })).toMatchObject({
      campaign: { name: 'Spring', sent: 2 },
      isNew: false,
    })
    const most = Number.MAX_SAFE_INTEGER
    await campaigns.change('spring', { sent: most - 2 })
    await expect(campaigns.addSent('spring', 3, { create: false })).rejects.toMatchObject({
      name: 'FieldError',
      field: 'sentAdd',
    })
    expect(await campaigns.addSent('spring', 2, { create: false })).toMatchObject({ sent: most })
    expect(await campaigns.addSent('spring', 0, { create: false })).toMatchObject({ sent: most })
    expect(await campaigns.addSent('spring', 9, { create: true })).toMatchObject({ sent: most })
    expect(await campaigns.addSent('2147483647', 1, { create: true })).toMatchObject({
      number: 2147483647,
      sent: 1,
    })
    for (const id of ['2147483648', '007', '0x1'])
      expect((await campaigns.put(id, {}))?.campaign.number).toBeGreaterThanOrEqual(2 ** 31)
  })

  it('gives campaigns different numbers when many are made at once by two servers', async () => {
    const both = [createCampaigns(database.store), createCampaigns(database.open())]
    const ids = Array.from({ length: 40 }, (_, at) => `many ${at}`)
    const made = await Promise.all(ids.flatMap(id => both.map(each => each.put(id, {}))))
    expect(new Set(made.map(each => each?.campaign.number)).size).toBe(40)
    // Of two who make the same, one made it.
    expect(made.filter(each => each?.isNew)).toHaveLength(40)
  })

  it('makes a record once when many put it at once over two servers, and says to one that it did', async () => {
    const both = [createRecords(database.store), createRecords(database.open())]
    const ids = Array.from({ length: 20 }, (_, at) => `at once ${at}`)
    const made = await Promise.all(
      ids.flatMap(id => both.map(each => each.put('leads', id, { email: `${id[8]}@example.org` }, by))),
    )
    expect(made.filter(each => each?.isNew)).toHaveLength(20)
    expect(made.every(each => each?.record.email?.endsWith('@example.org'))).toBe(true)
  })

  it('keeps stored paths and registered Message-IDs', async () => {
    const paths = createStoredPaths(database.store)
    const send = {
      module: 'contacts',
      recordId: 'x y',
      campaign: { id: 'c' },
      mailId: 'm',
      addressCheck: 'abc',
    }
    const issuedAt = new Date('2026-03-01T00:00:00Z')
    await paths.save([{ token: 's-abc', send, issuedAt }])
    expect(await paths.find('s-abc')).toEqual({ send, issuedAt })
    for (const token of ['s-abd', 'S-ABC', 's-abc ', 'ä', 'x'.repeat(65)])
      expect(await paths.find(token)).toBeNull()
    const messageId = `<${'long'.repeat(200)}@crm.example>`
    await paths.register([{ messageId, send, issuedAt }])
    await paths.register([{ messageId, send: { ...send, mailId: null }, issuedAt }])
    expect(await paths.findByMessageId(messageId)).toEqual({ ...send, mailId: null })
    expect(await paths.findByMessageId('<other@crm.example>')).toBeNull()
  })

  it('knows the keys that signed, and which of them are missing', async () => {
    const day = (n: number) => new Date(Date.UTC(2026, 0, n))
    const [old, young] = [
      { id: 1, check: 'a'.repeat(32) },
      { id: 2, check: 'b'.repeat(32) },
    ]
    const register = async (keys: (typeof old)[], n: number) =>
      (await registerKeys(database.store, keys, { now: day(n), keepDays: 60 })).map(key => key.id)
    expect(await register([old], 1)).toEqual([])
    expect(await register([old], 2)).toEqual([])
    expect(await register([young], 3)).toEqual([1])
    expect(await register([young, old], 4)).toEqual([])
    expect(await register([young], 5)).toEqual([1])
    expect(await register([young], 70)).toEqual([])
    expect(await register([old], 71)).toEqual([2])
  })
})

describe('polling', () => {
  it.each(dialects)('shows each of many events once while four writers write, on %s', async dialect => {
    const database = await newDatabase(dialect)
    const writers = [database.store, database.open(), database.open(), database.open()].map(store =>
      createRecorder(store, { trustClaimed: false, maxBatch: 20 }),
    )
    const bounces = createBounces(database.open())
    const total = 2_000
    let written = 0
    const writing = writers.map(async (writer, half) => {
      for (let at = 0; at < total / 4 / 50; at++) {
        const some = Array.from({ length: 50 }, (_, n) => event({ recordId: `${half}-${at}-${n}` }))
        const recorded = await Promise.all(some.map(each => writer.record([each])))
        written += recorded.length
      }
    })
    const seen: string[] = []
    let after: string | undefined
    const finished = Promise.all(writing).then(() => performance.now())
    let over: number | null = null
    void finished.then(at => {
      over = at
    })
    for (;;) {
      const asked = performance.now()
      const page = await bounces.list({ limit: 100, after })
      seen.push(...page.items.map(item => item.id))
      after = page.next ?? after
      if (page.next === null && over !== null && asked > over + (dialect === 'mysql' ? 6_000 : 0)) break
      await new Promise(resolve => setTimeout(resolve, 5))
    }
    expect(written).toBe(total)
    expect(seen.length).toBe(total)
    expect(new Set(seen).size).toBe(total)
    for (const writer of writers) await writer.close()
    await database.drop()
  })
})
