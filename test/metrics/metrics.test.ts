import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createInstruments } from '../../src/metrics/instruments.ts'
import type { SeenMessage } from '../../src/metrics/mail.ts'
import { createMetrics } from '../../src/metrics/metrics.ts'
import { type LabelValues, type MetricRow, table } from '../../src/metrics/table.ts'
import type { BounceEvent, RecordEffect, Recorded } from '../../src/model/event.ts'
import { emptyReport, type Kind, nobody } from '../../src/model/report.ts'
import type { Link } from '../../src/model/return-path.ts'
import { type BounceType, noHints, type Verdict } from '../../src/model/verdict.ts'
import { failures } from '../../src/store/database/failures.ts'
import { hasTool } from '../tools.ts'

const options = {
  version: '1.2.3',
  vocabulary: {
    providers: ['google', 'microsoft'],
    rejections: ['unknown', 'forged'],
    deferrals: ['failed'],
    databaseErrors: ['lost'],
    areas: ['records'],
  },
  providerOf: (address: string) => (address.endsWith('@gmail.example') ? 'google' : 'a-name-nobody-listed'),
  onError: (error: unknown) => {
    throw error
  },
}

const hard: Verdict = {
  category: 'unknown-user',
  type: 'hard',
  permanent: true,
  because: { rung: 'exact-status', rule: '5.1.1' },
}
const soft: Verdict = {
  category: 'mailbox-full',
  type: 'soft',
  permanent: false,
  because: { rung: 'text', rule: 'mailbox-full-1' },
}
const link: Link = {
  by: 'signed',
  proven: true,
  send: { module: 'contacts', recordId: '42', campaign: null, mailId: null, addressCheck: null },
  token: 'b-x',
  issuedAt: null,
}

interface Given {
  readonly kind?: Kind
  readonly verdict?: Verdict | null
  readonly isNew?: boolean
  readonly address?: string | null
  readonly movedTo?: BounceType | null
  readonly effect?: RecordEffect
  readonly link?: Link | null
}

function recorded(given: Given): Recorded {
  const event: BounceEvent = {
    isSentTo: null,
    fingerprint: '0',
    receivedAt: new Date(0),
    clientIp: '192.0.2.1',
    returnPath: 'b-x@bounces.example.com',
    kind: given.kind ?? 'bounce',
    concern: 'owner',
    link: given.link === undefined ? link : given.link,
    recipient: nobody,
    hints: noHints,
    verdict: given.verdict === undefined ? hard : given.verdict,
    report: { ...emptyReport, kind: given.kind ?? 'bounce', reader: 'dsn' },
  }
  const { isNew = true, address = null, movedTo = null, effect = 'none' } = given
  return { event, id: '1', isNew, address, movedTo, effect }
}

function seen(...events: readonly Given[]): SeenMessage {
  return {
    judgement: { kind: events[0]?.kind ?? 'bounce' },
    recorded: events.map(recorded),
    readSeconds: 0.0002,
  }
}

/** Series → value of every sample that is not 0, `name{labels}` as exposed. */
async function samples(body: string | Promise<{ body: string }>): Promise<Record<string, number>> {
  const text = typeof body === 'string' ? body : (await body).body
  const found: Record<string, number> = {}
  for (const line of text.split('\n')) {
    const match = /^(rebound_[^ ]+?(?:\{.*\})?) (\S+)$/.exec(line)
    if (match?.[1] && match[2]) found[match[1]] = Number(match[2])
  }
  return found
}

const counted = [
  'rebound_bounces_total',
  'rebound_bounced_sends_total',
  'rebound_messages_total',
  'rebound_decided_total',
  'rebound_duplicates_total',
]

/** Holds what one message moves of the counters of messages and bounces. */
async function check(message: SeenMessage, expected: Record<string, number>): Promise<void> {
  const metrics = createMetrics(options)
  metrics.seen(message)
  const moved = Object.entries(await samples(metrics.text())).filter(
    ([series, value]) => value !== 0 && counted.some(name => series.startsWith(name)),
  )
  expect(Object.fromEntries(moved)).toEqual(expected)
}

const oneMessage = { 'rebound_messages_total{kind="bounce",linked_by="signed"}': 1 }

test('a new hard bounce counts as event, as bounced send, and for the rung that decided', () =>
  check(seen({ address: 'ana@gmail.example', movedTo: 'hard' }), {
    ...oneMessage,
    'rebound_bounces_total{type="hard",category="unknown-user",provider="google"}': 1,
    'rebound_bounced_sends_total{type="hard",provider="google"}': 1,
    'rebound_decided_total{rung="exact-status"}': 1,
  }))

test('the same event again counts as a message and a duplicate', () =>
  check(seen({ isNew: false, movedTo: 'hard', effect: 'removed' }), {
    ...oneMessage,
    rebound_duplicates_total: 1,
  }))

