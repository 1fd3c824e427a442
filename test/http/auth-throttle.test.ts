// Guessing tokens: limited by network, without harm to those who have the right one.

import { describe, expect, it, test } from 'vitest'
import { createAuthThrottle } from '../../src/http/auth-throttle.ts'
import { openWorld } from './world.ts'

function guesser(maxFailures = 3) {
  let now = 0
  const throttle = createAuthThrottle(
    maxFailures,
    ip => ip === '10.0.0.1',
    () => now,
  )
  return {
    ...throttle,
    fail: (...ips: readonly string[]) => {
      for (const ip of ips) throttle.failed(ip)
    },
    pass: (ms: number) => {
      now += ms
    },
  }
}

describe('a network', () => {
  it('waits out the minute after its last try', () => {
    const { fail, pass, waitSeconds } = guesser()
    fail('192.0.2.1', '192.0.2.2')
    expect(waitSeconds('192.0.2.3')).toBeNull()
    pass(20_000)
    fail('192.0.2.3')
    expect(waitSeconds('192.0.2.99')).toBe(40)
    expect(waitSeconds('192.0.3.1')).toBeNull()
    pass(40_000)
    expect(waitSeconds('192.0.2.1')).toBeNull()
  })
  it('does not keep out a client of it that had the right token, until that one guesses', () => {
    const { fail, succeeded, waitSeconds } = guesser()
    succeeded('192.0.2.7')
    fail('192.0.2.1', '192.0.2.1', '192.0.2.1')
    expect(waitSeconds('192.0.2.7')).toBeNull()
    fail('192.0.2.7')
    expect(waitSeconds('192.0.2.7')).toBe(60)
  })
  it('that is trusted never waits', () => {
    const { fail, waitSeconds } = guesser()
    fail('10.0.0.1', '10.0.0.1', '10.0.0.1', '10.0.0.1')
    expect(waitSeconds('10.0.0.1')).toBeNull()
  })
})

const token = 'a-token-of-some-length'
const bearer = (text: string) => ({ headers: { authorization: `Bearer ${text}` } })

test('over the wire: 401 so often, then 429 with the time to wait, the right token included', async () => {
  const world = await openWorld({ token, maxAuthFailures: 3 })
  try {
    const statuses: number[] = []
    for (let count = 0; count < 5; count += 1)
      statuses.push((await world.ask('GET', '/v1/bounces', bearer(`guess-${count}`))).status)
    expect(statuses).toEqual([401, 401, 401, 429, 429])
    const held = await world.ask('GET', '/v1/bounces', bearer(token))
    expect(held.status).toBe(429)
    expect(Number(held.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await world.ask('GET', '/healthz')).status).toBe(200)
    expect((await world.ask('GET', '/v1/bounces')).status).toBe(401)
  } finally {
    await world.close()
  }
})

test('over the wire: a client that had the right token goes on beside its guessing neighbours', async () => {
  const world = await openWorld({ token, maxAuthFailures: 1, isTrusted: () => true })
  try {
    for (let count = 0; count < 3; count += 1)
      expect((await world.ask('GET', '/v1/bounces', bearer('guess'))).status).toBe(401)
    expect((await world.ask('GET', '/v1/bounces', bearer(token))).status).toBe(200)
  } finally {
    await world.close()
  }
})
