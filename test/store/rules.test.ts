// The operators' rules: kept in order, no two alike, changes seen by every process, hits counted.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Rule, RuleDraft } from '../../src/model/rule.ts'
import type { Rules } from '../../src/model/rulebook.ts'
import { createRecorder } from '../../src/store/recording/recorder.ts'
import { allRules, rulesVersion } from '../../src/store/tables/rule-rows.ts'
import { createRules } from '../../src/store/tables/rules.ts'
import { watchRules } from '../../src/store/tables/watch-rules.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'
import { event } from './events.ts'

const by = { actor: 'test' }
const draft = (text: string, more: Partial<RuleDraft> = {}): RuleDraft => ({
  section: 'body',
  text,
  type: 'hard',
  stage: 'override',
  category: null,
  enabled: true,
  note: null,
  ...more,
})
const shippedRule = (id: string, text: string): Rule => ({
  ...draft(text, { section: 'from', type: 'soft', stage: 'fallback' }),
  id,
  source: 'shipped',
  hits: 0,
  lastHitAt: null,
})

describe.each(dialects)('rules on %s', dialect => {
  let database: TestDatabase
  let rules: Rules
  beforeAll(async () => {
    database = await newDatabase(dialect)
    rules = createRules(database.store)
  })
  afterAll(async () => database?.drop())
  const texts = async () => (await rules.list({ limit: 100 })).items.map(rule => rule.text)

  it('adds, changes and removes; twice is once', async () => {
    const { rule, isNew } = await rules.add(
      draft('Mailbox closed', { note: 'why', category: 'unknown-user' }),
      by,
    )
    expect(isNew).toBe(true)
    expect(rule).toMatchObject({
      ...draft('Mailbox closed', { note: 'why', category: 'unknown-user' }),
      source: 'own',
      hits: 0,
      lastHitAt: null,
    })
    expect(await rules.add(draft('Mailbox closed'), by)).toEqual({ rule, isNew: false })
    expect((await rules.add(draft('mailbox closed'), by)).isNew).toBe(true)
    expect((await rules.add(draft('mailbox closed '), by)).isNew).toBe(true)
    expect(await rules.change(rule.id, { enabled: false, note: undefined }, by)).toEqual({
      ...rule,
      enabled: false,
    })
    expect((await rules.get(rule.id))?.id).toBe(rule.id)
    expect(await rules.get('nobody')).toBeNull()
    expect(await rules.change('nobody', { enabled: false }, by)).toBeNull()
    await expect(rules.change(rule.id, { text: 'mailbox closed' }, by)).rejects.toMatchObject({
      name: 'FieldError',
      field: 'text',
    })
    expect(await rules.remove(rule.id, by)).toBe(true)
    expect(await rules.remove(rule.id, by)).toBe(false)
    expect(await rules.get(rule.id)).toBeNull()
    expect(await texts()).toEqual(['mailbox closed', 'mailbox closed '])
    const trail = await database.store
      .knex('rebound_audit')
      .where('before', 'like', `%${rule.id}%`)
      .orderBy('id')
    expect(trail.map(row => row.action)).toEqual(['rule-add', 'rule-change', 'rule-remove'])
  })

  it('pages in the order asked', async () => {
    for (const text of ['1', '2', '3']) await rules.add(draft(text), by)
    const seen: string[] = []
    let after: string | undefined
    do {
      const page = await rules.list({ limit: 2, after })
      seen.push(...page.items.map(rule => rule.text))
      after = page.next ?? undefined
    } while (after)
    expect(seen).toEqual(['mailbox closed', 'mailbox closed ', '1', '2', '3'])
    await expect(rules.list({ limit: 2, after: '?' })).rejects.toMatchObject({ name: 'CursorError' })
  })

  it('brings shipped rules in once, does not bring removed ones back, and restores on demand', async () => {
    const shipped = [shippedRule('shipped-a', 'DAEMON'), shippedRule('shipped-b', 'MAILER')]
    const shippedNow = async () =>
      (await rules.list({ limit: 100 })).items
        .filter(rule => rule.source === 'shipped')
        .map(rule => [rule.id, rule.type])
    await rules.ship(shipped, { restore: false, ...by })
    await rules.remove('shipped-a', by)
    await rules.change('shipped-b', { type: 'hard' }, by)
    await rules.ship(shipped, { restore: false, ...by })
    expect(await shippedNow()).toEqual([['shipped-b', 'hard']])
    await rules.ship(shipped, { restore: true, ...by })
    expect(await shippedNow()).toEqual([
      ['shipped-a', 'soft'],
      ['shipped-b', 'soft'],
    ])
  })

  it('adds one rule when two processes add the same', async () => {
    const both = [rules, createRules(database.open())]
    const added = await Promise.all(both.map(each => each.add(draft('raced'), by)))
    expect(added.map(each => each.isNew).sort()).toEqual([false, true])
    expect(added[0]?.rule.id).toBe(added[1]?.rule.id)
  })

  it('adds 10,000 rules at once: in their order, each once, one change for everybody', async () => {
    const other = await newDatabase(dialect)
    let changes = 0
    const many = createRules(other.store, async () => {
      changes++
    })
    await many.ship([shippedRule('shipped-a', 'DAEMON')], { restore: false, ...by })
    await many.remove('shipped-a', by)
    await many.add(draft('text 7', { note: 'was there' }), by)
    const drafts = Array.from({ length: 10_000 }, (_, at) => draft(`text ${at}`))
    drafts.push(draft('text 9999', { note: 'again' }), draft('DAEMON', { ...shippedRule('', 'DAEMON') }))
    const before = await rulesVersion(other.store)
    changes = 0
    expect(await many.addAll(drafts, by)).toBe(10_000)
    expect(changes).toBe(1)
    expect(await rulesVersion(other.store)).toBe(before + 1)
    const all = await allRules(other.store)
    const rest = all.slice(2).map(rule => rule.text)
    expect(all.slice(0, 2).map(rule => [rule.id.slice(0, 4), rule.text, rule.note])).toEqual([
      ['ship', 'DAEMON', null],
      ['own-', 'text 7', 'was there'],
    ])
    expect(rest).toEqual(drafts.slice(0, 10_000).flatMap(({ text }) => (text === 'text 7' ? [] : [text])))
    expect(all.at(-1)?.note).toBeNull()
    const trail = await other.store.knex('rebound_audit').where({ action: 'rule-add' }).orderBy('id')
    expect(JSON.parse(trail.at(-1)?.before)).toEqual({ imported: 10_000 })
    expect(await many.addAll(drafts, by)).toBe(0)
    expect(await rulesVersion(other.store)).toBe(before + 1)
    await other.drop()
  })

  it('adds none of many when one cannot be added', async () => {
    const before = (await allRules(database.store)).length
    const many = Array.from({ length: 300 }, (_, at) => draft(`none ${at}`))
    const faulty = { ...draft('none'), type: null } as unknown as RuleDraft
    await expect(rules.addAll([...many, faulty], by)).rejects.toThrow()
    expect(await allRules(database.store)).toHaveLength(before)
  })

  it('tells the process that changed at once, and others with their next look', async () => {
    const told: string[][] = [[], []]
    const watches = [database.store, database.open()].map((store, at) =>
      watchRules(store, all => told[at]?.push(String(all.length))),
    )
    const [mine, theirs] = watches
    await Promise.all(watches.map(watch => watch.refresh()))
    const changing = createRules(database.store, async () => mine?.refresh())
    const { rule } = await changing.add(draft('seen'), by)
    expect(told.map(each => each.length)).toEqual([2, 1])
    await theirs?.refresh()
    await theirs?.refresh()
    expect(told.map(each => each.length)).toEqual([2, 2])
    await changing.remove(rule.id, by)
    await expect.poll(() => told[1]?.length).toBe(3)
    for (const watch of watches) await watch.close()
  })

  it('counts the hits of a rule with the events it decided, once each', async () => {
    const { rule } = await rules.add(draft('hit'), by)
    const recorder = createRecorder(database.store, { trustClaimed: false })
    const decided = (name: string) => {
      const made = event({ name })
      if (!made.verdict) throw new Error('a bounce has a verdict')
      return { ...made, verdict: { ...made.verdict, because: { rung: 'override', rule: rule.id } as const } }
    }
    await recorder.record([decided('one'), decided('two')])
    await recorder.record([decided('two')])
    await recorder.close()
    const found = (await rules.list({ limit: 100 })).items.find(each => each.id === rule.id)
    expect(found).toMatchObject({ hits: 2, lastHitAt: expect.any(Date) })
  })
})
