// The scanner gives exactly what the splitter gives, or leaves the mail to it.

import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { composedMails, mailsIn } from '../../scripts/bench/mails.ts'
import { readBothWays } from '../../scripts/fuzz/both-ways.ts'
import { mutate, sequence } from '../../scripts/fuzz/mutate.ts'
import { scan } from '../../src/message/scan.ts'
import { defaultLimits } from '../../src/message/split.ts'
import { fixtures } from '../report/fixtures.ts'
import { withLineEnds } from './variants.ts'

/** Other people's mails are not part of the project. */
const folder = process.env.REBOUND_TEST_MAILS ?? ''

const own = [...fixtures().map(({ bytes }) => bytes), ...composedMails()]

/** How many of the mails were scanned; none may differ. */
async function scannedOf(mails: readonly Buffer[], chunkBytes?: number): Promise<number> {
  let scanned = 0
  for (const mail of mails) {
    const { isScanned, difference } = await readBothWays(mail, chunkBytes)
    expect(difference).toBe(null)
    if (isScanned) scanned++
  }
  return scanned
}

describe('scanned and split', () => {
  it('are the same for our own mails, nearly all of which are scanned', async () => {
    expect(await scannedOf(own)).toBeGreaterThan(own.length * 0.9)
  })

  it.each([1, 2, 3, 7, 63, 1000])('in chunks of %i bytes', async size => {
    await scannedOf(own, size)
  })

  it.each([
    ['CRLF', '\r\n'],
    ['CR', '\r'],
    ['CR CR LF', '\r\r\n'],
  ])('with %s', async (_, end) => {
    const mails = own.map(mail =>
      Buffer.from(withLineEnds(mail.toString('latin1').replaceAll('\r\n', '\n'), end), 'latin1'),
    )
    expect(await scannedOf(mails)).toBeGreaterThan(own.length * 0.9)
  })

  it.each([1, 2, 3, 4])('for mails broken at random, seed %i', async seed => {
    const below = sequence(seed)
    const broken = Array.from({ length: 800 }, () =>
      mutate(own[below(own.length)] ?? Buffer.alloc(0), own, below),
    )
    expect(await scannedOf(broken)).toBeGreaterThan(200)
  })

  it.runIf(folder !== '' && existsSync(folder))('for mails of others', async () => {
    const mails = mailsIn(folder)
    expect(await scannedOf(mails)).toBeGreaterThan(mails.length * 0.8)
  })
})

const part = 'Content-Type: text/plain\n\nwords\n'
const multipart = (boundary: string, rest: string): string =>
  `Content-Type: multipart/mixed; boundary="${boundary}"\n\n${rest}`

/** As the scanner sees it; null for what it leaves to the splitter. */
function scanned(mail: string, limits = defaultLimits): readonly string[] | null {
  const split = scan(mail, limits)
  return split?.leaves.map(({ type, depth, body }) => `${depth} ${type} ${body}`) ?? null
}

describe('scanned', () => {
  it.each([
    ['text', 'Subject: x\n\nwords\n', ['0 text/plain words\n']],
    [
      'parts',
      multipart('b', `--b\n${part}--b\n${part}--b--\n`),
      ['1 text/plain words', '1 text/plain words'],
    ],
    ['a preamble and an epilogue', multipart('b', `x\n--b\n${part}\n--b--\n\nx`), ['1 text/plain words\n']],
    ['a part without a header', multipart('b', '--b\n\nwords\n--b--'), ['1 text/plain words']],
    ['a part without a body', multipart('b', '--b\nA: b\n\n--b--'), ['1 text/plain ']],
    ['cut in its last part', multipart('b', `--b\n${part}`), ['1 text/plain words\n']],
    [
      'parts within parts',
      multipart('b', `--b\n${multipart('c', `--c\n${part}--c--\n`)}--b\n${part}--b--`),
      ['2 text/plain words', '1 text/plain words'],
    ],
    ['no delimiter', multipart('b', part), [`0 multipart/mixed ${part}`]],
    ['an attachment, which is passed over', 'Content-Type: image/png\n\nxyz', ['0 image/png ']],
  ])('%s', (_, mail, leaves) => expect(scanned(mail)).toEqual(leaves))
})

describe('left to the splitter', () => {
  it.each([
    ['a header without its end', 'Subject: x\n'],
    ['two types', 'Content-Type: text/plain\nContent-Type: text/html\n\nx'],
    ['a type with a comment', 'Content-Type: text/plain (x)\n\nx'],
    ['a type with an escape', 'Content-Type: text/plain; charset="a\\b"\n\nx'],
    ['a type with an encoded word', 'Content-Type: text/plain; charset="=?a?Q?b?="\n\nx'],
    ['a parameter in pieces', 'Content-Type: text/plain; charset*0=utf; charset*1=-8\n\nx'],
    ['the same parameter twice', 'Content-Type: text/plain; charset=a; charset=b\n\nx'],
    ['a blank before the colon', 'Content-Type : text/plain\n\nx'],
    ['an encoding of two words', 'Content-Transfer-Encoding: base64 x\n\nx'],
    ['a disposition alone', 'Content-Disposition: attachment\n\nx'],
    ['a long disposition', `Content-Type: text/plain\nContent-Disposition:${' x'.repeat(600)}\n\nx`],
    ['a multipart without a boundary', 'Content-Type: multipart/mixed\n\nx'],
    ['a boundary with a blank at its end', multipart('b ', `--b\n${part}--b--`)],
    ['a boundary of something else', 'Content-Type: text/plain; boundary=b\n\n--b\n\nx\n--b--'],
    ['a delimiter with blanks behind it', multipart('b', `--b \n${part}--b--`)],
    ['a last delimiter before any other', multipart('b', '--b--\n')],
    ['a delimiter in a header', multipart('b', `--b\nA: b\n--b\n${part}--b--`)],
    ['the same boundary inside', multipart('b', `--b\n${multipart('b', `--b\n${part}--b--\n`)}--b--`)],
    ['one boundary that ends another', multipart('b', `--b\n${multipart('b--', `--b--\n${part}`)}`)],
    ['an inner multipart without its end', multipart('b', `--b\n${multipart('c', `--c\n${part}`)}--b--`)],
    ['more parts than are split', multipart('b', `--b\n${part}`.repeat(60))],
    [
      'more bytes of no stated kind than are kept',
      `Content-Type: application/octet-stream\n\n${'x'.repeat(20_000)}`,
    ],
  ])('%s', (_, mail) => expect(scanned(mail)).toBe(null))

  it('a mail longer than the limits of a part', () => {
    expect(scanned('Subject: x\n\nwords\n', { ...defaultLimits, maxPartBytes: 10 })).toBe(null)
  })
})
