// Tables fit the terminal, and are the same text with and without its colours.

import { expect, test } from 'vitest'
import { printTable } from '../../src/cli/table.ts'
import type { Terminal } from '../../src/cli/terminal.ts'

const headings = ['event', 'type', 'address', 'meaning']
const rows = [
  ['17', 'hard', `${'a'.repeat(40)}@example.org`, 'There is no mailbox with this address.'],
  ['1234567', 'soft', 'b@example.org', null],
]

function printed(terminal?: Terminal): readonly string[] {
  const out: string[] = []
  const io = { out: (line: string) => out.push(line), err: () => {}, ...(terminal ? { terminal } : {}) }
  printTable(io, headings, rows)
  return out.join('\n').split('\n')
}

const longest = (lines: readonly string[]): number => Math.max(...lines.map(line => [...line].length))
// biome-ignore lint/complexity/useRegexLiterals: a literal would hold a control character
const escapes = new RegExp('\\u001b\\[\\d+m', 'g')

test.each([60, 80, 100])('in %i columns no line is longer, and narrow columns stay whole', columns => {
  const lines = printed({ columns, hasColors: false })
  expect(longest(lines)).toBeLessThanOrEqual(columns)
  expect(lines[1]).toMatch(/^17 +hard +a+(@[a-z.]*)?… /)
  expect(lines[2]).toMatch(/^1234567 {2}soft {2}b@example.org/)
})

test('in a file it is as wide as its text', () => expect(longest(printed())).toBeGreaterThan(100))

test('a terminal that is too narrow for the columns gets a block of lines for each row', () => {
  const lines = printed({ columns: 30, hasColors: false })
  expect(longest(lines)).toBeLessThanOrEqual(30)
  expect(lines).toEqual([
    'event    17',
    'type     hard',
    'address  aaaaaaaaaaaaaaaaaaaa…',
    'meaning  There is no mailbox …',
    '',
    'event    1234567',
    'type     soft',
    'address  b@example.org',
    'meaning  –',
  ])
})

test.each([30, 80])('colours change nothing but colours in %i columns', columns => {
  const plain = printed({ columns, hasColors: false })
  const painted = printed({ columns, hasColors: true })
  expect(painted.join('')).not.toBe(plain.join(''))
  expect(painted.map(line => line.replace(escapes, ''))).toEqual(plain)
  expect(painted[1]).toContain('\u001b[31mhard\u001b[0m')
})
