// What stops a start is said in one go, in plain words, and leaves nothing behind.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openChecked } from '../../src/backend/checked-database.ts'
import { openKeyring } from '../../src/backend/keys.ts'
import { StartError } from '../../src/backend/start-error.ts'
import type { Config } from '../../src/settings/config.ts'
import { readConfig } from '../../src/settings/read.ts'
import { openStore, type Store } from '../../src/store/database/open.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'rebound-checked-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const configOf = (settings: Readonly<Record<string, string>> = {}): Config => {
  const result = readConfig({ REBOUND_DATA_DIR: dataDir, ...settings })
  if (!result.ok) throw new Error(result.faults.join('\n'))
  return result.config
}

/** Starts and ends. @returns the faults, or the message of what was thrown; null when it started. */
async function start(config: Config, warn?: (message: string) => void): Promise<readonly string[] | null> {
  try {
    const { store } = await openChecked(config, warn)
    await store.close()
    return null
  } catch (error) {
    return error instanceof StartError ? error.faults : [(error as Error).message]
  }
}

async function inDatabase(work: (store: Store) => Promise<unknown>): Promise<void> {
  const store = openStore({ url: configOf().databaseUrl })
  await work(store)
  await store.close()
}

describe('a database whose secret is lost', () => {
  const secret = () => join(dataDir, 'secret')

  test('is refused, and no new secret is made', async () => {
    expect(await start(configOf())).toBeNull()
    rmSync(secret())
    const [fault, ...more] = (await start(configOf())) ?? []
    expect(fault).toMatch(/^REBOUND_SECRET: .*signed with a key .*restore the secret in .*secret, or set/)
    expect(more).toEqual([])
    expect(existsSync(secret())).toBe(false)
    const keyring = await openKeyring(configOf())
    expect(await keyring.list()).toMatchObject([{ state: 'missing', inSecret: false }])
    expect(existsSync(secret())).toBe(false)
    // The old key is given up: now a new one is made.
    const [key] = await keyring.list()
    expect(await keyring.forget(key?.id ?? '', { actor: 'test' })).toBe('forgotten')
    await keyring.close()
    expect(await start(configOf())).toBeNull()
    expect(existsSync(secret())).toBe(true)
  })

  test('starts with the secret that is put back', async () => {
    const kept = configOf({ REBOUND_SECRET: 'a'.repeat(32) })
    expect(await start(kept)).toBeNull()
    expect(await start(configOf())).toHaveLength(1)
    writeFileSync(secret(), `${'a'.repeat(32)}\n`)
    expect(await start(configOf())).toBeNull()
  })

  test('several that start at once on a new database agree on one secret', async () => {
    expect(await Promise.all([1, 2, 3, 4].map(() => start(configOf())))).toEqual([null, null, null, null])
  })
})

test('a database of a newer version is called so', async () => {
  expect(await start(configOf())).toBeNull()
  await inDatabase(({ knex }) =>
    knex('rebound_migrations').insert({ name: '99-tomorrow', batch: 9, migration_time: new Date() }),
  )
  const [fault] = (await start(configOf())) ?? []
  expect(fault).toMatch(
    /^DATABASE_URL: SQLite \/.* was made by a newer Rebound \(it has 99-tomorrow\): start that version, or restore/,
  )
})

test('a database that does not answer is told once, not with each attempt', async () => {
  const warnings: string[] = []
  const down = configOf({
    DATABASE_URL: 'mysql://rebound:x@127.0.0.1:1/rebound',
    REBOUND_SECRET: 'a'.repeat(32),
  })
  const [fault] = (await start(down, message => warnings.push(message))) ?? []
  expect(fault).toMatch(/^DATABASE_URL: MySQL 127\.0\.0\.1:1\/rebound does not answer .*ECONNREFUSED/)
  expect(warnings).toEqual([])
})

describe('a mapping file with faults', () => {
  const mapped = (file: object): Config => {
    const path = join(dataDir, 'crm.json')
    writeFileSync(path, JSON.stringify(file))
    return configOf({ REBOUND_CRM_FILE: path })
  }
  const people = { table: 'people', id: 'id', addresses: 'email' }
  beforeEach(async () => {
    expect(await start(configOf())).toBeNull()
    await inDatabase(({ knex }) =>
      knex.schema.createTable('people', table => {
        table.increments('id')
        table.string('email')
      }),
    )
  })

  test('an unknown key, a wrong column and an unusable module are told together', async () => {
    const faults = await start(
      mapped({
        modules: {
          contacts: { ...people, flg: 'bounced', addresses: 'mail' },
          companies: { ...people, table: 7 },
          leads: { ...people, id: 'uid' },
        },
      }),
    )
    expect(faults?.map(fault => fault.replace(/^REBOUND_CRM_FILE is ".*?": /, ''))).toEqual([
      'modules.contacts: there is no "flg" here; did you mean "flag"?',
      expect.stringMatching(/^modules\.companies\.table: write a name/),
      expect.stringMatching(/^modules\.contacts\.addresses\.0: .*people has no column mail/),
      expect.stringMatching(/^modules\.leads\.id: .*people has no column uid/),
    ])
  })

  test('retires no module: it does not say which there are', async () => {
    expect(await start(mapped({ modules: { targets: { ...people, number: 5 } } }), () => {})).toBeNull()
    expect(await start(mapped({ modules: { targets: { number: 5 } } }), () => {})).not.toBeNull()
    await inDatabase(async ({ knex }) =>
      expect(await knex('rebound_modules').select('module', 'retired_at')).toEqual([
        { module: 'targets', retired_at: null },
      ]),
    )
  })
})
