// Tokens of settings and file: which are valid, and that a change of the file counts without a restart.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { apiTokens, tokensOf } from '../../src/backend/api-tokens.ts'

const token = 'a-token-long-enough'

test('no settings, no tokens', () => {
  const none = { apiTokens: [], readTokens: [], tokensFile: null }
  expect(apiTokens(none, { onFault: () => {} })).toBeUndefined()
})

test('a file is read again when it changes, and keeps its last word when it breaks', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rebound-tokens-'))
  const tokensFile = join(folder, 'tokens')
  let now = 0
  const faults: string[] = []
  const valid = apiTokens(
    { apiTokens: [{ name: 'anna', token }], readTokens: [], tokensFile },
    { onFault: fault => faults.push(fault), now: () => now },
  )
  const names = () => valid?.().map(each => `${each.name}${each.isReader ? ' read' : ''}`)
  const next = (text: string) => {
    writeFileSync(tokensFile, text)
    now += 1_000
  }
  // At once, not at the first request.
  expect(faults).toEqual([expect.stringMatching(/^REBOUND_TOKENS_FILE: /)])
  expect(names()).toEqual(['anna'])
  next(`# who\n\ncrm:${token}\n eve:${token} read \n`)
  expect(names()).toEqual(['anna', 'crm', 'eve read'])
  next(`crm:${token}2`)
  expect(names()).toEqual(['anna', 'crm'])
  next(`crm`)
  expect(names()).toEqual(['anna', 'crm'])
  expect(faults.at(-1)).toMatch(/^REBOUND_TOKENS_FILE: line 1: write name:token/)
  rmSync(folder, { recursive: true })
})

test.each([
  'anna',
  ':tokentokentokentoken',
  'anna:short',
  'an na:tokentokentokentoken',
  'anna:with blank in the token',
])('a line %j is refused', line => expect(() => tokensOf(line)).toThrow(/line 1/))
