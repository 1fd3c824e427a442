// Mails become the same bounded value however they arrive and however broken they are.

import { describe, expect, it } from 'vitest'
import { readMessage } from '../../src/message/parts.ts'
import { inChunks, parse, withLineEnds } from './variants.ts'

const report = `From: MAILER-DAEMON@mx.example.net
Subject: =?utf-8?Q?Zustellung_fehlgeschlagen=3A?= =?utf-8?B?IMOc?=
Content-Type: multipart/report; report-type="delivery-status";
\tboundary=cut

preamble

--cut
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

f=FCr ana=
@example.org
--cut
Content-Type: message/delivery-status
Content-Transfer-Encoding: base64

${Buffer.from('Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; ana@example.org\n').toString('base64')}
--cut
Content-Type: message/rfc822

Return-Path: <b-x@bounces.example>
Subject: returned

body
--cut--
`

const shape = (message: Awaited<ReturnType<typeof parse>>): unknown =>
  message.parts.map(({ type, text, enclosed, depth, header }) => [
    type,
    enclosed ? header.map(field => `${field.name}=${field.value}`) : text,
    enclosed,
    depth,
  ])

describe('a report', () => {
  it('gives decoded leaves in order, and the header of what it encloses', async () => {
    const message = await parse(report)
    expect(message.header.find(field => field.name === 'subject')?.value).toBe('Zustellung fehlgeschlagen: Ü')
    expect(shape(message)).toEqual([
      ['text/plain', 'für ana@example.org', false, 1],
      [
        'message/delivery-status',
        'Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; ana@example.org\n',
        false,
        1,
      ],
      ['message/rfc822', ['return-path=<b-x@bounces.example>', 'subject=returned'], true, 1],
    ])
    expect(message.problems).toEqual([])
    expect(message.bytes).toBe(report.length)
  })

  it.each([
    ['CRLF', '\r\n'],
    ['CR', '\r'],
    ['CR CR LF', '\r\r\n'],
  ])('reads the same with %s', async (_, end) => {
    const [plain, other] = await Promise.all([parse(report), parse(withLineEnds(report, end))])
    expect({ ...other, bytes: 0 }).toEqual({ ...plain, bytes: 0 })
  })

  it.each([1, 2, 3, 7, 63, 1000])('reads the same in chunks of %i bytes', async size => {
    for (const mail of [report, withLineEnds(report, '\r\n')]) {
      expect(await parse(mail, size)).toEqual(await parse(mail))
    }
  })
})

describe('broken mails', () => {
  const check = async (
    mail: string | Buffer,
    expected: { parts?: unknown; problems?: readonly string[] },
  ): Promise<void> => {
    const message = await parse(mail)
    if (expected.parts !== undefined) {
      expect(message.parts.map(part => [part.type, part.enclosed ? part.header.length : part.text])).toEqual(
        expected.parts,
      )
    }
    if (expected.problems !== undefined) {
      expect(message.problems.map(problem => problem.code)).toEqual(expected.problems)
    }
  }

  it('an empty one', () => check('', { parts: [['text/plain', '']], problems: ['empty'] }))
  it('only line ends', () =>
    check('\r\n\r\n\r\n', { parts: [['text/plain', '']], problems: ['leading-empty-lines'] }))
  it('one that starts with an empty line', () =>
    check('\r\nSubject: x\r\n\r\nbody', {
      parts: [['text/plain', 'body']],
      problems: ['leading-empty-lines'],
    }))
  it('only a header', () =>
    check('Subject: x\r\nFrom: a@example.org', { parts: [['text/plain', '']], problems: [] }))
  it('only text', () =>
    check('This is no header\nat all\n\nsecond', {
      parts: [['text/plain', 'This is no header\nat all\n\nsecond']],
    }))
  it('an mbox separator before the header', async () => {
    const message = await parse('From MAILER-DAEMON Tue Mar  3 08:15:02 2026\nSubject: x\n\nbody')
    expect(message.header).toEqual([{ name: 'subject', value: 'x' }])
    expect(message.parts[0]?.text).toBe('body')
  })
  it('a multipart without a boundary', () =>
    check(
      'Content-Type: multipart/report\n\n--x\nContent-Type: text/plain\n\none\n--x\nContent-Type: message/delivery-status\n\nAction: failed\n--x--\n',
      {
        parts: [
          ['text/plain', 'one'],
          ['message/delivery-status', 'Action: failed'],
        ],
        problems: ['no-boundary'],
      },
    ))
  it('a multipart with another boundary than it says', () =>
    check('Content-Type: multipart/report; boundary=y\n\n--x\nContent-Type: text/plain\n\none\n--x--\n', {
      parts: [['text/plain', 'one']],
      problems: ['no-boundary'],
    }))
  it('a multipart that has no parts', () =>
    check('Content-Type: multipart/mixed; boundary=y\n\nno part here\n', {
      parts: [['text/plain', 'no part here\n']],
      problems: ['no-boundary'],
    }))
  it('one cut in the middle of a part', () =>
    check(report.slice(0, report.indexOf('@example.org')), {
      parts: [['text/plain', 'für ana']],
      problems: [],
    }))
  it('an attachment, of which nothing is kept', () =>
    check(`Content-Type: application/pdf\n\n${'x'.repeat(500_000)}`, {
      parts: [['application/pdf', '']],
      problems: [],
    }))
  it('NULs and other control characters', () =>
    check('Subject: a\0b\x1bc\n\nb\0o\x07d\ty', { parts: [['text/plain', 'bod\ty']] }))
  it('base64 that is none', () =>
    check('Content-Transfer-Encoding: base64\n\nPlain words: nothing else.', {
      parts: [['text/plain', 'Plain words: nothing else.']],
    }))
  it('text beside a second copy in HTML, which is not read again', () =>
    check(
      'Content-Type: multipart/alternative; boundary=y\n\n--y\n\nplain\n--y\nContent-Type: text/html\n\n<p>plain</p>\n--y--\n',
      {
        parts: [
          ['text/plain', 'plain'],
          ['text/html', ''],
        ],
      },
    ))
  it('headers of an enclosed message as quoted-printable, after a separator', () =>
    check(
      'Content-Type: text/rfc822-headers\nContent-Transfer-Encoding: quoted-printable\n\n>From x\nSubject: a=\nb\nTo: c',
      {
        parts: [['text/rfc822-headers', 2]],
      },
    ))

  it.each([
    ['iso-2022-jp', '\x1b$BG[?.\x1b(B', '配信'],
    ['shift_jis', '\x94z\x90M', '配信'],
    ['koi8-r', '\xce\xc5\xd4', 'нет'],
    ['utf-8', 'caf\xc3\xa9', 'café'],
    ['utf-8', 'caf\xe9 au lait', 'café au lait'],
    ['us-ascii', 'caf\xc3\xa9', 'café'],
    ['no-such-charset', 'caf\xe9', 'café'],
    ['"', 'cafe', 'cafe'],
    ['utf-16le', 'a\0b\0', 'ab'],
  ])('text in charset %s', async (charset, raw, text) => {
    const message = await parse(`Content-Type: text/plain; charset=${charset}\n\n${raw}`)
    expect(message.parts[0]?.text).toBe(text)
  })
})

