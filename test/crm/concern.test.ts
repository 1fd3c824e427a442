import { describe, expect, test } from 'vitest'
import { concernsOf } from '../../src/crm/concern.ts'
import { nobody } from '../../src/model/report.ts'
import { type JudgedRecipient, noHints, type Verdict } from '../../src/model/verdict.ts'

const verdict = (type: 'hard' | 'soft'): Verdict => ({
  type,
  category: type === 'hard' ? 'unknown-user' : 'mailbox-full',
  permanent: true,
  because: { rung: 'exact-status', rule: 'test' },
})

/** `final` or `original>final`, `?` where the block does not say; then ` hard`, ` soft`, ` none` or ` taken` (delivered): its verdict, soft if left out. */
function block(text: string): JudgedRecipient {
  const [addresses = '', fate = 'soft'] = text.split(' ')
  const [final = '?', original = '?'] = addresses.split('>').reverse()
  return {
    ...nobody,
    address: final === '?' ? null : final,
    originalAddress: original === '?' ? null : original,
    action: fate === 'taken' ? 'delivered' : 'failed',
    hints: noHints,
    verdict: fate === 'hard' || fate === 'soft' ? verdict(fate) : null,
  }
}

/** The mail was sent to ana. */
function check(blocks: readonly string[], expected: readonly string[]): void {
  expect(concernsOf(blocks.map(block), address => address === 'ana')).toEqual(expected)
}

describe('whose bounce', () => {
  test.each([
    ['the only block is ours', ['ana'], ['owner']],
    ['the only block names nobody', ['?'], ['owner']],
    ['the only block names another', ['bea'], ['forward']],
    ['it was sent to us and failed elsewhere', ['ana>bea'], ['owner']],
    ['it was sent to another and failed here', ['bea>ana'], ['owner']],
    ['original and final are both others', ['bea>cleo'], ['forward']],
    ['one of several is ours', ['bea', 'ana', 'cleo'], ['other', 'owner', 'other']],
    ['several are ours: one counts', ['ana', 'ana>bea', '?'], ['owner', 'other', 'other']],
    ['several are ours: the hard one counts', ['ana', 'ana>bea hard'], ['other', 'owner']],
    [
      'of several that ours led to, one took the mail',
      ['ana>bea taken', 'ana>cleo hard'],
      ['other', 'expanded'],
    ],
    ['of several that ours led to, none took it', ['ana>bea soft', 'ana>cleo hard'], ['other', 'owner']],
    ['ours failed beside one that took it', ['ana>bea taken', 'ana hard'], ['other', 'owner']],
    ['several are ours: one that failed counts', ['ana none', 'ana>bea'], ['other', 'owner']],
    ['several and none is ours: one counts', ['bea', 'cleo'], ['expanded', 'other']],
    ['several and none is ours: one that failed counts', ['bea none', 'cleo'], ['other', 'expanded']],
    ['several that name nobody', ['?', '?'], ['expanded', 'other']],
    ['none failed', ['ana none', 'bea none'], ['owner', 'other']],
    ['no block at all', [], []],
  ])('%s', (_, blocks, expected) => check(blocks, expected))

  test.each([
    ['the only block', ['bea'], ['owner']],
    ['one of several', ['bea', 'ana'], ['expanded', 'other']],
  ])('with a link that carries no check: %s', (_, blocks, expected) => {
    expect(concernsOf(blocks.map(block), null)).toEqual(expected)
  })
})
