// Mails of ours cut, spliced and flipped at random: reading answers for each of them, and answers the same twice.

import { describe, expect, it } from 'vitest'
import { isAddress } from '../../src/report/address.ts'
import { fixtures, read, withLineEnds } from './fixtures.ts'

const mails = fixtures().map(fixture => fixture.bytes)
const pieces = [
  '\r\n',
  '\n\n',
  '\0',
  '=',
  '--',
  '<',
  '>',
  '@',
  ':',
  ';',
  '"',
  '((((',
  '=?',
  '?=',
  '&#',
  '<style>',
  '5.1.1',
  '550 ',
].concat([
  'Content-Type: multipart/mixed; boundary=a\n\n--a\n',
  'Content-Type: message/rfc822\n\n',
  'Final-Recipient: rfc822;',
  'a@'.repeat(500),
  '<a@b.example>:\n'.repeat(50),
  '5.'.repeat(500),
])

/** Numbers below n, the same for the same seed. */
function sequence(seed: number): (n: number) => number {
  let state = seed
  return n => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
}

function mutate(mail: Buffer, below: (n: number) => number): Buffer {
  let bytes = Buffer.from(mail)
  for (let times = below(5); times >= 0; times--) {
    const at = below(bytes.length + 1)
    const end = at + below(Math.min(bytes.length - at, 400) + 1)
    const other = mails[below(mails.length)] ?? bytes
    const from = below(other.length)
    const middle = [
      Buffer.alloc(0),
      Buffer.from(pieces[below(pieces.length)] ?? ''),
      Buffer.concat([bytes.subarray(at, end), bytes.subarray(at, end)]),
      other.subarray(from, from + below(1000)),
    ][below(4)] as Buffer
    bytes =
      below(6) === 0
        ? bytes.subarray(0, at)
        : Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(end)])
    if (bytes.length > 0) bytes[below(bytes.length)] = below(256)
  }
  return bytes
}

describe('mutated mails', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('seed %i', async seed => {
    const below = sequence(seed)
    for (let n = 0; n < 150; n++) {
      const mail = mutate(mails[below(mails.length)] ?? Buffer.alloc(0), below)
      const report = await read(mail)
      expect(report.problems.filter(problem => problem.code === 'reader-fault')).toEqual([])
      for (const recipient of report.recipients) {
        if (recipient.status !== null) expect(recipient.status).toMatch(/^[245]\.\d{1,3}\.\d{1,3}$/)
        if (recipient.address?.includes('@')) expect(isAddress(recipient.address)).toBe(true)
      }
      expect(await read(mail, 1 + below(50))).toEqual(report)
    }
  })

  it('read at every cut of a report', async () => {
    const whole = mails.find(mail => mail.includes('X-Rebound-Ref')) ?? Buffer.alloc(0)
    for (let end = 0; end < whole.length; end += 7) {
      const report = await read(whole.subarray(0, end))
      expect(report).toEqual(await read(withLineEnds(whole.subarray(0, end), '\r\n')))
    }
  })
})
