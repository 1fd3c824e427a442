// What an administrator sees of the mail that came for postmaster and abuse.

import { mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { listKeptMail, readKeptMail } from '../../src/backend/kept-mail.ts'
import { openStage } from '../smtp/stage.ts'

describe('kept mail', () => {
  it('is listed newest first and read whole, seen or not', async () => {
    const stage = await openStage()
    onTestFinished(stage.close)
    const client = await stage.greeted()
    await client.ask('MAIL FROM:<ana@client.example>')
    await client.ask('RCPT TO:<abuse@bounces.example>')
    await client.ask('DATA')
    client.send(
      'From: =?utf-8?q?Ana_P=C3=A9rez?= <ana@client.example>\r\nSUBJECT: a folded\r\n =?iso-8859-1?q?subj=E9ct?=\r\n\r\nFrom: not this\r\n.\r\n',
    )
    expect(await client.reply()).toMatch(/^250 /)
    await client.begin('postmaster')
    client.send('no header at all\r\n.\r\n')
    expect(await client.reply()).toMatch(/^250 /)

    const [name = ''] = (await readdir(join(stage.mailDirectory, 'new'))).sort()
    await rename(join(stage.mailDirectory, 'new', name), join(stage.mailDirectory, 'cur', `${name}:2,S`))

    const mails = await listKeptMail(stage.mailDirectory)
    expect(
      mails.map(({ from, subject, returnPath, deliveredTo }) => ({ from, subject, returnPath, deliveredTo })),
    ).toEqual(
      expect.arrayContaining([
        {
          from: '"Ana Pérez" <ana@client.example>',
          subject: 'a folded subjéct',
          returnPath: 'ana@client.example',
          deliveredTo: ['abuse@bounces.example'],
        },
        { from: '', subject: '', returnPath: '', deliveredTo: ['postmaster@bounces.example'] },
      ]),
    )
    expect(mails.length).toBe(2)
    for (const { id, bytes, receivedAt } of mails) {
      expect((await readKeptMail(stage.mailDirectory, id))?.length).toBe(bytes)
      expect(Math.abs(Date.now() - receivedAt.getTime())).toBeLessThan(3_600_000)
    }
    expect(mails.map(({ receivedAt }) => receivedAt)).toEqual(
      mails.map(({ receivedAt }) => receivedAt).sort((one, other) => other.getTime() - one.getTime()),
    )
  })

  it('is none where there is no Maildir, and none beside it', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'rebound-none-'))
    onTestFinished(() => rm(directory, { recursive: true, force: true }))
    expect(await listKeptMail(directory)).toEqual([])
    expect(await readKeptMail(directory, '../../etc/passwd')).toBeNull()
    expect(await readKeptMail(directory, '')).toBeNull()
  })
})
