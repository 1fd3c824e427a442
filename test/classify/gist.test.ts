// What a refusal is about, where no words that we know tell it: the last resort, never hard, and never against a code.

import { describe, expect, test } from 'vitest'
import { gistOf } from '../../src/classify/gist.ts'
import { createJudge } from '../../src/classify/ladder.ts'
import { groupOf } from '../../src/model/categories.ts'
import { failure, report } from './reports.ts'

const { judge } = createJudge({ rules: [] })

function verdict(diagnostic: string, status: string | null = null): string {
  const replyCode = Number(diagnostic.slice(0, 3))
  const told = judge(report([failure({ diagnostic, replyCode, status })])).recipients[0]?.verdict
  return `${told?.type} ${told?.category}`
}

const about = [
  ['the quarantine of our abuse team holds this account', 'mailbox-disabled'],
  ['brim of the inbox is near', 'mailbox-full'],
  ['you reached the ceiling of messages for this hour', 'rate-limited'],
  ['nothing above 10 megabytes will we take', 'too-big'],
  ['barred is any host like yours', 'blocked'],
  ['a rule of the addressee wants it so', 'filtered'],
  ['an originator like this we deny', 'sender-rejected'],
  ['suspicious', 'spam'],
  ['an unsafe document is in it', 'content'],
  ['regulations stand in the way', 'policy'],
  ['a plugin crashed', 'system-error'],
  ['the gateway keeps silent', 'network-error'],
] as const

describe('in any order', () => {
  test.each(about)('550 %s', (words, category) => expect(verdict(`550 ${words}`)).toBe(`soft ${category}`))
})

test('is no cause of a hard bounce', () => {
  for (const [words] of about) expect(groupOf(gistOf(words)?.category ?? 'spam')).not.toBe('hard')
})

test.each(about)('takes nothing from a code: %s', words => {
  expect(verdict(`550 5.1.1 ${words}`, '5.1.1')).toBe('hard unknown-user')
  expect(verdict(`550 5.1.0 ${words}`, '5.1.0')).toBe('hard unknown-user')
  expect(verdict(`550 5.4.0 ${words}`, '5.4.0')).toBe('soft network-error')
})

test('is not asked of what notices and advice say', () => {
  expect(gistOf('your message could not be delivered to the mailbox: full stop')).toBeNull()
  expect(gistOf('if the mailbox is full, try later')).toBeNull()
  expect(gistOf('hello there')).toBeNull()
})
