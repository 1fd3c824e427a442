// How a CRM tests its own bounce handling with the harness: mint, send, and look. Also the example of docs/harness.md.

import { composeBounce, effects, scenarioNames, sendBounce, writerNames } from 'rebound-mx/harness'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Server, startServer } from '../end-to-end/server.ts'

let rebound: Server
beforeAll(async () => {
  rebound = await startServer()
})
afterAll(async () => {
  expect(await rebound.stop()).toBe(0)
})

const api = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
  const response = await fetch(`${rebound.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  })
  expect(response.ok).toBe(true)
  return (await response.json()) as T
}

/** What a CRM does before it sends a mail. */
const returnPathFor = async (id: string, to: string): Promise<string> => {
  await api('PUT', `/v1/records/contacts/${id}`, { email: to })
  const { items } = await api<{ items: { address: string }[] }>('POST', '/v1/return-paths', {
    items: [{ module: 'contacts', id, campaign: 'spring', to }],
  })
  return items[0]?.address ?? ''
}

describe('a contact whose mail comes back', () => {
  test('loses an address that is dead', async () => {
    const recipient = 'bea@example.org'
    const returnPath = await returnPathFor('1', recipient)
    const { sent } = await sendBounce(
      { writer: 'office-365', scenario: 'unknown-user', returnPath, recipient, seed: '1' },
      { host: '127.0.0.1', port: rebound.smtpPort },
    )
    expect(sent.acknowledged).toBe(true)
    expect(await api('GET', '/v1/records/contacts/1')).toMatchObject({
      email: null,
      bouncedAddress: recipient,
      emailBounced: true,
    })
  })

  test.each(['out-of-office', 'vacation-ja', 'ordinary', 'receipt'])(
    'is left alone by %s',
    async scenario => {
      const recipient = 'carl@example.org'
      const returnPath = await returnPathFor('2', recipient)
      const { sent } = await sendBounce(
        { writer: 'mailbox', scenario, returnPath, recipient },
        { host: '127.0.0.1', port: rebound.smtpPort },
      )
      expect(sent.acknowledged).toBe(true)
      expect(await api('GET', '/v1/records/contacts/2')).toMatchObject({
        email: recipient,
        emailBounced: false,
      })
    },
  )
})

test('a message can be had without sending it, with what must follow from it', () => {
  const { raw, expected } = composeBounce({
    writer: 'gmail',
    scenario: 'mailbox-full',
    returnPath: 'b-1@bounces.example',
    recipient: 'zoe@example.net',
  })
  expect(raw.toString()).toContain('Final-Recipient: rfc822; zoe@example.net')
  expect(expected).toMatchObject({
    kind: 'bounce',
    type: 'soft',
    categories: ['mailbox-full'],
    effect: 'soft',
  })
  expect(effects[expected.effect]).toMatchObject({ flagged: true, addressRemoved: false })
  expect(writerNames).toContain('gmail')
  expect(scenarioNames).toContain('mailbox-full')
})
