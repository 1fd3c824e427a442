// Postmaster's Maildir: whole mails only, unique names, and a mailbox that is full.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { MailboxFull, type Maildir, type MaildirLimits, openMaildir } from '../../src/smtp/maildir.ts'
import { within } from '../patience.ts'

async function open(limits?: MaildirLimits): Promise<{ directory: string; maildir: Maildir }> {
  const directory = await mkdtemp(join(tmpdir(), 'rebound-maildir-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return { directory, maildir: await openMaildir(directory, limits) }
}

const deliver = async (maildir: Maildir, ...chunks: string[]): Promise<void> => {
  const copy = await maildir.begin('Trace: x\r\n')
  for (const chunk of chunks) await copy.write(Buffer.from(chunk))
  await copy.keep()
}

describe('a delivery', () => {
  it('goes through tmp to new, with its size in its name', async () => {
    const { directory, maildir } = await open()
    const copy = await maildir.begin('Trace: x\r\n')
    await copy.write(Buffer.from('x'.repeat(70_000)))
    expect((await readdir(join(directory, 'tmp'))).length).toBe(1)
    expect(await readdir(join(directory, 'new'))).toEqual([])
    await copy.write(Buffer.from('end'))
    await copy.keep()
    await copy.discard() // after keep, nothing to forget
    const [name = ''] = await readdir(join(directory, 'new'))
    expect(name).toMatch(/^\d+\.M\d+R[0-9a-f]+P\d+Q\d+\.[^/:]+,S=70013$/)
    expect(await readFile(join(directory, 'new', name), 'utf8')).toBe(`Trace: x\r\n${'x'.repeat(70_000)}end`)
    expect(await readdir(join(directory, 'tmp'))).toEqual([])
  })

  it('that is discarded leaves nothing', async () => {
    const { directory, maildir } = await open()
    const copy = await maildir.begin('')
    await copy.write(Buffer.from('x'.repeat(70_000)))
    await copy.discard()
    await copy.write(Buffer.from('late'))
    await expect(copy.keep()).rejects.toThrow('discarded')
    expect([await readdir(join(directory, 'tmp')), await readdir(join(directory, 'new'))]).toEqual([[], []])
  })

  it('has a name of its own, a hundred at a time', async () => {
    const { directory, maildir } = await open()
    await Promise.all(Array.from({ length: 100 }, (_, index) => deliver(maildir, String(index))))
    expect((await readdir(join(directory, 'new'))).length).toBe(100)
  })

  it('that the disk refuses is told at the end, and leaves nothing', async () => {
    const { directory, maildir } = await open()
    const copy = await maildir.begin('')
    await rm(join(directory, 'tmp'), { recursive: true })
    await copy.write(Buffer.from('x'.repeat(70_000)))
    await copy.write(Buffer.from('x'))
    await expect(copy.keep()).rejects.toThrow('ENOENT')
    expect(await readdir(join(directory, 'new'))).toEqual([])
  })
})

describe('a mailbox', () => {
  it('is full at its number of mails, read ones included', async () => {
    const { directory, maildir } = await open({ maxMessages: 2, maxBytes: 1e6 })
    await deliver(maildir, 'one')
    expect(await maildir.isFull()).toBe(false)
    await writeFile(join(directory, 'cur', 'read:2,S'), 'two')
    expect(await maildir.isFull()).toBe(true)
    await expect(deliver(maildir, 'three')).rejects.toBeInstanceOf(MailboxFull)
    await rm(join(directory, 'cur', 'read:2,S'))
    expect(await maildir.isFull()).toBe(false)
  })

  it('counts mails on their way', async () => {
    const { maildir } = await open({ maxMessages: 1, maxBytes: 1e6 })
    const copy = await maildir.begin('')
    expect(await maildir.isFull()).toBe(true)
    await copy.discard()
    expect(await maildir.isFull()).toBe(false)
  })

  it('is full at its number of bytes, and never goes beyond', async () => {
    const { directory, maildir } = await open({ maxMessages: 100, maxBytes: 1000 })
    await deliver(maildir, 'x'.repeat(600))
    expect(await maildir.isFull()).toBe(false)
    await expect(deliver(maildir, 'x'.repeat(600))).rejects.toBeInstanceOf(MailboxFull)
    await deliver(maildir, 'x'.repeat(380))
    expect(await maildir.isFull()).toBe(true)
    expect((await readdir(join(directory, 'new'))).length).toBe(2)
  })

  it('sweeps what a dead process left in tmp, and nothing younger', async () => {
    const { directory } = await open()
    const [old, young] = [join(directory, 'tmp', 'old'), join(directory, 'tmp', 'young')]
    await writeFile(old, 'x')
    await writeFile(young, 'x')
    const twoDaysAgo = Date.now() / 1000 - 2 * 86_400
    await utimes(old, twoDaysAgo, twoDaysAgo)
    await openMaildir(directory)
    expect(await readdir(join(directory, 'tmp'))).toEqual(['young'])
  })

  it('that cannot be made is a failed start', async () => {
    const { directory } = await open()
    await writeFile(join(directory, 'file'), '')
    await expect(openMaildir(join(directory, 'file', 'mail'))).rejects.toThrow(/ENOTDIR|EEXIST/)
    await mkdir(join(directory, 'other'))
    await expect(openMaildir(join(directory, 'other'))).resolves.toBeDefined()
  })
})

// Node's own recursive mkdir would never end there, nor let its process end: hence a process of its own.
it('is refused at once where a parent is there and says that it is not', () => {
  const impossible = existsSync('/proc/self') ? '/proc/rebound/mail' : '/dev/null/mail'
  const module = new URL('../../src/smtp/maildir.ts', import.meta.url)
  const program = `import { openMaildir } from ${JSON.stringify(module)}
openMaildir(${JSON.stringify(impossible)}).then(() => console.log('made'), error => console.log(error.code))`
  const ran = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: within(30_000),
    killSignal: 'SIGKILL',
  })
  expect(ran.stdout, ran.stderr).toMatch(/^(ENOENT|ENOTDIR)$/m)
})