describe('limits', () => {
  const small = {
    maxHeadBytes: 4096,
    maxParts: 10,
    maxPartBytes: 1000,
    maxKeptBytes: 3000,
    maxSplitBytes: 100_000,
    maxScannedBytes: 65_536,
  }

  it('keeps no more of a part than allowed, and says so', async () => {
    const message = await parse(`Subject: x\n\n${'word '.repeat(10_000)}`, 65_536, small)
    expect(message.parts[0]?.text.length).toBe(1000)
    expect(message.problems).toEqual([{ code: 'part-cut', detail: 'text/plain' }])
  })

  it.each([
    ['of 64 KB', 63_000, []],
    ['of more', 66_000, [{ code: 'part-cut', detail: 'message/rfc822' }]],
  ])('reads an enclosed report %s, and says what it left out', async (_, bytes, problems) => {
    const status = `--i\nContent-Type: message/delivery-status\n\n${'X-Line: of the report\n'.repeat(bytes / 22)}\n--i--\n`
    const report = `Content-Type: multipart/report; report-type=delivery-status; boundary=i\n\n${status}`
    const mail = `Content-Type: multipart/mixed; boundary=y\n\n--y\nContent-Type: message/rfc822\n\n${report}\n--y--\n`
    expect((await parse(mail)).problems).toEqual(problems)
  })

  it('keeps no more of all parts than allowed', async () => {
    const parts = `--y\n\n${'x'.repeat(900)}\n`.repeat(8)
    const message = await parse(`Content-Type: multipart/mixed; boundary=y\n\n${parts}--y--\n`, 65_536, small)
    expect(message.parts.reduce((sum, part) => sum + part.text.length, 0)).toBeLessThanOrEqual(3000)
  })

  it('stops splitting when the budget is spent, and reads the mail to its end', async () => {
    const mail = Buffer.from(`Subject: x\n\n${'x\n'.repeat(200_000)}`)
    let read = 0
    const message = await readMessage(
      (async function* () {
        for await (const chunk of inChunks(mail, 10_000)) {
          read += chunk.length
          yield chunk
        }
      })(),
      { limits: small },
    )
    expect(read).toBe(mail.length)
    expect(message.bytes).toBe(mail.length)
    expect(message.problems.map(problem => problem.code)).toContain('too-long')
  })

  it.each([
    ['a header of ten megabytes', `Subject: x\n${'X-Long: y\n'.repeat(1_000_000)}\nbody`],
    ['a line of ten megabytes', `Subject: x\n\n${'x'.repeat(10_000_000)}`],
    ['a header line of ten megabytes', `Subject: x\nX-Long: ${'x'.repeat(10_000_000)}`],
    ['ten megabytes of line feeds', `Subject: x\n\n${'\n'.repeat(10_000_000)}`],
    ['ten megabytes of carriage returns', `Subject: x\n\n${'\r'.repeat(10_000_000)}`],
    [
      'multiparts nested a thousand deep',
      `Subject: x\n${Array.from({ length: 1000 }, (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\n\n--b${n}\n`).join('')}\ntext`,
    ],
    [
      'ten thousand parts',
      `Subject: x\nContent-Type: multipart/mixed; boundary=y\n\n${'--y\n\npart\n'.repeat(10_000)}`,
    ],
  ])('survives %s', async (_, mail) => {
    const message = await parse(mail)
    expect(message.bytes).toBe(mail.length)
    expect(message.header.find(field => field.name === 'subject')?.value).toBe('x')
    expect(message.parts.length).toBeLessThanOrEqual(101)
    expect(message.parts.reduce((sum, part) => sum + part.text.length, 0)).toBeLessThanOrEqual(1024 * 1024)
  })

  it('passes on a failure of the connection', async () => {
    const broken = async function* (): AsyncGenerator<Buffer> {
      yield Buffer.from('Subject: x\n\nbo')
      throw new Error('connection reset')
    }
    await expect(readMessage(broken())).rejects.toThrow('connection reset')
  })
})
