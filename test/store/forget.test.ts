// Erasing an address: what must go goes, what others need stays.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRecorder } from '../../src/store/recording/recorder.ts'
import { createEvidence } from '../../src/store/tables/evidence.ts'
import { createRecords } from '../../src/store/tables/records.ts'
import { createStoredPaths } from '../../src/store/tables/return-paths.ts'
import { createRules } from '../../src/store/tables/rules.ts'
import { forgetAddress } from '../../src/store/upkeep/forget.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { dumpOf, tablesOf } from './dump.ts'
import { event } from './events.ts'

const send = { module: 'contacts', recordId: '1', campaign: null, mailId: null, addressCheck: 'check of ana' }

describe.each(dialects)('on %s', dialect => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await newDatabase(dialect)
  })
  afterAll(async () => database?.drop())
  it('forgets an address everywhere, in any case, keeps the counts, and leaves others alone', async () => {
    const { store } = database
    const recorder = createRecorder(store, { trustClaimed: false })
    const evidence = createEvidence(store, 100)
    const records = createRecords(store)
    const by = { actor: 'test' }
    const text = (address: string) => `550 5.1.1 <${address}>: no such user; to=${address}.`
    await recorder.record([
      event({
        recordId: '1',
        campaign: { id: 'c' },
        diagnostic: text('Ana@Example.org'),
        subject: 'for ana@example.org',
      }),
      event({ recordId: '2', sentTo: 'juana@example.org', diagnostic: text('juana@example.org') }),
      { ...event({ recordId: '3' }), returnPath: 'bounces+ana=example.org@crm.example' },
    ])
    await records.change('contacts', '1', { emailBounced: false }, by)
    await records.put('leads', '9', { email: 'ANA@example.org' }, by)
    for (const address of ['ana@example.org', 'juana@example.org'])
      evidence.keep({
        receivedAt: new Date(0),
        kind: 'bounce',
        bounceId: null,
        kept: JSON.stringify({ body: text(address) }),
      })
    await evidence.close()
    const paths = createStoredPaths(store)
    await paths.save([{ token: 's-ana', send, issuedAt: new Date() }])

    const settings = { actor: 'test', pseudonym: 'forgotten-1f3a', checks: ['check of ana'] }
    const before = await dumpOf(store)
    const would = await forgetAddress(store, 'ana@example.org', { ...settings, dryRun: true })
    expect(await dumpOf(store)).toBe(before)
    const done = await forgetAddress(store, 'ana@example.org', settings)
    const none = {
      records: 0,
      bounces: 0,
      campaigns: 0,
      evidence: 0,
      returnPaths: 0,
      outbox: 0,
      replies: 0,
      rules: 0,
      views: 0,
      audit: 0,
      mails: 0,
    }
    expect(done).toEqual({ ...none, records: 3, bounces: 2, evidence: 1, returnPaths: 1, audit: 1 })

    expect(would).toEqual(done)
    const left = await dumpOf(store)
    expect(left.match(/(?<!ju)ana[@=]example\.org/gi)).toBeNull()
    expect(left).toContain('juana@example.org')
    expect(await store.knex('rebound_bounces').where({ address: 'forgotten-1f3a' })).toHaveLength(2)
    expect(await store.knex('rebound_evidence')).toHaveLength(1)
    expect(await paths.find('s-ana')).toBeNull()
    const [campaign] = await store.knex('rebound_campaign_results').where({ id: 'c' })
    expect(campaign.hard_bounces).toBe(1)
    expect(await records.get('contacts', '3')).toMatchObject({ hardBounces: 1, bouncedAddress: null })
    expect(await forgetAddress(store, 'ana@example.org', settings)).toEqual(none)
    await recorder.close()
  })

  it('finds it in every spelling, in every text, whatever page it is on', async () => {
    const { store } = database
    const { knex } = store
    const recorder = createRecorder(store, { trustClaimed: false })
    const spelt = [
      'ZOE.Quux@xn--bcher-kva.example',
      'zoe.quux@bücher.example',
      'zoe.quux%40b%C3%BCcher.example',
      'x+zoe.quux=bücher.example@crm.example',
      `${'x'.repeat(1990)} zoe.quux@b`,
    ]
    await recorder.record(spelt.map((diagnostic, at) => event({ recordId: `z${at}`, diagnostic })))
    await recorder.record([
      event({
        recordId: 'zoe.quux@bücher.example',
        campaign: { id: 'spring' },
        sentTo: 'Zoe.Quux@bücher.example',
      }),
    ])
    await knex('rebound_campaigns').where({ id: 'spring' }).update({ name: 'try on zoe.quux@bücher.example' })
    // More than a page of them, the address on the first and on the last.
    const last_error = 'https://crm.example/?to=zoe.quux%40xn--bcher-kva.example answered 500'
    const waiting = Array.from({ length: 5_200 }, (_, at) => ({
      event_id: 1,
      created_at: 1,
      due_at: 1,
      last_error: at % 5_199 === 0 ? last_error : null,
    }))
    await knex.batchInsert('rebound_outbox', waiting, 200)
    const rules = createRules(store)
    const draft = { section: 'body', type: 'hard', stage: 'override', category: null, enabled: true } as const
    await rules.add({ ...draft, text: 'zoe.quux@bücher.example', note: null }, { actor: 'test' })
    await rules.add(
      { ...draft, text: 'gone away', note: 'as zoe.quux@bücher.example wrote' },
      { actor: 'test' },
    )
    const evidence = createEvidence(store, 100)
    const kept = JSON.stringify({ body: 'Not delivered:\nzoe.quux@bücher.example\n' })
    evidence.keep({ receivedAt: new Date(0), kind: 'bounce', bounceId: null, kept })
    await evidence.close()
    await createStoredPaths(store).save([
      { token: 's-zoe', send: { ...send, recordId: 'zoe.quux@bücher.example' }, issuedAt: new Date() },
    ])
    const { rules: _, ...counted } = await forgetAddress(store, 'zoe.quux@BÜCHER.example', {
      actor: 'test',
      pseudonym: 'forgotten-2',
      checks: [],
    })
    expect(counted).toMatchObject({ bounces: 6, campaigns: 1, outbox: 2, evidence: 1, returnPaths: 1 })
    expect(await dumpOf(store)).not.toMatch(/quux/i)
    // Its record and its standing in the campaign are still there, so that it counts once for ever.
    expect(await createRecords(store).get('contacts', 'forgotten-2')).toMatchObject({ hardBounces: 1 })
    expect(await knex('rebound_campaign_records').where({ record_id: 'forgotten-2' })).toHaveLength(1)
    expect((await rules.list({ limit: 9 })).items).toMatchObject([{ note: 'as [forgotten] wrote' }])
    await recorder.record([event({ recordId: 'forgotten-2', sentTo: 'zoe.quux@bücher.example' })])
    await recorder.close()
  })

  it('takes the bare local part out of what is about the person, and out of nothing else', async () => {
    const { store } = database
    const recorder = createRecorder(store, { trustClaimed: false })
    const evidence = createEvidence(store, 100)
    const diagnostic = '550 5.1.1 <Maria.G@Example.org>: user maria.g unknown'
    const maria = { sentTo: 'maria.g@example.org', diagnostic, subject: 'Undelivered: maria.g' }
    const hers = event({ ...maria, recordId: 'm1' })
    const recorded = await recorder.record([
      {
        ...hers,
        report: {
          ...hers.report,
          original: { ...hers.report.original, messageId: '<maria.g@example.org.77@crm.example>' },
        },
      },
      event({ ...maria, recordId: 'm2', sentTo: 'eva@example.org' }),
    ])
    for (const { id } of recorded)
      evidence.keep({
        receivedAt: new Date(0),
        kind: 'bounce',
        bounceId: id,
        kept: '{"body":"user maria.g"}',
      })
    await evidence.close()
    await recorder.close()
    const forget = (dryRun: boolean) =>
      forgetAddress(store, 'maria.g@example.org', {
        actor: 'test',
        pseudonym: 'forgotten-m',
        checks: [],
        dryRun,
      })
    const would = await forget(true)
    const done = await forget(false)
    expect(done).toEqual(would)
    expect(done).toMatchObject({ bounces: 2, evidence: 1 })
    const rows = await store.knex('rebound_bounces').whereIn('record_id', ['m1', 'm2']).orderBy('record_id')
    expect(rows).toMatchObject([
      {
        diagnostic: '550 5.1.1 <[forgotten]>: user [forgotten] unknown',
        subject: 'Undelivered: [forgotten]',
        original_message_id: '<[forgotten].77@crm.example>',
      },
      { diagnostic: '550 5.1.1 <[forgotten]>: user maria.g unknown', subject: 'Undelivered: maria.g' },
    ])
    expect(await forget(false)).toMatchObject({ bounces: 0, evidence: 0 })
  })

  it('knows every table that holds text', async () => {
    // Whoever adds a table decides here whether a person's address may stand in it, and teaches forget.ts.
    const known = [
      'audit bounces campaign_deltas campaign_records campaigns companies contacts day_counts days evidence incidents keys leads mailboxes mapped_records',
      // Names of the mapping file and their numbers.
      'message_ids mints modules node_clocks outbox refused replies return_paths role_mail rules saved_views spread stripped taken_addresses thresholds told_counts versions',
    ]
    const tables = (await tablesOf(database.store)).map(name => name.replace('rebound_', ''))
    expect(tables.filter(name => !/migrations/.test(name)).sort()).toEqual(known.join(' ').split(' '))
  })
})
