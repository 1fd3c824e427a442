// A real Prometheus scrapes a running server with the README's configuration, and answers the README's questions.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { queries } from '../deploy/dashboard.ts'
import { hasTool } from '../tools.ts'
import { type Prometheus, startPrometheus } from './prometheus.ts'
import { root } from './server.ts'
import { newWorld, report, type World } from './world.ts'

const token = 'a-token-of-some-length'
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const section = readme.slice(readme.indexOf('\n## Prometheus\n'), readme.indexOf('\n## Settings\n'))
const block = (language: string): string =>
  new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(section)?.[1] ?? ''
const questions = block('promql')
  .split('\n')
  .filter(line => line !== '' && !line.startsWith('#'))

const refusal = (address: string, diagnostic: string): string =>
  report({ address, status: diagnostic.slice(4, 9), diagnostic })

describe.skipIf(!hasTool('prometheus'))('a real Prometheus', () => {
  let world: World
  let prometheus: Prometheus
  const api = async (method: string, path: string, body: unknown): Promise<Record<string, unknown>> => {
    const response = await fetch(world.server.url + path, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    })
    return (await response.json()) as Record<string, unknown>
  }

  beforeAll(async () => {
    world = await newWorld('sqlite', { REBOUND_API_TOKEN: token, REBOUND_METRICS: 'token' })
    const config = block('yaml')
      .replace('127.0.0.1:9925', `127.0.0.1:${world.server.httpPort}`)
      .replace('/etc/prometheus/rebound.token', 'rebound.token')
    prometheus = await startPrometheus(
      `global:\n  scrape_interval: 1s\n  evaluation_interval: 1s\nrule_files: [rebound.rules.yml]\n${config}`,
      {
        'rebound.token': token,
        'rebound.rules.yml': readFileSync(join(root, 'deploy/prometheus/rebound.rules.yml'), 'utf8'),
      },
    )
    // What happens before the first scrape is in no increase().
    await prometheus.until('up{job="rebound"}', samples => samples[0]?.value === 1)
  })
  afterAll(async () => {
    await prometheus?.close()
    await world?.close()
  })

  test('answers every question of the README', async () => {
    const to = ['ana@gmail.com', 'ben@gmail.com', 'cem@example.org', 'dia@example.org']
    const items = to.map((address, id) => ({ module: 'contacts', id: `${id}`, campaign: '7', to: address }))
    const minted = (await api('POST', '/v1/return-paths', { items })) as { items: { address: string }[] }
    const paths = minted.items.map(item => item.address)
    await world.send(paths[0] ?? '', refusal('ana@gmail.com', '550 5.1.1 The email account does not exist'))
    await world.send(paths[1] ?? '', refusal('ben@gmail.com', '550 5.7.1 blocked using zen.spamhaus.org'))
    await world.send('b-nobody@bounces.crm.example', refusal('x@example.org', '550 5.1.1 no such user'))
    // Two scrapes later every increase() has seen it.
    const seen = 'sum(rebound_bounced_sends_total) == 2 and sum(increase(rebound_sends_total[1m])) > 0'
    await prometheus.until(seen, samples => samples.length > 0)

    expect(questions).toHaveLength(5)
    for (const question of questions) {
      const samples = await prometheus.query(question)
      expect(samples.length, question).toBeGreaterThan(0)
      for (const { value } of samples) expect(Number.isFinite(value), `${question}: ${value}`).toBe(true)
    }
    const [rate] = await prometheus.query(questions[0] ?? '')
    // Both are extrapolated alike: one of four.
    expect(rate?.value).toBeCloseTo(0.25, 5)
    expect(await prometheus.query(questions[1] ?? '')).toMatchObject([
      { metric: { provider: 'google', category: 'blocked' } },
    ])
  })

  test('sees sends of every kind, by provider where the address is known', async () => {
    const sends = async (): Promise<Record<string, number>> => {
      const samples = await prometheus.query('rebound_sends_total > 0')
      return Object.fromEntries(samples.map(({ metric, value }) => [metric.provider ?? '', value]))
    }
    const before = await sends()
    await api('PUT', '/v1/campaigns/told', { sent: 10 })
    await api('PUT', '/v1/campaigns/told', { sent: 10 })
    await api('PATCH', '/v1/campaigns/told', { sentAdd: 5 })
    await api('PATCH', '/v1/campaigns/told', { sent: 20 })
    const item = { module: 'contacts', id: '9', to: 'eve@outlook.com' }
    await api('POST', '/v1/return-paths', { items: [item] })
    const words = Object.entries({ ...item, to: 'flo@gmail.com' }).flatMap(([name, value]) => [
      `--${name}`,
      value,
    ])
    expect(await world.run('address', 'mint', '--count', ...words)).toMatchObject({ code: 0 })
    await prometheus.until(
      `rebound_sends_total{provider="google"} == ${(before.google ?? 0) + 1}`,
      samples => samples.length > 0,
    )
    expect(await sends()).toEqual({
      ...before,
      google: (before.google ?? 0) + 1,
      microsoft: 1,
      other: (before.other ?? 0) + 20,
    })
  })

  test('sees what a command took back', async () => {
    const { items } = (await (
      await fetch(`${world.server.url}/v1/bounces?type=hard`, {
        headers: { authorization: `Bearer ${token}` },
      })
    ).json()) as { items: { id: string }[] }
    for (let again = 0; again < 2; again++)
      expect(await world.run('bounces', 'undo', items[0]?.id ?? '')).toMatchObject({ code: 0 })
    await prometheus.until('rebound_effects_total{effect="undone"} > 0', samples => samples[0]?.value === 1)
    expect(await prometheus.query('rebound_effects_total{effect="removed"} > 0')).toMatchObject([
      { value: 1 },
    ])
  })

  test.each(queries)('answers the dashboard: %s, %s', async (title, expr) => {
    const samples = await prometheus.query(expr)
    expect(samples.length > 0 || title === 'annotation', expr).toBe(true)
  })

  test('evaluates every rule without a fault', async () => {
    await prometheus.until('job:rebound_sends:increase1d', samples => samples.length > 0)
    const rules = await prometheus.rules()
    expect(rules.length).toBeGreaterThan(20)
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([])
    // Of this run: half of the mail bounced, but of fewer than a hundred sends.
    expect(rules.filter(({ state }) => state === 'firing').map(({ name }) => name)).toEqual([])
  })

  test('is asked for the token', async () => {
    const answer = await fetch(`${world.server.url}/metrics`)
    expect(answer.status).toBe(401)
  })
})
