// Budgets and counters by themselves.

import { describe, expect, it } from 'vitest'
import { TooSlow, within } from '../../src/smtp/deadline.ts'
import { addressKey, Budget, ConnectionCount } from '../../src/smtp/limits.ts'

describe('addressKey', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['::', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['nonsense', 'nonsense'],
  ])('%s is counted as %s', (ip, key) => expect(addressKey(ip)).toBe(key))
})

describe('Budget', () => {
  const limits = { maxCommandsWithoutMessage: 3, maxErrorsWithoutMessage: 1 }
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

describe('ConnectionCount', () => {
  const limits = { maxConnections: 3, maxConnectionsPerIp: 2 }
  it('counts by address and in all, and forgets who left', () => {
    const count = new ConnectionCount()
    count.add('192.0.2.1')
    count.add('::ffff:192.0.2.1')
    expect(count.hasRoom('192.0.2.1', limits)).toBe(false)
    expect(count.hasRoom('192.0.2.2', limits)).toBe(true)
    count.add('2001:db8::1')
    expect(count.hasRoom('192.0.2.2', limits)).toBe(false)
    count.remove('192.0.2.1')
    expect(count.hasRoom('192.0.2.1', limits)).toBe(true)
    expect(count.total).toBe(2)
  })
  it('counts the addresses of one /64 together', () => {
    const count = new ConnectionCount()
    count.add('2001:db8::1')
    count.add('2001:db8::2')
    expect(count.hasRoom('2001:db8::3', limits)).toBe(false)
    expect(count.hasRoom('2001:db8:0:1::3', limits)).toBe(true)
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
