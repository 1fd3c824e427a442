// Saved views: shared, named once a list, limited, audited, and forgotten with the address that they name.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mostViews } from '../../src/model/saved-view.ts'
import { createSavedViews } from '../../src/store/tables/saved-views.ts'
import { forgetAddress } from '../../src/store/upkeep/forget.ts'
import { dialects, newDatabase, type TestDatabase } from './databases.ts'

const by = { actor: 'http anna' }

describe.each(dialects)('on %s', dialect => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await newDatabase(dialect)
  })
  afterAll(async () => database?.drop())
  const views = () => createSavedViews(database.store)
  const audited = async () =>
    (await database.store.knex('rebound_audit').orderBy('id')).map(
      ({ actor, action }: { actor: string; action: string }) => `${actor} ${action}`,
    )

  it('keeps, renames and removes them, and the audit names who did it', async () => {
    const hard = {
      list: 'records',
      name: ' Hard, 硬 ',
      filters: { type: 'hard', from: '2026-01-01' },
    } as const
    const saved = await views().add(hard, by)
    expect(saved).toMatchObject({ ...hard, name: 'Hard, 硬', savedBy: 'http anna' })
    // The same name may stand in the other list, and in another case.
    await views().add({ list: 'events', name: 'Hard, 硬', filters: {} }, by)
    await views().add({ list: 'records', name: 'hard, 硬', filters: {} }, by)
    await expect(views().add(hard, by)).rejects.toMatchObject({ field: 'name' })
    expect((await views().list('records')).map(({ name }) => name)).toEqual(['Hard, 硬', 'hard, 硬'])

    const eve = { actor: 'http eve' }
    expect(await views().change(saved.id, { name: 'Ours' }, eve)).toMatchObject({
      name: 'Ours',
      savedBy: 'http eve',
      filters: hard.filters,
    })
    await expect(views().change(saved.id, { name: 'hard, 硬' }, eve)).rejects.toMatchObject({ field: 'name' })
    expect(await views().change(saved.id, { filters: { type: 'soft' } }, eve)).toMatchObject({
      filters: { type: 'soft' },
    })
    expect(await views().remove(saved.id, eve)).toBe(true)
    expect(await views().remove(saved.id, eve)).toBe(false)
    expect(await views().change(saved.id, { name: 'x' }, eve)).toBeNull()
    for (const id of ['0', '-1', 'x', '9'.repeat(30)]) expect(await views().remove(id, eve)).toBe(false)
    expect(await audited()).toEqual([
      ...Array(3).fill('http anna view-add'),
      ...Array(2).fill('http eve view-change'),
      'http eve view-remove',
    ])
  })

  it('of two who save one name at once, one is told', async () => {
    const draft = { list: 'events', name: 'at once', filters: {} } as const
    const other = createSavedViews(database.open())
    const results = await Promise.allSettled([views().add(draft, by), other.add(draft, by)])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('goes with the address that it names', async () => {
    await views().add({ list: 'records', name: 'Ana’s', filters: { address: 'ANA@example.org' } }, by)
    await views().add({ list: 'events', name: 'of juana', filters: { q: 'juana@example.org' } }, by)
    const forget = (dryRun: boolean) =>
      forgetAddress(database.store, 'ana@example.org', { actor: 'test', pseudonym: 'p', checks: [], dryRun })
    expect(await forget(true)).toMatchObject({ views: 1 })
    expect(await forget(false)).toMatchObject({ views: 1 })
    expect((await views().list()).map(({ name }) => name)).toContain('of juana')
    expect((await views().list()).map(({ name }) => name)).not.toContain('Ana’s')
    expect(JSON.stringify(await database.store.knex('rebound_audit'))).not.toContain('ANA@')
  })

  it('holds so many of a list', async () => {
    const there = (await views().list('events')).length
    const row = (n: number) => ({
      list: 'events',
      name: `view ${n}`,
      filters: '{}',
      saved_by: 'test',
      changed_at: 0,
    })
    const rows = Array.from({ length: mostViews - there }, (_, n) => row(n))
    await database.store.knex('rebound_saved_views').insert(rows)
    const one = { name: 'one more', filters: {} }
    await expect(views().add({ list: 'events', ...one }, by)).rejects.toMatchObject({ field: 'list' })
    expect(await views().add({ list: 'records', ...one }, by)).toMatchObject({ name: 'one more' })
  })
})
