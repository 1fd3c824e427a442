// What to do after a failure, and what the refusal says of the way on.

import { describe, expect, test } from 'vitest'
import { adviceOf, hintsOf } from '../../src/classify/advice.ts'
import { type Category, categoryNames, groupOf } from '../../src/model/categories.ts'
import { failure } from './reports.ts'

const advised = (category: Category) =>
  adviceOf({
    category,
    type: groupOf(category) === 'hard' ? 'hard' : 'soft',
    permanent: true,
    because: { rung: 'text', rule: 'x' },
  })

describe('advice', () => {
  test.each<[Category, string]>([
    ['unknown-user', 'remove'],
    ['mailbox-full', 'wait'],
    ['blocked', 'fix-sending'],
    ['spam', 'fix-content'],
    ['mailbox-disabled', 'ask-recipient'],
  ])('after %s: %s', (category, advice) => expect(advised(category)).toBe(advice))

  test('nothing soft is removed', () => {
    const removed = categoryNames.filter(name => advised(name) === 'remove')
    expect(removed.filter(name => groupOf(name) !== 'hard')).toEqual([])
  })
})

describe('hints', () => {
  test.each([
    ['451 4.7.1 Greylisted, please try again in 300 seconds', { retryAfter: 300 }],
    ['421 Too many connections, retry after 5 minutes', { retryAfter: 300 }],
    ['550 5.1.1 User unknown', { retryAfter: null, blocklist: null, helpUrl: null }],
    [
      '554 5.7.1 Client host blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.1',
      { blocklist: 'zen.spamhaus.org', helpUrl: 'https://www.spamhaus.org/query/ip/192.0.2.1' },
    ],
    [
      '550 listed in bl.example.net, see http://bl.example.net/why.',
      { blocklist: 'bl.example.net', helpUrl: 'http://bl.example.net/why' },
    ],
  ])('%s', (diagnostic, expected) => expect(hintsOf(failure({ diagnostic }))).toMatchObject(expected))
})