test.each<[string, Given, string]>([
  ['a removal', { effect: 'removed' }, 'removed'],
  ['a removal after soft bounces', { effect: 'removed', verdict: soft }, 'promoted'],
  ['a flag', { effect: 'flagged', verdict: soft }, 'flagged'],
])('%s counts by its effect', async (_, given, effect) => {
  const metrics = createMetrics(options)
  metrics.seen(seen(given, { kind: 'complaint', verdict: null, effect: 'none' }))
  const found = Object.entries(await samples(metrics.text())).filter(
    ([series, value]) => value !== 0 && series.startsWith('rebound_effects_total'),
  )
  expect(found).toEqual([[`rebound_effects_total{effect="${effect}"}`, 1]])
})

test('a second bounce of a record in its campaign is an event and no bounced send', () =>
  check(seen({ verdict: soft, movedTo: null }), {
    ...oneMessage,
    'rebound_bounces_total{type="soft",category="mailbox-full",provider="other"}': 1,
    'rebound_decided_total{rung="text"}': 1,
  }))

test('a block that did not fail counts nothing', () => check(seen({ verdict: null }), oneMessage))

test('several blocks are several events of one message', () =>
  check(seen({ verdict: hard, movedTo: 'hard' }, { verdict: hard, link: null }, { verdict: null }), {
    ...oneMessage,
    'rebound_bounces_total{type="hard",category="unknown-user",provider="other"}': 2,
    'rebound_bounced_sends_total{type="hard",provider="other"}': 1,
    'rebound_decided_total{rung="exact-status"}': 2,
  }))

test('what is no bounce is a message of its kind', () =>
  check(seen({ kind: 'auto-reply', verdict: null, link: null }), {
    'rebound_messages_total{kind="auto-reply",linked_by="none"}': 1,
  }))

test('a provider that is not of the set counts as other', () =>
  check(seen({ address: 'ana@example.org', movedTo: 'soft', verdict: soft }), {
    ...oneMessage,
    'rebound_bounces_total{type="soft",category="mailbox-full",provider="other"}': 1,
    'rebound_bounced_sends_total{type="soft",provider="other"}': 1,
    'rebound_decided_total{rung="text"}': 1,
  }))

test('each function moves its series', async () => {
  const metrics = createMetrics(options)
  metrics.sends(['ana@gmail.example', 'ben@example.org'])
  metrics.sends({ provider: 'microsoft', count: 3 })
  metrics.undone(2)
  metrics.answered({ area: 'records', status: 404, seconds: 0.01 })
  metrics.answered({ area: '<script>', status: 200, seconds: 0.01 })
  metrics.certificate(new Date(5_000))
  metrics.postmaster({ new: 4, seen: 2, limit: 1000 })
  metrics.watch(() => ({ queue: 6, clocksDisagree: true }))
  metrics.ruleHit('own')
  metrics.connected()
  metrics.connected()
  metrics.disconnected(true)
  metrics.rejected('forged')
  metrics.rejected('<script>')
  metrics.deferred('failed')
  metrics.messageSeconds(0.02)
  metrics.messageBytes(4600)
  metrics.committed({ events: 7, seconds: 0.004 })
  metrics.databaseUp(true)
  metrics.databaseError('lost')
  metrics.readerEnded('stuck')
  metrics.unread()
  metrics.webhook('timeout')
  metrics.webhooks({ waiting: 3, givenUp: 1, oldestSeconds: 90 })
  metrics.seen(seen())
  const found = await samples(metrics.text())
  expect(found).toMatchObject({
    'rebound_sends_total{provider="google"}': 1,
    'rebound_sends_total{provider="microsoft"}': 3,
    'rebound_sends_total{provider="other"}': 1,
    'rebound_effects_total{effect="undone"}': 2,
    'rebound_http_requests_total{area="records",status="4xx"}': 1,
    'rebound_http_requests_total{area="other",status="2xx"}': 1,
    'rebound_http_seconds_count{area="records"}': 1,
    rebound_certificate_expires_timestamp_seconds: 5,
    'rebound_postmaster_messages{state="new"}': 4,
    'rebound_postmaster_messages{state="seen"}': 2,
    rebound_postmaster_limit_messages: 1000,
    rebound_recorder_queue: 6,
    rebound_clocks_disagree: 1,
    'rebound_rule_hits_total{source="own"}': 1,
    'rebound_rule_hits_total{source="shipped"}': 0,
    rebound_connections: 1,
    'rebound_connections_total{tls="true"}': 1,
    'rebound_connections_total{tls="false"}': 0,
    'rebound_rejected_total{reason="forged"}': 1,
    'rebound_rejected_total{reason="other"}': 1,
    'rebound_deferred_total{reason="failed"}': 1,
    rebound_message_seconds_count: 1,
    'rebound_message_seconds_bucket{le="0.01"}': 0,
    'rebound_message_seconds_bucket{le="0.025"}': 1,
    rebound_message_bytes_sum: 4600,
    rebound_commit_events_sum: 7,
    'rebound_commit_seconds_bucket{le="0.005"}': 1,
    rebound_classify_seconds_count: 1,
    rebound_database_up: 1,
    'rebound_database_errors_total{reason="lost"}': 1,
    'rebound_reader_ends_total{reason="stuck"}': 1,
    'rebound_reader_ends_total{reason="died"}': 0,
    rebound_unread_total: 1,
    'rebound_webhooks_total{outcome="timeout"}': 1,
    'rebound_webhooks_total{outcome="delivered"}': 0,
    rebound_webhooks_waiting: 3,
    rebound_webhooks_given_up: 1,
    rebound_webhooks_oldest_seconds: 90,
    [`rebound_build_info{version="1.2.3",node="${process.version}"}`]: 1,
  })
  expect(Object.keys(found).join()).not.toContain('script')
})

