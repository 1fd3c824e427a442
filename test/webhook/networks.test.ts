// Which addresses a webhook may be sent to: every network from its first address to its last, and each way to hide one.

import { describe, expect, test } from 'vitest'
import { networks, refusalOf } from '../../src/webhook/networks.ts'

const refused = (ip: string): boolean => refusalOf(ip, false) !== null
const refusedInside = (ip: string): boolean => refusalOf(ip, true) !== null

describe('public addresses', () => {
  test.each([
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '169.253.255.255',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '223.255.255.255',
    '2001:200::1',
    '2606:4700:4700::1111',
    '2a00:1450:4001:80b::200e',
  ])('%s may be sent to', ip => expect(refusalOf(ip, false)).toBeNull())
})

describe('addresses that only a setting allows', () => {
  test.each([
    ['10.0.0.0', 'private'],
    ['10.255.255.255', 'private'],
    ['172.16.0.0', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.0.1', 'private'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.255', 'loopback'],
    ['100.64.0.0', 'shared by carriers'],
    ['100.127.255.255', 'shared by carriers'],
    ['198.18.0.1', 'benchmarking'],
    ['::1', 'loopback'],
    ['fc00::1', 'private'],
    ['fdff:ffff::1', 'private'],
    ['fec0::1', 'site-local'],
    ['::ffff:127.0.0.1', 'IPv4-mapped'],
    ['::ffff:7f00:1', 'IPv4-mapped'],
    ['0:0:0:0:0:ffff:10.1.2.3', 'IPv4-mapped'],
    // A public address too: nobody writes it so but to get around something.
    ['::ffff:1.1.1.1', 'IPv4-mapped'],
    ['::ffff:0:127.0.0.1', 'IPv4-translated'],
    ['64:ff9b::7f00:1', 'NAT64'],
    ['64:ff9b::10.0.0.1', 'NAT64'],
    ['64:ff9b:1::10.0.0.1', 'NAT64 of one network'],
  ])('%s is %s', (ip, name) => {
    expect(refusalOf(ip, false)).toContain(name)
    expect(refusalOf(ip, true)).toBeNull()
  })
})

describe('addresses that nothing allows', () => {
  test.each([
    '0.0.0.0',
    '0.1.2.3',
    '169.254.169.254',
    '169.254.0.1',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    'fd00:ec2::254',
    'fd20:ce::254',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '192.0.2.1',
    '::',
    '::7f00:1',
    '::127.0.0.1',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    '2002:7f00:1::1',
    '2001::1',
    '2001:db8::1',
    '3fff::1',
    '4000::1',
    '100::1',
    // What they carry counts.
    '::ffff:169.254.169.254',
    '::ffff:0.0.0.0',
    '::ffff:0:0',
    '::ffff:224.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b::169.254.169.254',
    '::ffff:0:169.254.169.254',
    '64:ff9b:1::a9fe:a9fe',
    '64:ff9b:1::169.254.169.254',
    // In the forms of RFC 6052 §2.2 with a prefix of 48 and 64 bits.
    '64:ff9b:1:a9fe:a9:fe00::',
    '64:ff9b:1:0:a9:fea9:fe00:0',
  ])('%s', ip => {
    expect(refused(ip)).toBe(true)
    expect(refusedInside(ip)).toBe(true)
  })

  test.each(['', 'localhost', '1.2.3', '0x7f.0.0.1', '::g', '127.1'])('%j is no address', ip => {
    expect(refusalOf(ip, true)).toBe('not an address')
  })
})

test('every network of the table is refused at its first address', () => {
  expect(networks.length).toBeGreaterThan(30)
  const open = networks.filter(({ network }) => !refused(network.replace(/\/.*/, '')))
  expect(open).toEqual([])
})
