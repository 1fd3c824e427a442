// Mail for postmaster and abuse over SMTP: kept beside what intake records, refused when the mailbox is full.

import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openStage, type Stage, type StageOptions } from './stage.ts'

async function open(options: StageOptions = {}): Promise<Stage> {
  const stage = await openStage(options)
  onTestFinished(stage.close)
  return stage
}

async function check(stage: Stage, localParts: string[], body: string, expected: RegExp): Promise<void> {
  const client = await stage.greeted()
  await client.begin(...localParts)
  client.send(`${body}\r\n.\r\n`)
  expect(await client.reply()).toMatch(expected)
  expect(await client.ask('NOOP')).toBe('250 2.0.0 Ok')
  expect(await readdir(join(stage.mailDirectory, 'tmp'))).toEqual([])
}

describe('mail for a role', () => {
  it('is kept with its trace and not given to intake', async () => {
    const stage = await open()
    await check(stage, ['postmaster', 'abuse'], 'Subject: hello\r\n\r\n..dots', /^250 2\.0\.0 Kept/)
    expect(stage.taken).toEqual([])
    const [mail = ''] = await stage.kept()
    expect(mail).toMatch(
      /^Return-Path: <>\r\nDelivered-To: postmaster@bounces\.example\r\nDelivered-To: abuse@bounces\.example\r\nReceived: from client\.example \(\[127\.0\.0\.1\]\)\r\n\tby mx\.bounces\.example with ESMTP id [a-z0-9]{16};\r\n\t\w{3}, \d\d \w{3} \d{4} [\d:]{8} \+0000\r\nSubject: hello\r\n\r\n\.dots\r\n$/,
    )
  })

  it('is kept and recorded when a return path is named too', async () => {
    const stage = await open()
    const body = `Subject: both\r\n\r\n${'x'.repeat(200_000)}`
    await check(stage, ['signed-1', 'postmaster'], body, /^250 2\.0\.0 Recorded/)
    expect(stage.taken.map(({ bytes }) => bytes.toString())).toEqual([`${body}\r\n`])
    expect(stage.taken[0]?.envelope.recipients.map(({ kind }) => kind)).toEqual(['signed'])
    expect((await stage.kept()).map(mail => mail.endsWith(`${body}\r\n`))).toEqual([true])
  })

  it.each(['signed-fails', 'signed-breaks', 'signed-early', 'signed-commits-not', 'signed-never'])(
    'is kept only when %s is taken',
    async local => {
      const stage = await open({ limits: { handlerMs: local === 'signed-never' ? 150 : 10_000 } })
      const isTaken = local === 'signed-early'
      await check(stage, [local, 'postmaster'], 'x'.repeat(100_000), isTaken ? /^250 / : /^451 4\.3\.0 /)
      expect((await stage.kept()).length).toBe(isTaken ? 1 : 0)
    },
  )

  it('that is too big is not kept', async () => {
    const stage = await open({ limits: { maxMessageBytes: 1000 } })
    await check(stage, ['postmaster'], 'x'.repeat(1500), /^552 5\.3\.4 /)
    await check(stage, ['postmaster', 'signed-1'], 'x'.repeat(1500), /^552 5\.3\.4 /)
    expect(await stage.kept()).toEqual([])
    expect(stage.taken).toEqual([])
  })

  it('is deferred at RCPT when the mailbox is full, and a return path beside it is not', async () => {
    const stage = await open({ maildirLimits: { maxMessages: 1, maxBytes: 1e6 } })
    await check(stage, ['postmaster'], 'x', /^250 /)
    const client = await stage.greeted()
    await client.ask('MAIL FROM:<>')
    expect(await client.ask('RCPT TO:<postmaster>')).toBe('452 4.2.2 The postmaster mailbox is full')
    expect(await client.ask('RCPT TO:<abuse@bounces.example>')).toMatch(/^452 4\.2\.2 /)
    expect(await client.ask('RCPT TO:<signed-1@bounces.example>')).toMatch(/^250 /)
    expect(stage.counted).toContain('deferred mailbox-full')
  })

  it('that does not fit any more is deferred after DATA', async () => {
    const stage = await open({ maildirLimits: { maxMessages: 10, maxBytes: 1000 } })
    await check(stage, ['postmaster'], 'x'.repeat(2000), /^452 4\.2\.2 /)
    expect(await stage.kept()).toEqual([])
  })

  it('is deferred while the disk is in trouble', async () => {
    const stage = await open()
    await rm(join(stage.mailDirectory, 'tmp'), { recursive: true })
    const client = await stage.greeted()
    await client.begin('postmaster')
    client.send('x\r\n.\r\n')
    expect(await client.reply()).toMatch(/^451 4\.3\.0 /)
    await rm(join(stage.mailDirectory, 'new'), { recursive: true })
    await client.ask('MAIL FROM:<>')
    expect(await client.ask('RCPT TO:<postmaster>')).toMatch(/^451 4\.3\.0 /)
    await mkdir(join(stage.mailDirectory, 'new'))
    await client.ask('RCPT TO:<postmaster>')
    await rm(join(stage.mailDirectory, 'new'), { recursive: true })
    await client.ask('DATA')
    client.send(`${'x'.repeat(100_000)}\r\n.\r\n`)
    expect(await client.reply()).toMatch(/^451 4\.3\.0 /)
    await mkdir(join(stage.mailDirectory, 'new'))
    await mkdir(join(stage.mailDirectory, 'tmp'))
    await check(stage, ['postmaster'], 'x', /^250 /)
  })
})
