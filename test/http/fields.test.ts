import { describe, expect, test } from 'vitest'
import { address, id, moduleOf, page, since, until } from '../../src/http/fields.ts'

describe('addresses', () => {
  test.each([
    'ana@example.org',
    'Ana.Maria+tag@sub.example.org',
    "o'hara@example.org",
    '"ana maria"@example.org',
    '"a\\"b"@example.org',
    'ana@[192.0.2.1]',
    'ana@localhost',
    'ana@example.org.',
    'añá@exämple.org',
    '用户@例子.example',
    `${'x'.repeat(64)}@${'y'.repeat(251)}.org`,
  ])('%s could be one', text => expect(address.safeParse(text).success).toBe(true))

  test.each([
    '',
    'ana',
    '@example.org',
    'ana@',
    'ana@@example.org',
    'ana maria@example.org',
    ' ana@example.org',
    'ana@example.org ',
    'Ana <ana@example.org>',
    '<ana@example.org>',
    'ana@example.org,bea@example.org',
    'ana@example..org',
    'ana@.example.org',
    'ana@example.org\n',
    'ana\u0000@example.org',
    'ana@exa\u0085mple.org',
    '\ud800@example.org',
    'mailto:ana@example.org',
    `${'x'.repeat(309)}@example.org`,
    `${'ä'.repeat(155)}@example.org`,
  ])('%j could not', text => expect(address.safeParse(text).success).toBe(false))
})

describe('ids', () => {
  test.each([
    [42, '42'],
    [0, '0'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    ['42', '42'],
    ['007', '007'],
    ['-5', '-5'],
    ['18446744073709551615', '18446744073709551615'],
    ['x'.repeat(64), 'x'.repeat(64)],
    ['😀'.repeat(64), '😀'.repeat(64)],
    ['a/b c', 'a/b c'],
  ])('%j is %s', (given, expected) => expect(id.parse(given)).toBe(expected))

  test.each([
    ['x'.repeat(65)],
    ['😀'.repeat(65)],
    [''],
    ['a\tb'],
    ['\udc00'],
    [-1],
    [0.5],
    [2 ** 53],
    [null],
    [[]],
    [true],
  ])('%j is none', given => expect(id.safeParse(given).success).toBe(false))
})

test('modules are those that exist', () => {
  const module = moduleOf(['contacts', 'leads'])
  expect(module.safeParse('leads').success).toBe(true)
  expect(module.safeParse('Leads').success).toBe(false)
  expect(module.safeParse('toString').success).toBe(false)
})

describe('times', () => {
  test.each([
    ['2026-01-31', '2026-01-31T00:00:00.000Z', '2026-02-01T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
    ['2026-01-31T08:00Z', '2026-01-31T08:00:00.000Z', '2026-01-31T08:00:00.000Z'],
    ['2026-01-31T08:00:01.5+02:00', '2026-01-31T06:00:01.500Z', '2026-01-31T06:00:01.500Z'],
  ])('%s begins at %s and ends before %s', (text, from, to) => {
    expect(since.parse(text).toISOString()).toBe(from)
    expect(until.parse(text).toISOString()).toBe(to)
  })

  test.each([
    '',
    'now',
    '2026',
    '2026-1-1',
    '2026-13-01',
    '2026-02-29',
    '2026-01-31T08:00',
    '2026-01-31T24:01Z',
    '2026-01-31 08:00Z',
    '31.01.2026',
    '1769846400000',
    '+012026-01-01',
  ])('%j is no time', text => expect(since.safeParse(text).success).toBe(false))
})

test('pages hold 1 to 1,000 items', () => {
  for (const [given, expected] of [
    ['1', 1],
    ['1000', 1000],
    ['007', 7],
    [undefined, undefined],
  ] as const)
    expect(page.limit.parse(given)).toBe(expected)
  for (const given of ['0', '-1', '1001', '1.5', '0x10', ' 5', '٣', '99999999999999999999', ''])
    expect(page.limit.safeParse(given).success).toBe(false)
})
