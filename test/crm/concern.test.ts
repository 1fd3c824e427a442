import { describe, expect, test } from 'vitest'
import { concernsOf } from '../../src/crm/concern.ts'
import type { RecipientReport } from '../../src/model.ts'

/** `final` or `original>final`; `?` where the block does not say. */
function block(text: string): RecipientReport {
  const [final = '?', original = '?'] = text.split('>').reverse()
  return {
    address: final === '?' ? null : final,
    originalAddress: original === '?' ? null : original,
    action: 'failed',
    status: null,
    statusField: null,
    replyCode: null,
    diagnostic: null,
    remoteMta: null,
    explanation: '',
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
    ['several are ours', ['ana', 'ana>bea', '?'], ['owner', 'owner', 'other']],
    ['several and none is ours', ['bea', 'cleo'], ['expanded', 'expanded']],
    ['several that name nobody', ['?', '?'], ['expanded', 'expanded']],
    ['no block at all', [], []],
  ])('%s', (_, blocks, expected) => check(blocks, expected))

  test.each([
    ['the only block', ['bea'], ['owner']],
    ['one of several', ['bea', 'ana'], ['expanded', 'expanded']],
  ])('with a link that carries no check: %s', (_, blocks, expected) => {
    expect(concernsOf(blocks.map(block), null)).toEqual(expected)
  })
})
