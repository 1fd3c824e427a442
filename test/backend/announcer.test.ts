// What a server's log says of webhooks: enough to find them, and nothing of what a receiver says.

import { afterEach, expect, it } from 'vitest'
import { openAnnouncer } from '../../src/backend/announcer.ts'
import type { Metrics } from '../../src/metrics/metrics.ts'
import type { ClaimedWebhook, SettledWebhook } from '../../src/model/webhook.ts'
import type { Config } from '../../src/settings/config.ts'
import type { Outbox } from '../../src/store/tables/outbox.ts'
import type { Log } from '../../src/system/log.ts'
import { within } from '../patience.ts'
import { startReceiver } from '../webhook/receiver.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** One webhook that failed so many times, and what is logged of it. */
async function logOf(attempts: number, census: Outbox['census']) {
  const receiver = await startReceiver()
  ends.push(receiver.off)
  receiver.answer((response, request) => response.writeHead(422).end(`no such person: ${request.body}`))
  const logged: string[] = []
  const write = (details: object, words: string) => logged.push(`${JSON.stringify(details)} ${words}`)
  const settled: SettledWebhook[] = []
  const waiting = [{ id: '7', eventId: 'evt_7', lease: 'x', attempts, bounce: {} } as ClaimedWebhook]
  const announcer = openAnnouncer(
    {
      webhookUrl: receiver.url,
      webhookSecrets: ['a secret of at least thirty-two bytes'],
      webhookPrivate: 'allow',
    } as unknown as Config,
    {
      claim: async () => waiting.splice(0),
      settle: async (all: readonly SettledWebhook[]) => {
        settled.push(...all)
      },
      census,
    } as unknown as Outbox,
    {
      present: () => ({ address: 'ana@example.org' }),
      metrics: { webhook: () => {}, webhooks: () => {} } as unknown as Metrics,
      log: { debug: write, warn: write } as unknown as Log,
    },
  )
  if (announcer) ends.push(announcer.close)
  await expect.poll(() => settled, { timeout: within(10_000) }).toHaveLength(1)
  await expect.poll(() => logged.length, { timeout: within(10_000) }).toBeGreaterThan(0)
  await announcer?.close()
  return { logged, settled }
}

const nothing = async () => ({ waiting: 0, givenUp: 0, oldestAt: null, most: 9 })

it('logs the status of a refusal and keeps its words for the command line', async () => {
  const { logged, settled } = await logOf(0, nothing)
  expect(logged).toEqual([
    '{"event":"evt_7","tries":1,"outcome":"status","status":422} a webhook was not delivered and will be retried (rebound webhooks)',
  ])
  expect(settled[0]?.outcome).toMatchObject({ error: expect.stringContaining('ana@example.org') })
})

it('logs what is given up by its id', async () => {
  const { logged } = await logOf(1_000, nothing)
  expect(logged.at(-1)).toBe(
    '{"event":"evt_7","webhook":"7"} a webhook failed for a day and was given up (rebound webhooks)',
  )
  expect(logged.join()).not.toContain('ana@')
})

it('says so when the webhooks cannot be counted', async () => {
  const { logged } = await logOf(0, () => Promise.reject(new Error('away')))
  expect(logged.join()).toContain('webhooks could not be counted: the gauges show the last count')
})
