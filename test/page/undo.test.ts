// What an undo answers: with REBOUND_SPREAD=yes also how many other records have their address back.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { newWorld, report, type World } from '../end-to-end/world.ts'
import { within } from '../patience.ts'

let world: World
beforeAll(async () => {
  world = await newWorld('sqlite', { REBOUND_SPREAD: 'yes' })
}, within(60_000))
afterAll(() => world?.close())

/** A contact whose address is dead, and so many others that have it. @returns the event of its bounce */
async function bounced(id: string, others: number): Promise<string> {
  const address = `ana${id}@example.org`
  for (let other = 0; other < others; other++)
    await world.ask('PUT', `/v1/records/leads/${id}-${other}`, { email: address })
  const path = await world.mint({ module: 'contacts', id, to: address })
  expect(await world.send(path, report({ address }))).toMatch(/^250/)
  for (let other = 0; other < others; other++)
    await expect
      .poll(async () => (await world.get(`/v1/records/leads/${id}-${other}`)).email, {
        timeout: within(20_000),
      })
      .toBeNull()
  const { items } = (await world.get(`/v1/records/contacts/${id}/history`)) as { items: { id: string }[] }
  return items[0]?.id ?? ''
}

const back = (id: string): string => `/records/contacts/${id}`

async function undo(event: string, from: string): Promise<string> {
  const answer = await fetch(`${world.server.url}/events/${event}/undo`, {
    method: 'POST',
    body: new URLSearchParams({ back: from }),
  })
  const html = await answer.text()
  return /<p class="notice done"[^>]*>([^<]*)/.exec(html)?.[1] ?? html
}

test.each([
  [0, /had been removed\.$/],
  [1, /1 other record that lost this address with it has it back too\.$/],
  [3, /3 other records that lost this address with it have it back too\.$/],
])('of a bounce that %i others shared', async (others, words) => {
  const id = `4${others}`
  const event = await bounced(id, others)
  expect(await undo(event, back(id))).toMatch(words)
  for (let other = 0; other < others; other++)
    expect(await world.get(`/v1/records/leads/${id}-${other}`)).toMatchObject({
      email: `ana${id}@example.org`,
    })
})

test('on the page of the event, too', async () => {
  const event = await bounced('50', 2)
  expect(await undo(event, `/events/${event}`)).toMatch(/2 other records/)
})

test.each(['', '0', '-1', '1e9', '<b>', '12345678'])('a made-up number is not repeated: %s', async others => {
  const query = new URLSearchParams({ done: 'undone', others })
  const html = await (await fetch(`${world.server.url}${back('40')}?${query}`)).text()
  expect(html).toContain('It is undone')
  expect(html).not.toContain('other record')
})
