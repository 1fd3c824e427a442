// An address of SQLite is the name of a file and nothing else: no option of SQLite's URIs can be smuggled in with it.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openStore } from '../../src/store/database/open.ts'

test.each([
  'a?mode=ro',
  'a?immutable=1&vfs=none',
  'a#fragment',
  'a%00b',
  'a%2e%2e%2fb',
  'file:a?mode=memory',
  'file:a.sqlite?mode=ro&cache=shared',
  ':memory:?cache=shared',
  'a;b',
  "a'b",
  'a\nb',
  'é',
])('sqlite:%j is the file of that name', async name => {
  const baseDir = mkdtempSync(join(tmpdir(), 'rebound-names-'))
  onTestFinished(() => rmSync(baseDir, { recursive: true }))
  const store = openStore({ url: `sqlite:${name}`, baseDir })
  try {
    await store.knex.raw('create table written (id integer)')
    expect(readdirSync(baseDir).filter(file => !/-(?:wal|shm)$/.test(file))).toEqual([name])
  } finally {
    await store.close()
  }
})

test.each([' ', '\t'])(
  'blanks at the end (%j) are no part of it: the driver would open another file',
  async blank => {
    const baseDir = mkdtempSync(join(tmpdir(), 'rebound-names-'))
    onTestFinished(() => rmSync(baseDir, { recursive: true }))
    const store = openStore({ url: `sqlite:a${blank}`, baseDir })
    await store.knex.raw('select 1').finally(() => store.close())
    expect(readdirSync(baseDir)).toEqual(['a'])
    expect(() => openStore({ url: `sqlite:${blank}`, baseDir })).toThrow('names no file')
  },
)
