// Networks: what an operator may write, what lies in them, and under what clients are counted.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clientKey, isWithin, networkKey, parseNetwork } from '../../src/model/network.ts'

describe('parseNetwork', () => {
  it.each(['127.0.0.0/8', '0.0.0.0/0', '192.0.2.1', '192.0.2.1/32', '::1', '2001:db8::/32', '::/0'])(
    'reads %s',
    text => expect(parseNetwork(text)).not.toBeNull(),
  )
  it.each([
    '',
    'x',
    '10.0.0.1/8',
    '10.0.0/8',
    '010.0.0.0/8',
    '0x0a.0.0.0/8',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '2001:db8::1/32',
    '::/129',
    'fe80::1%eth0',
    'localhost',
    '167772160',
  ])('refuses %j', text => expect(parseNetwork(text)).toBeNull())
})

describe('isWithin', () => {
  const check = (ip: string, network: string, expected: boolean): void => {
    const parsed = parseNetwork(network)
    expect(parsed !== null && isWithin(ip, [parsed])).toBe(expected)
  }
  it.each([
    ['127.0.0.1', '127.0.0.0/8', true],
    ['::ffff:127.0.0.1', '127.0.0.0/8', true],
    ['128.0.0.1', '127.0.0.0/8', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.4', '10.1.2.3', false],
    ['10.1.2.127', '10.1.2.0/25', true],
    ['10.1.2.128', '10.1.2.0/25', false],
    ['2001:db8::1', '2001:db8::/32', true],
    ['2001:db9::1', '2001:db8::/32', false],
    ['fe80::1%eth0', 'fe80::/10', true],
    ['1.2.3.4', '::/0', false],
    ['::1', '0.0.0.0/0', false],
    ['nonsense', '0.0.0.0/0', false],
  ])('%s in %s: %s', check)
})

describe('a client', () => {
  it.each([
    ['192.0.2.77', '192.0.2.77/32', '192.0.2.0/24'],
    ['::ffff:192.0.2.77', '192.0.2.77/32', '192.0.2.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2:3:4:5:6/128', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::', '2001:db8:1:2::/128', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80::1/128', 'fe80::/64'],
    ['nonsense', 'nonsense', 'nonsense'],
  ])('%s is counted as %s and in %s', (ip, client, network) => {
    expect(clientKey(ip)).toBe(client)
    expect(networkKey(ip)).toBe(network)
  })
  it('is within the network it is counted under', () =>
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), ip => {
        const network = parseNetwork(networkKey(ip))
        expect(network !== null && isWithin(ip, [network])).toBe(true)
      }),
    ))
})
