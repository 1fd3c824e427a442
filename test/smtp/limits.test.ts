// Budgets and counters by themselves.

import { describe, expect, it } from 'vitest'
import { TooSlow, within } from '../../src/smtp/deadline.ts'
import { Budget } from '../../src/smtp/limits.ts'

describe('Budget', () => {
  const limits = { maxCommandsWithoutMessage: 3, maxErrorsWithoutMessage: 1, maxEmptyMessages: 1 }
  it('is spent by commands', () => {
    const budget = new Budget(limits)
    expect([250, 250, 250, 250].map(code => budget.spend(code))).toEqual([null, null, null, 'flood'])
  })
  it('is spent sooner by errors', () => {
    const budget = new Budget(limits)
    expect([550, 451].map(code => budget.spend(code))).toEqual([null, 'errors'])
  })
  it('is filled by a message', () => {
    const budget = new Budget(limits)
    for (const code of [250, 550, 250]) budget.spend(code)
    budget.refill()
    expect([250, 550, 250].map(code => budget.spend(code))).toEqual([null, null, null])
  })
})

describe('Budget of empty messages', () => {
  it('is spent by them and filled by one that has a text', () => {
    const budget = new Budget({
      maxCommandsWithoutMessage: 3,
      maxErrorsWithoutMessage: 1,
      maxEmptyMessages: 1,
    })
    expect([budget.spendEmpty(), budget.spendEmpty()]).toEqual([false, true])
    budget.refill()
    expect(budget.spendEmpty()).toBe(false)
  })
})

describe('within', () => {
  it('gives the result or the failure', async () => {
    await expect(within(1000, Promise.resolve('done'))).resolves.toBe('done')
    await expect(within(1000, Promise.reject(new Error('no')))).rejects.toThrow('no')
  })
  it('gives up in time and ignores what comes late', async () => {
    let fail: (error: Error) => void = () => {}
    const late = new Promise((_, reject) => {
      fail = reject
    })
    await expect(within(1, late)).rejects.toBeInstanceOf(TooSlow)
    fail(new Error('too late')) // unheard, it would fail the run
    await new Promise(resolve => setImmediate(resolve))
  })
})