test('series that rates are made of begin at 0', async () => {
  const found = await samples(createMetrics(options).text())
  for (const type of ['hard', 'soft'])
    for (const provider of ['google', 'microsoft', 'other'])
      expect(found).toHaveProperty([`rebound_bounced_sends_total{type="${type}",provider="${provider}"}`], 0)
  for (const provider of ['google', 'microsoft', 'other'])
    expect(found).toHaveProperty([`rebound_sends_total{provider="${provider}"}`], 0)
  expect(found).toMatchObject({
    'rebound_rejected_total{reason="unknown"}': 0,
    'rebound_http_seconds_count{area="records"}': 0,
  })
})

test('every series of closed sets exists at 0 from the start, and no other', async () => {
  const { vocabulary } = options
  const expected = Object.entries(table).flatMap(([name, row]: [string, MetricRow]) => {
    if (row.kind !== 'counter') return []
    const wordsOf = (values: LabelValues): readonly string[] => {
      if (typeof values !== 'string') return values
      return values === 'free' ? [] : [...vocabulary[values], 'other']
    }
    let series = ['']
    for (const [label, values] of Object.entries(row.labels ?? {}))
      series = series.flatMap(before => wordsOf(values).map(word => `${before},${label}="${word}"`))
    return series.map(labels => (labels === '' ? name : `${name}{${labels.slice(1)}}`))
  })
  const found = await samples(createMetrics(options).text())
  const counters = Object.keys(found).filter(series => series.includes('_total'))
  expect(counters.sort()).toEqual(expected.sort())
  expect(counters.every(series => found[series] === 0)).toBe(true)
  expect(found).toHaveProperty(
    ['rebound_bounces_total{type="soft",category="mailbox-full",provider="google"}'],
    0,
  )
})

test('a label or a word that is not of the table does not compile', () => {
  const { counter } = createInstruments(options.vocabulary, () => {})
  const rung = counter('rebound_decided_total')
  // @ts-expect-error: a misspelled label
  rung({ rnug: 'text' })
  // @ts-expect-error: a misspelled word
  rung({ rung: 'txet' })
  // @ts-expect-error: a label is missing
  rung({})
  // @ts-expect-error: a gauge
  counter('rebound_connections')
})

test('what cannot be counted is told and never thrown', () => {
  const told: unknown[] = []
  const metrics = createMetrics({
    ...options,
    onError: error => told.push(error),
    providerOf: () => {
      throw new Error('no provider')
    },
  })
  metrics.messageSeconds('long' as unknown as number)
  metrics.seen(seen({ address: 'ana@gmail.example' }))
  metrics.rejected('forged')
  expect(told).toHaveLength(2)
})

test('every metric of the table is exposed with its help, beside those of Node', async () => {
  const { contentType, body } = await createMetrics(options).text()
  expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8')
  for (const [name, { help, kind }] of Object.entries(table)) {
    expect(body).toContain(`# HELP ${name} ${help}\n`)
    expect(body).toContain(`# TYPE ${name} ${kind}\n`)
  }
  expect(body).toContain('process_cpu_seconds_total')
})

test('every reason for which the database takes nothing is explained where operators look', () => {
  const { help } = table.rebound_database_errors_total
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  for (const failure of failures) {
    expect(help).toMatch(new RegExp(`\\b${failure} \\(`))
    expect(readme).toMatch(new RegExp(`[\`"]${failure}[\`"]`))
  }
})

test('two instances share nothing', async () => {
  const [one, two] = [createMetrics(options), createMetrics(options)]
  one.sends(['ana@gmail.example'])
  expect(await samples(two.text())).toMatchObject({ 'rebound_sends_total{provider="google"}': 0 })
})

// `promtool check metrics` also judges names; it comes with Prometheus.
test.skipIf(!hasTool('promtool'))('promtool finds nothing to say about our metrics', async () => {
  const metrics = createMetrics(options)
  metrics.seen(seen({ movedTo: 'hard' }))
  const { body } = await metrics.text()
  const result = spawnSync('promtool', ['check', 'metrics'], { input: body, encoding: 'utf8' })
  const said = `${result.stdout}${result.stderr}`.split('\n')
  expect(said.filter(line => line.startsWith('rebound_') || line.includes('error'))).toEqual([])
})
