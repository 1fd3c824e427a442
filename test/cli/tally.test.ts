// The line that says how far an archive has been read.

import { expect, test } from 'vitest'
import { startTally } from '../../src/cli/tally.ts'

const megabyte = 1024 * 1024

test.each<[why: string, bytes: number | null, read: number, share: string]>([
  ['a long file', 10 * megabyte, 4.75 * megabyte, ', 47 % of a.mbox'],
  ['one that has grown since', 10 * megabyte, 11 * megabyte, ', 100 % of a.mbox'],
  ['a short one, as folders hold them', 5_000, 2_500, ''],
  ['a pipe', null, megabyte, ''],
])('%s', (_, bytes, read, share) => {
  const tally = startTally({ dryRun: false })
  tally.file('a.mbox', bytes)
  tally.bytes(read / 2)
  tally.bytes(read / 2)
  tally.mail('recorded')
  tally.mail('cut-off')
  expect(tally.line().replace(/\d+ a second/, 'N a second')).toBe(
    `2 mails${share}, N a second: 1 recorded, 0 recorded before, 0 not ours, 1 other`,
  )
})

test('a dry run claims nothing', () => {
  const tally = startTally({ dryRun: true })
  tally.mail('recorded')
  expect(tally.line()).toContain('1 would be recorded, 0 are recorded already, 0 not ours, 0 other')
})
