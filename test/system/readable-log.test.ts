// The log on a terminal: words instead of JSON, nothing of a stranger's that could move the cursor.

import { expect, test } from 'vitest'
import { readableLine } from '../../src/system/readable-log.ts'

const time = '2026-03-01T12:00:00.000Z'
const clock = new Date(time).toTimeString().slice(0, 8)
const line = (fields: object, level = 'info'): string =>
  readableLine(`${JSON.stringify({ level, time, ...fields })}\n`, { hasColors: false })

test.each<[object, string, string]>([
  [
    { protocol: 'smtp', host: '::', port: 2525, msg: 'listening' },
    'info',
    'info  listening protocol=smtp host=:: port=2525\n',
  ],
  [{ msg: 'a b', reason: 'two words', none: null, empty: [] }, 'warn', 'warn  a b reason="two words"\n'],
  [
    { events: [{ id: '1', type: 'hard' }], msg: 'recorded' },
    'info',
    'info  recorded events=[{"id":"1","type":"hard"}]\n',
  ],
  [
    { err: { message: 'gone', stack: 'Error: gone\n    at x.js:1' }, msg: 'm' },
    'warn',
    'warn  m\n         gone\n',
  ],
  [
    { err: { message: 'bug', stack: 'Error: bug\n    at x.js:1' }, msg: 'm' },
    'error',
    'error m\n         Error: bug\n             at x.js:1\n',
  ],
])('%j', (fields, level, expected) => {
  expect(line(fields, level)).toBe(`${clock} ${expected}`)
})

test('control characters are shown, not obeyed', () => {
  const text = line({ msg: '\u001b[2J', from: 'a\u202eb', err: { message: 'x\u009b1m' } }, 'warn')
  expect(text).toContain('\\x1b[2J from=a\\u202eb\n         x\\x9b1m\n')
})

test('what is not JSON is shown as it is', () =>
  expect(readableLine('plain \u0007words\n', { hasColors: true })).toBe('plain \\x07words\n'))

test('colours only where there are any', () => {
  const painted = readableLine(JSON.stringify({ level: 'warn', time, msg: 'm' }), { hasColors: true })
  expect(painted).toContain('\u001b[33mwarn \u001b[0m m')
  expect(line({ msg: 'm' })).not.toContain('\u001b')
})
