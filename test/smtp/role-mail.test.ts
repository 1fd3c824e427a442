// Mail for postmaster and abuse over SMTP: kept beside what intake records, refused when there is no room.

import { describe, expect, it, onTestFinished } from 'vitest'
import type { RoleMailbox, RoleMailOutcome } from '../../src/model/role-mail.ts'
import { maxRoleMailBytes } from '../../src/model/role-mail.ts'
import { eventually, openStage, type Stage, type StageOptions } from './stage.ts'

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
}

describe('mail for a role', () => {
  it('is kept with its trace and not given to intake', async () => {
    const stage = await open()
    await check(stage, ['postmaster', 'abuse'], 'Subject: hello\r\n\r\n..dots', /^250 2\.0\.0 Kept/)
    expect(stage.taken).toEqual([])
    const [mail = ''] = stage.kept()
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
    expect(stage.kept().map(mail => mail.endsWith(`${body}\r\n`))).toEqual([true])
  })

  it.each(['signed-fails', 'signed-breaks', 'signed-early', 'signed-commits-not', 'signed-never'])(
    'is kept only when %s is taken',
    async local => {
      const stage = await open({ limits: { handlerMs: local === 'signed-never' ? 150 : 10_000 } })
      const isTaken = local === 'signed-early'
      await check(stage, [local, 'postmaster'], 'x'.repeat(100_000), isTaken ? /^250 / : /^451 4\.3\.0 /)
      expect(stage.kept().length).toBe(isTaken ? 1 : 0)
    },
  )

  it('that is too big is not kept', async () => {
    const stage = await open({ limits: { maxMessageBytes: 1000 } })
    for (const names of [['postmaster'], ['postmaster', 'signed-1']]) {
      const client = await stage.greeted()
      await client.begin(...names)
      client.send('x'.repeat(1500))
      expect(await client.reply()).toMatch(/^552 5\.3\.4 /)
    }
    await eventually(() => stage.listener.connections() === 0, 'both are gone')
    expect(stage.kept()).toEqual([])
    expect(stage.taken).toEqual([])
  })

  it('is kept up to a limit, and its whole length is told', async () => {
    const kept: { bytes: number; keptBytes: number }[] = []
    const keep: RoleMailbox['keep'] = async ({ bytes, raw }) => {
      kept.push({ bytes, keptBytes: raw.length })
      return 'kept'
    }
    const stage = await open({ ports: { roleMail: { isFull: async () => false, keep } } })
    const body = 'x'.repeat(3 * maxRoleMailBytes)
    await check(stage, ['postmaster', 'signed-1'], body, /^250 /)
    expect(kept).toEqual([{ bytes: body.length + 2, keptBytes: maxRoleMailBytes }])
    expect(stage.taken[0]?.bytes.length).toBe(body.length + 2)
  })

  it('is deferred at RCPT when there is no room, and a return path beside it is not', async () => {
    const stage = await open({ ports: { roleMail: { isFull: async () => true, keep: async () => 'kept' } } })
    const client = await stage.greeted()
    await client.ask('MAIL FROM:<>')
    expect(await client.ask('RCPT TO:<postmaster>')).toBe('452 4.2.2 The postmaster mailbox is full')
    expect(await client.ask('RCPT TO:<abuse@bounces.example>')).toMatch(/^452 4\.2\.2 /)
    expect(await client.ask('RCPT TO:<signed-1@bounces.example>')).toMatch(/^250 /)
    expect(stage.counted).toContain('deferred mailbox-full')
  })

  it.each<[RoleMailOutcome | Error, RegExp]>([
    ['full', /^452 4\.2\.2 /],
    ['quota', /^452 4\.7\.0 /],
    [new Error('the database is away'), /^451 4\.3\.0 /],
  ])(
    'that is not kept (%s) is deferred after DATA, whatever intake has recorded',
    async (outcome, expected) => {
      const keep: RoleMailbox['keep'] = async () => {
        if (outcome instanceof Error) throw outcome
        return outcome
      }
      const stage = await open({ ports: { roleMail: { isFull: async () => false, keep } } })
      await check(stage, ['postmaster'], 'x', expected)
      await check(stage, ['signed-1', 'postmaster'], 'x', expected)
      expect(stage.taken).toHaveLength(1)
    },
  )

  it('is answered 250 only once it is stored', async () => {
    let store = (): void => {}
    const stored = new Promise<void>(resolve => {
      store = resolve
    })
    let isAsked = false
    const keep: RoleMailbox['keep'] = async () => {
      isAsked = true
      await stored
      return 'kept'
    }
    const stage = await open({ ports: { roleMail: { isFull: async () => false, keep } } })
    const client = await stage.greeted()
    await client.begin('postmaster')
    client.send('x\r\n.\r\n')
    await eventually(() => isAsked, 'it is to be stored')
    const answer = client.reply()
    await stage.settled()
    expect(await Promise.race([answer, Promise.resolve('nothing yet')])).toBe('nothing yet')
    store()
    expect(await answer).toMatch(/^250 /)
  })

  it('is deferred while nobody can say whether there is room', async () => {
    const isFull = async (): Promise<boolean> => {
      throw new Error('the database is away')
    }
    const stage = await open({ ports: { roleMail: { isFull, keep: async () => 'kept' } } })
    const client = await stage.greeted()
    await client.ask('MAIL FROM:<>')
    expect(await client.ask('RCPT TO:<postmaster>')).toMatch(/^451 4\.3\.0 /)
    expect(await client.ask('RCPT TO:<signed-1@bounces.example>')).toMatch(/^250 /)
  })
})
