// Blocks for the splitter: lines that may be delimiters or fields stand alone, the others of a body are joined.

import { describe, expect, it } from 'vitest'
import { LineEnds, restoreLines } from '../../src/message/line-ends.ts'

function blocksOf(mail: string, chunk = 1000, blockBytes = 16_384): readonly string[] {
  const lines = new LineEnds(blockBytes, 1_000_000)
  const bytes = Buffer.from(mail, 'latin1')
  const blocks: Buffer[] = []
  for (let at = 0; at < bytes.length; at += chunk)
    for (const block of lines.push(bytes.subarray(at, at + chunk))) blocks.push(Buffer.from(block))
  return [...blocks, lines.end()].map(block => block.toString('latin1'))
}

describe('lines', () => {
  it.each([
    ['of a header', 'a: 1\nb: 2\n c\n', 'a: 1\nb: 2\n c\n'],
    ['of a body', 'a: 1\n\none\ntwo\n\nthree\nfour\n', 'a: 1\n\none\rtwo\r\rthree\rfour\n'],
    [
      'before and behind a delimiter',
      'a\n\none\n--b\nc: d\ne: f\n\ntwo\nthree\n--b--\n',
      'a\n\none\n--b\nc: d\ne: f\n\ntwo\rthree\n--b--\n',
    ],
    ['behind a delimiter without a header', 'a\n\none\n--b\n\ntwo\nthree', 'a\n\none\n--b\n\ntwo\rthree'],
    ['behind a dash, which may be a delimiter', 'a\n\none\n-\ntwo\nthree', 'a\n\none\n-\ntwo\nthree'],
  ])('%s', (_, mail, joined) => {
    for (const end of ['\n', '\r\n', '\r', '\r\r\n'])
      for (const chunk of [1, 2, 1000]) expect(blocksOf(mail.replaceAll('\n', end), chunk)).toEqual([joined])
  })

  it.each([4, 5, 6, 7, 8, 9, 10])('are what they were, in blocks of %i bytes', size => {
    const mail = 'a\n\none\ntwo\n\n--b\nc: d\n\n-\nfour\n\nfive\nsix\n--b--\n'
    const blocks = blocksOf(mail, 3, size)
    expect(restoreLines(Buffer.from(blocks.join(''))).toString()).toBe(mail)
    // A delimiter and a field are never part of a joined line.
    expect(blocks.join('')).not.toMatch(/\r(?:-|c:)|(?:-|c: d)\r/)
  })
})

describe('plain', () => {
  it.each([
    ['a: b\r\n\tc\n\nd~\r', true],
    ['caf\xe9', false],
    ['a\0b', false],
    ['\x1b$B', false],
    ['\x7f', false],
  ])('%j: %s', (mail, isPlain) => {
    const lines = new LineEnds(100, 1000)
    expect([...lines.push(Buffer.from(mail, 'latin1'))]).toEqual([])
    lines.end()
    expect(lines.plain).toBe(isPlain)
  })
})
