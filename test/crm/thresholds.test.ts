// Thresholds: so many days with a bounce, spread over so many days, of one promotable category.

import { expect, it } from 'vitest'
import { type SoftBounce, type Thresholds, thresholdReached } from '../../src/crm/thresholds.ts'
import type { Category } from '../../src/model/categories.ts'

const on = (category: Category, ...days: readonly number[]): readonly SoftBounce[] =>
  days.map(day => ({ category, at: Date.UTC(2026, 0, 1) + day * 86_400_000 }))
const full: Thresholds = { 'mailbox-full': { bounces: 3, days: 7 } }

const cases: readonly (readonly [string, Thresholds, readonly SoftBounce[], Category | null])[] = [
  ['none is set', {}, on('mailbox-full', 0, 7, 14), null],
  ['enough of them, far enough apart', full, on('mailbox-full', 0, 3, 7), 'mailbox-full'],
  ['too few', full, on('mailbox-full', 0, 7), null],
  ['too close together', full, on('mailbox-full', 0, 3, 6.9), null],
  ['several in a day count once', full, on('mailbox-full', 0, 0.1, 0.2, 7, 7.5), null],
  ['a gap of 90 days', full, on('mailbox-full', 0, 90, 180), 'mailbox-full'],
  ['a longer gap', full, on('mailbox-full', 0, 90, 181), null],
  ['enough since a longer gap', full, on('mailbox-full', 0, 100, 103, 107), 'mailbox-full'],
  ['enough before a longer gap', full, on('mailbox-full', 0, 3, 7, 98), null],
  ['a gap that another category fills', full, [...on('mailbox-full', 0, 91, 98), ...on('expired', 40)], null],
  ['a newsletter a month', full, on('mailbox-full', 0, 31, 62), 'mailbox-full'],
  ['in no order', full, on('mailbox-full', 7, 0, 3), 'mailbox-full'],
  ['another category', full, on('expired', 0, 3, 7), null],
  ['categories are not added up', full, [...on('mailbox-full', 0, 7), ...on('expired', 14)], null],
  ['a category that may never promote', { spam: { bounces: 1, days: 0 } }, on('spam', 0, 1), null],
  ['one is enough where one is set', { expired: { bounces: 1, days: 0 } }, on('expired', 0), 'expired'],
]

it.each(cases)('%s', (_, thresholds, bounces, expected) => {
  expect(thresholdReached(thresholds, bounces)).toBe(expected)
})
