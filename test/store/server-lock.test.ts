// An SQLite file has one server: the second waits, then is refused; the lock goes with its process, however that ends.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { DatabaseError } from '../../src/backend/database.ts'
import { onlyServer } from '../../src/backend/only-server.ts'
import { lockForServer, type ServerLockedError } from '../../src/store/database/server-lock.ts'

const folder = mkdtempSync(join(tmpdir(), 'rebound-lock-'))
afterAll(() => rmSync(folder, { recursive: true }))

const quiet = { info: () => {}, warn: () => {} }
const holderScript = join(import.meta.dirname, 'hold-server-lock.mjs')

/** A process that holds the lock of `file` as a server does. */
async function holder(file: string) {
  const child = fork(holderScript, [`sqlite:${file}`], { execArgv: ['--import', 'tsx'] })
  await once(child, 'message')
  return {
    pid: child.pid,
    kill: async () => {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}

test('a second server is refused with file, process and remedy, also under another name of the file', async () => {
  const file = join(folder, 'one.sqlite')
  writeFileSync(file, '')
  symlinkSync(file, join(folder, 'link.sqlite'))
  const first = await holder(file)
  for (const name of ['one', 'link']) {
    const refused = onlyServer({ databaseUrl: `sqlite:${join(folder, `${name}.sqlite`)}` }, quiet, 0)
    await expect(refused).rejects.toBeInstanceOf(DatabaseError)
    await expect(refused).rejects.toThrow(`${name}.sqlite is used by another server, process ${first.pid}`)
    await expect(refused).rejects.toThrow(`stop it (kill ${first.pid}), or name another file`)
  }
  await first.kill()
})

test('the next server waits for one that ends, and needs nothing cleared away after SIGKILL', async () => {
  const file = join(folder, 'two.sqlite')
  const first = await holder(file)
  const told: ServerLockedError[] = []
  const lock = await lockForServer(`sqlite:${file}`, {
    waitMs: 60_000,
    onWait: held => {
      told.push(held)
      void first.kill()
    },
  })
  expect(told.map(held => held.pid)).toEqual([first.pid])
  lock?.release()
  const again = await lockForServer(`sqlite:${file}`, { waitMs: 0 })
  expect(again).not.toBeNull()
  again?.release()
})

test('a released lock, other files, memory and MySQL are free', async () => {
  const urls = ['three', 'four'].map(name => `sqlite:${join(folder, `new/${name}.sqlite`)}`)
  const locks = await Promise.all(urls.map(url => lockForServer(url, { waitMs: 0 })))
  expect(locks).not.toContain(null)
  for (const lock of locks) lock?.release()
  for (const url of ['sqlite::memory:', 'mysql://root@127.0.0.1/rebound'])
    expect(await lockForServer(url, { waitMs: 0 })).toBeNull()
})
