// Who gets in: limits by client, by site and in all; the place that is made when none is left; stress.

import { describe, expect, it } from 'vitest'
import { isWithin, parseNetwork } from '../../src/model/network.ts'
import { Admission, type Place } from '../../src/smtp/admission.ts'
import { connectionsWithin } from '../../src/smtp/descriptors.ts'
import { defaultLimits, type SmtpLimits } from '../../src/smtp/limits.ts'

const trusted = [parseNetwork('10.0.0.0/8')].filter(network => network !== null)

function admission(limits: Partial<SmtpLimits>) {
  const evicted: string[] = []
  const all = { ...defaultLimits, ...limits }
  const door = new Admission(all, ip => isWithin(ip, trusted))
  let clock = 0
  /** Enters, or says why not. */
  const come = (ip: string, isIdle = true): Place | string => {
    const since = clock++
    const refused = door.refusal(ip)
    if (refused) return refused
    return door.enter(ip, {
      idleSince: () => (isIdle ? since : null),
      evict: () => evicted.push(`${ip} ${since}`),
    })
  }
  const all_ = (ips: readonly string[]) => ips.map(ip => (typeof come(ip) === 'string' ? 'no' : 'in'))
  return { door, come, comeAll: all_, evicted }
}

describe('limits', () => {
  it('hold by client', () => {
    const { come } = admission({ maxConnectionsPerIp: 2 })
    for (const ip of ['192.0.2.1', '::ffff:192.0.2.1']) come(ip)
    expect(come('192.0.2.1')).toBe('too-many-per-ip')
    expect(come('192.0.2.2')).toBeTypeOf('object')
  })
  it('hold by address of IPv6, whatever its spelling', () => {
    const { come } = admission({ maxConnectionsPerIp: 2 })
    for (const ip of ['2001:db8::1', '2001:DB8:0:0::1']) come(ip)
    expect(come('2001:db8::1')).toBe('too-many-per-ip')
    expect(come('2001:db8::2')).toBeTypeOf('object')
  })
  it.each([
    ['/24', ['192.0.2.1', '192.0.2.2', '192.0.2.3'], '192.0.3.1'],
    ['/64', ['2001:db8:1:1::1', '2001:db8:1:1::2', '2001:db8:1:1:1::1'], '2001:db8:1:2::1'],
  ])('hold by the %s', (_, ips, other) => {
    const { come, comeAll } = admission({ maxConnectionsPerNetwork: 2 })
    expect(comeAll(ips)).toEqual(['in', 'in', 'no'])
    expect(come(ips[2] ?? '')).toBe('too-many-per-network')
    expect(come(other)).toBeTypeOf('object')
  })
  it('forget who left, once', () => {
    const { come, door } = admission({ maxConnectionsPerIp: 1 })
    const place = come('192.0.2.1')
    if (typeof place === 'string') throw new Error(place)
    place.leave()
    place.leave()
    expect(door.inside).toBe(0)
    expect(come('192.0.2.1')).toBeTypeOf('object')
    expect(come('192.0.2.1')).toBe('too-many-per-ip')
  })
  it('by client and site are not for trusted networks, that of all is', () => {
    const { come, comeAll } = admission({
      maxConnectionsPerIp: 1,
      maxConnectionsPerNetwork: 1,
      maxConnections: 5,
    })
    expect(comeAll(Array(5).fill('10.0.0.1'))).toEqual(Array(5).fill('in'))
    expect(come('10.0.0.1')).toBe('too-many-connections')
  })
})

describe('when all places are taken', () => {
  it('the site that holds most loses what is idle longest', () => {
    const { come, comeAll, evicted, door } = admission({ maxConnections: 6 })
    comeAll(['192.0.2.1', '198.51.100.1', '198.51.100.2', '198.51.100.3', '192.0.2.2', '203.0.113.1'])
    expect(come('203.0.113.9')).toBeTypeOf('object')
    expect(evicted).toEqual(['198.51.100.1 1'])
    expect(door.inside).toBe(6)
  })
  it('a connection with a message on its way is never taken', () => {
    const { come, evicted } = admission({ maxConnections: 3 })
    for (const isIdle of [false, false, true]) come('198.51.100.1', isIdle)
    expect(come('192.0.2.1')).toBeTypeOf('object')
    expect(evicted).toEqual(['198.51.100.1 2'])
    expect(come('192.0.2.2')).toBe('too-many-connections')
  })
  it('nobody goes for a newcomer of the same site, nor for one whose site holds as much', () => {
    const { come, comeAll, evicted } = admission({ maxConnections: 4 })
    comeAll(['198.51.100.1', '198.51.100.2', '192.0.2.1', '192.0.2.2'])
    expect(come('198.51.100.3')).toBe('too-many-connections')
    expect(come('192.0.2.3')).toBe('too-many-connections')
    expect(evicted).toEqual([])
  })
  it('trusted networks lose nothing', () => {
    const { come, comeAll, evicted } = admission({ maxConnections: 4 })
    comeAll(Array(4).fill('10.0.0.1'))
    expect(come('192.0.2.1')).toBe('too-many-connections')
    expect(evicted).toEqual([])
  })
  it('a flood from one site keeps nobody else out', () => {
    const { comeAll } = admission({
      maxConnections: 50,
      maxConnectionsPerNetwork: 1000,
      maxConnectionsPerIp: 1000,
    })
    comeAll(Array(50).fill('198.51.100.1'))
    const others = Array.from({ length: 24 }, (_, at) => `192.0.${at}.1`)
    expect(comeAll(others)).toEqual(others.map(() => 'in'))
  })
})

it('stress begins above 80 % of the connections and does not flicker', () => {
  const { come, door } = admission({ maxConnections: 10, maxConnectionsPerIp: 100 })
  const stressAfter = (act: () => unknown): boolean => {
    act()
    return door.isStressed
  }
  const places: (Place | string)[] = []
  const entering = Array.from({ length: 9 }, () => stressAfter(() => places.push(come('192.0.2.1'))))
  expect(entering).toEqual([...Array(8).fill(false), true])
  const leaving = places.map(place => stressAfter(() => typeof place === 'object' && place.leave()))
  expect(leaving).toEqual([true, ...Array(8).fill(false)])
})

it.each([
  [1_048_576, 1_048_320],
  [1024, 768],
  [256, 128],
  [2, 1],
])('of %i open files, %i may be connections', (limit, expected) =>
  expect(connectionsWithin(limit)).toBe(expected),
)
