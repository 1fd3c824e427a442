// A backup made under load is restored: it holds all that was there when it began, agrees with itself, and goes on.

import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { auditOf, isExact } from '../../scripts/soak/audit.ts'
import type { BounceEvent } from '../../src/model/event.ts'
import { BackupError, backupSqlite } from '../../src/store/database/backup.ts'
import { migrate } from '../../src/store/database/migrate.ts'
import { openStore, type Store } from '../../src/store/database/open.ts'
import { createRecorder, type Recorder } from '../../src/store/recording/recorder.ts'
import { within } from '../patience.ts'
import { dialects, emptyDatabase, newDatabase } from './databases.ts'
import { event } from './events.ts'

const make = (at: number): BounceEvent =>
  event({
    name: `mail ${at}`,
    recordId: `${at % 200}`,
    campaign: { id: `${at % 5}` },
    type: at % 3 === 0 ? 'hard' : 'soft',
  })

/** Records without end, eight messages at a time, until it is told to stop; the paths of all that was acknowledged. */
function load(recorder: Recorder) {
  const acknowledged: string[] = []
  let next = 0
  let isOver = false
  const work = Promise.all(
    Array.from({ length: 8 }, async () => {
      while (!isOver) {
        const message = make(next++)
        await recorder.record([message])
        acknowledged.push(message.returnPath)
      }
    }),
  )
  return {
    acknowledged,
    reaches: async (count: number) => {
      await expect.poll(() => acknowledged.length, { timeout: within(60_000) }).toBeGreaterThan(count)
    },
    stop: async () => {
      isOver = true
      await work
    },
  }
}

/** What was acknowledged before the backup began is in it; it agrees with itself; mail that comes again is known. */
async function check(restored: Store, before: readonly string[]): Promise<void> {
  await migrate(restored)
  const audit = await auditOf(restored, before)
  expect(audit).toMatchObject({ lost: [], twice: [], records: [], campaigns: [], inert: 0 })
  expect(audit.events).toBeGreaterThanOrEqual(before.length)
  const recorder = createRecorder(restored, { trustClaimed: false })
  const again = await recorder.record([make(0)])
  expect(again).toMatchObject([{ isNew: false }])
  // Of the senders' queues comes what was acknowledged by nobody, or after the backup.
  for (let at = 0; at < audit.events + 50; at++) await recorder.record([make(at)])
  await recorder.close()
  const after = await auditOf(restored, before)
  expect(isExact(after)).toBe(true)
  expect(after.events).toBe(audit.events + 50)
}

describe('a backup of SQLite', () => {
  it('is made by another process while a server writes, and restored', {
    timeout: within(120_000),
  }, async () => {
    const { store, url, drop } = await newDatabase('sqlite')
    const folder = mkdtempSync(join(tmpdir(), 'rebound-backup-'))
    const file = join(folder, 'copy.sqlite')
    const recorder = createRecorder(store, { trustClaimed: false })
    const running = load(recorder)
    await running.reaches(500)
    const before = [...running.acknowledged]
    // Written to without a pause: a backup in steps would begin again with each commit.
    const script = `import('./src/store/database/backup.ts').then(({ backupSqlite }) => backupSqlite(process.argv[1], process.argv[2]))`
    await promisify(execFile)(process.execPath, ['--import', 'tsx', '-e', script, url, file])
    const soon = running.acknowledged.length
    await running.reaches(soon)
    await running.stop()
    await recorder.close()
    expect(readdirSync(folder)).toEqual(['copy.sqlite'])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const restored = openStore({ url: `sqlite:${file}` })
    await check(restored, before)
    await restored.close()
    rmSync(folder, { recursive: true })
    await drop()
  })

  it('overwrites nothing, and leaves nothing behind when it fails', async () => {
    const { url, drop } = await newDatabase('sqlite')
    const folder = mkdtempSync(join(tmpdir(), 'rebound-backup-'))
    const file = join(folder, 'copy.sqlite')
    writeFileSync(file, 'kept')
    await expect(backupSqlite(url, file)).rejects.toThrow(
      /is there already: write the name of a file that is not/,
    )
    await expect(backupSqlite(url, join(folder, 'none', 'copy'))).rejects.toThrow(BackupError)
    await expect(backupSqlite(`sqlite:${join(folder, 'none')}`, join(folder, 'other'))).rejects.toThrow(
      /cannot be opened/,
    )
    writeFileSync(join(folder, 'garbage'), 'not a database at all, '.repeat(1_000))
    await expect(backupSqlite(`sqlite:${join(folder, 'garbage')}`, join(folder, 'other'))).rejects.toThrow(
      BackupError,
    )
    writeFileSync(join(folder, 'third.part'), '')
    await expect(backupSqlite(url, join(folder, 'third'))).rejects.toThrow(/another backup writes it/)
    expect(readdirSync(folder).sort()).toEqual(['copy.sqlite', 'garbage', 'third.part'])
    rmSync(folder, { recursive: true })
    await drop()
  })
})

const dumper = ['/usr/bin/mariadb-dump', '/usr/local/bin/mariadb-dump'].find(path => existsSync(path))
const client = ['/usr/bin/mariadb', '/usr/local/bin/mariadb'].find(path => existsSync(path))

describe.skipIf(!dialects.includes('mysql') || !dumper || !client)('a MariaDB backup', () => {
  it('is made by mariadb-dump while a server writes, and restored', {
    timeout: within(180_000),
  }, async () => {
    const { store, url, drop } = await newDatabase('mysql')
    const recorder = createRecorder(store, { trustClaimed: false })
    const running = load(recorder)
    await running.reaches(500)
    const before = [...running.acknowledged]
    const folder = mkdtempSync(join(tmpdir(), 'rebound-backup-'))
    const dump = join(folder, 'backup.sql')
    const words = (address: string): readonly string[] => {
      const { hostname, port, username, password } = new URL(address)
      return ['--no-defaults', '-h', hostname, '-P', port || '3306', '-u', username, `-p${password}`]
    }
    const name = (address: string): string => new URL(address).pathname.slice(1)
    const shell = promisify(execFile)
    await shell(dumper ?? '', [
      ...words(url),
      '--single-transaction',
      '--routines',
      '--triggers',
      `--result-file=${dump}`,
      name(url),
    ])
    const soon = running.acknowledged.length
    await running.reaches(soon)
    await running.stop()
    await recorder.close()
    const other = await emptyDatabase('mysql')
    await shell(client ?? '', [...words(other.url), name(other.url), '-e', `source ${dump}`])
    await check(other.store, before)
    await other.drop()
    rmSync(folder, { recursive: true })
    await drop()
  })
})
