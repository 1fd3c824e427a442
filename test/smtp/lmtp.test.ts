// LMTP (RFC 2033) at a Unix socket: who may talk there, and sockets that dead servers left. What it says is in dialogues/.

import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { RawClient } from './raw-client.ts'
import { openStage, type Stage } from './stage.ts'

async function socketPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rebound-lmtp-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return join(folder, 'lmtp')
}

async function open(path: string): Promise<Stage> {
  const stage = await openStage({ protocol: 'lmtp', path, trusted: [] })
  onTestFinished(stage.close)
  return stage
}

async function greeted(path: string): Promise<RawClient> {
  const client = await RawClient.openPath(path)
  onTestFinished(() => client.destroy())
  expect(await client.reply()).toBe('220 mx.bounces.example LMTP')
  return client
}

it('takes mail at a Unix socket that its group may open and nobody else', async () => {
  const path = await socketPath()
  const stage = await open(path)
  expect((await stat(path)).mode & 0o777).toBe(0o660)
  const client = await greeted(path)
  // Who may open the socket may say for whom it speaks.
  expect(await client.ask('LHLO mta.example')).toContain('XFORWARD')
  expect(await client.ask('XFORWARD ADDR=192.0.2.7')).toMatch(/^250 /)
  await client.begin('signed-1', 'signed-2')
  client.send('Subject: x\r\n\r\nx\r\n.\r\n')
  expect([await client.reply(), await client.reply()]).toEqual([
    expect.stringMatching(/^250 2\.0\.0 /),
    expect.stringMatching(/^250 2\.0\.0 /),
  ])
  expect(stage.taken).toHaveLength(1)
})

it('takes over the socket that a dead server left', async () => {
  const path = await socketPath()
  const dead = createServer()
  await new Promise<void>(resolve => dead.listen(path, resolve))
  // A server that is killed does not remove its socket; one that closes does.
  const copy = `${path}.copy`
  const { link, rename } = await import('node:fs/promises')
  await link(path, copy)
  await new Promise<void>(resolve => dead.close(() => resolve()))
  await rename(copy, path)
  await open(path)
  await greeted(path)
})

it.each(['a living server', 'a file'])('leaves %s alone', async what => {
  const path = await socketPath()
  if (what === 'a file') await writeFile(path, 'precious')
  else await open(path)
  await expect(openStage({ protocol: 'lmtp', path })).rejects.toMatchObject({
    code: 'EADDRINUSE',
    address: path,
  })
  if (what === 'a living server') await greeted(path)
})

it('a drain answers every recipient of a message on its way, then closes', async () => {
  const path = await socketPath()
  const stage = await open(path)
  const client = await greeted(path)
  await client.ask('LHLO mta.example')
  await client.begin('signed-late', 'signed-2')
  client.send('Subject: x\r\n\r\nx\r\n.\r\n')
  const other = await greeted(path)
  await other.ask('NOOP')
  const drained = stage.listener.drain(60_000)
  expect(await other.reply()).toMatch(/^421 /)
  stage.commit()
  for (let recipient = 0; recipient < 2; recipient++) expect(await client.reply()).toMatch(/^250 2\.0\.0 /)
  expect(await client.reply()).toMatch(/^421 /)
  await drained
})
