// Exports of many records from a server whose heap could not hold them: they are streamed, however they are asked for.
// That every door filters alike, a tenth of them shows.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { crowd } from '../../scripts/export/crowd.ts'
import { within } from '../patience.ts'
import { newWorld, type World } from './world.ts'

let world: World
const open =
  (records: number, settings: Record<string, string> = {}) =>
  async (): Promise<void> => {
    world = await newWorld('sqlite', settings)
    await crowd(world.store, records)
  }
const close = async (): Promise<void> => world?.close()

/** Lines of an export, counted as they come. */
async function lines(path: string): Promise<{ readonly count: number; readonly bytes: number }> {
  const response = await fetch(world.server.url + path)
  expect(response.status).toBe(200)
  let found = 0
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    for (const byte of chunk) if (byte === 10) found++
  }
  return { count: found, bytes }
}

describe('a heap that cannot hold them', { timeout: within(120_000) }, () => {
  /** As NDJSON 42 MB, as values more. */
  const count = 140_000
  /** Some beside the server's own, or it does nothing but collect garbage. */
  const heapMegabytes = 64
  beforeAll(open(count, { NODE_OPTIONS: `--max-old-space-size=${heapMegabytes}` }))
  afterAll(close)

  test('as NDJSON', async () => {
    const metrics = await (await fetch(`${world.server.url}/metrics`)).text()
    const own = Number(/^nodejs_heap_size_used_bytes (.+)$/m.exec(metrics)?.[1])
    const { count: found, bytes } = await lines('/v1/records?format=ndjson')
    expect(found).toBe(count)
    expect(own + bytes).toBeGreaterThan(heapMegabytes * 2 ** 20)
  })

  test('as CSV', async () => {
    expect((await lines('/v1/records?format=csv')).count).toBe(count + 1)
  })

  test('by the command line', async () => {
    const { code, out, err } = await world.run('records', 'list', '--json')
    expect(code, err).toBe(0)
    expect(out.trimEnd().split('\n')).toHaveLength(count)
  })
})

describe('filters', () => {
  const count = 20_000
  beforeAll(open(count))
  afterAll(close)

  // A tenth is in campaign 7, and all of these are even, thus soft; a day has 1,440 minutes.
  test.each<[query: Record<string, string>, found: number]>([
    [{ module: 'contacts', campaign: '7' }, count / 10],
    [{ module: 'leads' }, 0],
    [{ type: 'hard' }, count / 2],
    [{ type: 'hard', campaign: '7' }, 0],
    [{ from: '2026-01-03', to: '2026-01-03' }, 1440],
    [{ from: '2026-01-03T00:00:00Z', to: '2026-01-03T01:00:00Z', type: 'soft' }, 30],
    [{ campaign: '7', category: 'mailbox-full', from: '2026-01-03', to: '2026-01-04' }, 288],
  ])('%j lets the same through as JSON, NDJSON, CSV and on the command line', async (query, found) => {
    const words = Object.entries(query).flatMap(([name, value]) => [`--${name}`, value])
    const parameters = new URLSearchParams(query)
    expect((await lines(`/v1/records?format=ndjson&${parameters}`)).count).toBe(found)
    expect((await lines(`/v1/records?format=csv&${parameters}`)).count).toBe(found + 1)
    const page = await world.get(`/v1/records?limit=1000&${parameters}`)
    expect(page.items).toHaveLength(Math.min(found, 1000))
    const { code, out, err } = await world.run('records', 'list', '--csv', ...words)
    expect(code, err).toBe(0)
    expect(out.trimEnd().split('\n')).toHaveLength(found + 1)
  })

  test('a bound that is no time is named, with what would be right', async () => {
    const { code, err } = await world.run('records', 'list', '--from', 'yesterday')
    expect({ code, err }).toMatchObject({
      code: 2,
      err: expect.stringContaining('--from yesterday: must be ISO'),
    })
  })
})
