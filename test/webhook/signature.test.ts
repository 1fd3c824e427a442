import { describe, expect, test } from 'vitest'
import { waitAfter, waits } from '../../src/webhook/back-off.ts'
import { signedHeaders, webhookKey } from '../../src/webhook/signature.ts'

describe('the signature', () => {
  // The example that the libraries of Standard Webhooks test themselves with.
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek'
  const at = new Date(1_614_265_330_999)
  const body = '{"test": 2432232314}'
  const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='

  test('is the one of Standard Webhooks', () =>
    expect(signedHeaders(id, at, body, [webhookKey(secret)])).toEqual({
      'webhook-id': id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': signature,
    }))

  test('is made with every key, so that keys can change', () => {
    const headers = signedHeaders(id, at, body, ['n'.repeat(32), secret].map(webhookKey))
    expect(headers['webhook-signature'].split(' ')).toEqual([expect.stringMatching(/^v1,/), signature])
  })

  test('takes a secret without a prefix as it is written', () =>
    expect(webhookKey('ä secret of thirty-two characters').toString()).toBe(
      'ä secret of thirty-two characters',
    ))
})

describe('the back-off', () => {
  test('takes a day, growing, and then gives up', () => {
    const total = waits.reduce((sum, seconds) => sum + seconds, 0)
    expect(total / 3600).toBeGreaterThan(23)
    expect(total / 3600).toBeLessThanOrEqual(24)
    expect(waits.toSorted((a, b) => a - b)).toEqual(waits)
    expect(waitAfter(1, 0)).toBe(5_000)
    expect(waitAfter(waits.length, 0)).not.toBeNull()
    expect(waitAfter(waits.length + 1, 0)).toBeNull()
  })

  test('spreads what failed together', () => {
    expect(waitAfter(4, 1)).toBe(330_000)
    expect(waitAfter(4, 0.5)).toBe(315_000)
  })
})
