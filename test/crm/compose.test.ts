import { describe, expect, test } from 'vitest'
import { type ComposeSteps, composeEvents } from '../../src/crm/compose.ts'
import type { Envelope } from '../../src/model/envelope.ts'
import type { BounceEvent } from '../../src/model/event.ts'
import { emptyReport, type Kind, type Report } from '../../src/model/report.ts'
import type { Link, ReturnPath, SendRef } from '../../src/model/return-path.ts'
import { type JudgedRecipient, type Judgement, noHints, type Verdict } from '../../src/model/verdict.ts'

const issuedAt = new Date('2026-03-14T00:00:00Z')
const receivedAt = new Date('2026-03-15T08:00:00Z')
const hard: Verdict = {
  category: 'unknown-user',
  type: 'hard',
  permanent: true,
  because: { rung: 'exact-status', rule: '5.1.1' },
}

/** The mail of record `id` was sent to `id`@example.org. */
const sendOf = (recordId: string): SendRef => ({
  module: 'contacts',
  recordId,
  campaign: null,
  mailId: null,
  addressCheck: recordId,
})
const pathOf = (id: string): ReturnPath => {
  const canonical = `b-${id}@bounces.crm.example`
  return { kind: 'signed', raw: canonical, canonical, send: sendOf(id), issuedAt }
}
const inbox: ReturnPath = { kind: 'inbox', raw: 'Returns@x', canonical: 'returns@x' }
const postmaster: ReturnPath = { kind: 'role', raw: 'postmaster', mailbox: 'postmaster' }

const steps: ComposeSteps = {
  link: async path => {
    if (path.kind !== 'signed') return null
    return { by: 'signed', proven: true, send: path.send, token: path.canonical, issuedAt: path.issuedAt }
  },
  matches: (send, address) => address === `${send.addressCheck}@example.org`,
}

function envelope(...recipients: ReturnPath[]): Envelope {
  const client = { ip: '192.0.2.1', helo: 'mx.example', tls: false }
  return { session: 's', receivedAt, client, mailFrom: null, recipients }
}

function block(address: string | null, changes: Partial<JudgedRecipient> = {}): JudgedRecipient {
  return {
    address,
    originalAddress: null,
    action: 'failed',
    status: '5.1.1',
    statusField: '5.1.1',
    replyCode: null,
    diagnostic: null,
    remoteMta: null,
    explanation: '',
    verdict: hard,
    hints: noHints,
    ...changes,
  }
}

const report: Report = {
  ...emptyReport,
  kind: 'bounce',
  reader: 'dsn',
  identity: { ...emptyReport.identity, messageId: '<r@mx.example>' },
}

async function compose(
  paths: readonly ReturnPath[],
  recipients: readonly JudgedRecipient[],
  { kind = 'bounce', by = steps }: { kind?: Kind; by?: ComposeSteps } = {},
): Promise<readonly BounceEvent[]> {
  const judgement: Judgement = { kind, recipients }
  return composeEvents(envelope(...paths), report, judgement, by)
}

/** `record address concern type kind` of each event. */
async function check(
  paths: readonly ReturnPath[],
  recipients: readonly JudgedRecipient[],
  expected: readonly string[],
  options: { kind?: Kind; by?: ComposeSteps } = {},
): Promise<void> {
  const events = await compose(paths, recipients, options)
  const lines = events.map(({ link, recipient, concern, verdict, kind }) =>
    [link?.send.recordId ?? '-', recipient.address ?? '-', concern, verdict?.type ?? '-', kind].join(' '),
  )
  expect(lines).toEqual(expected)
}

const ana = 'ana@example.org'
const bea = 'bea@example.org'
const unjudged = { verdict: null }

describe('events of a message', () => {
  test.each([
    ['one block', [pathOf('ana')], [block(ana)], ['ana ana@example.org owner hard bounce']],
    [
      'a forward keeps its verdict',
      [pathOf('ana')],
      [block(bea)],
      ['ana bea@example.org forward hard bounce'],
    ],
    [
      'among several the owner',
      [pathOf('ana')],
      [block(bea), block(ana)],
      ['ana ana@example.org owner hard bounce', 'ana bea@example.org other hard bounce'],
    ],
    [
      'an expanded alias is soft',
      [pathOf('cleo')],
      [block(bea), block(ana)],
      ['cleo bea@example.org expanded soft bounce', 'cleo ana@example.org other soft bounce'],
    ],
    [
      'two return paths, each with its own owner',
      [pathOf('ana'), pathOf('bea')],
      [block(ana), block(bea)],
      ['ana ana@example.org owner hard bounce', 'bea bea@example.org owner hard bounce'],
    ],
    [
      'the same path twice',
      [pathOf('ana'), pathOf('ana')],
      [block(ana)],
      ['ana ana@example.org owner hard bounce'],
    ],
    [
      'the same block twice',
      [pathOf('ana')],
      [block(ana), block(ana)],
      ['ana ana@example.org owner hard bounce'],
    ],
    [
      'two aliases that lead to one address, the owner second',
      [pathOf('ana')],
      [block('x@example.net', { originalAddress: bea }), block('x@example.net', { originalAddress: ana })],
      ['ana x@example.net owner hard bounce'],
    ],
    [
      'two aliases that lead to one address, the owner first',
      [pathOf('ana')],
      [block('x@example.net', { originalAddress: ana }), block('x@example.net', { originalAddress: bea })],
      ['ana x@example.net owner hard bounce'],
    ],
    ['a role mailbox', [postmaster], [block(ana)], []],
    [
      'a role mailbox besides',
      [postmaster, pathOf('ana')],
      [block(ana)],
      ['ana ana@example.org owner hard bounce'],
    ],
    ['the inbox without a link', [inbox], [block(ana)], ['- ana@example.org owner hard bounce']],
    ['no recipient named', [pathOf('ana')], [block(null)], ['ana - owner hard bounce']],
    ['no path', [], [block(ana)], []],
  ])('%s', (_, paths, recipients, expected) => check(paths, recipients, expected))

  test('a block about somebody else is one event, whichever paths the report comes in at', async () => {
    const blocks = [block(ana), block(bea), block('x@example.net')]
    const lines = ['ana ana@example.org owner hard bounce', 'bea bea@example.org owner hard bounce']
    await check([pathOf('ana'), pathOf('bea')], blocks, [...lines, 'ana x@example.net other hard bounce'])
    const [, other] = await compose([pathOf('ana')], [block(ana), block('x@example.net')])
    const [, again] = await compose([pathOf('bea')], [block(bea), block('x@example.net')])
    expect(other?.fingerprint).toBe(again?.fingerprint)
  })

  test('a hundred paths and a thousand blocks make at most two hundred events, and all paths act', async () => {
    const paths = Array.from({ length: 100 }, (_, at) => pathOf(`p${at}`))
    const strangers = Array.from({ length: 900 }, (_, at) => block(`x${at}@example.net`))
    const owners = paths.map((_, at) => block(`p${at}@example.org`))
    const own = await compose(paths, [...strangers, ...owners])
    expect(own.filter(({ concern }) => concern === 'owner')).toHaveLength(100)
    expect(own.length).toBeLessThanOrEqual(200)
    const expanded = await compose(paths, strangers)
    expect(expanded.filter(({ concern }) => concern === 'expanded')).toHaveLength(100)
    expect(expanded.length).toBeLessThanOrEqual(200)
  })

  test('a report without recipients is one event a path', async () => {
    await check([pathOf('ana'), inbox], [], ['ana - owner - auto-reply', '- - owner - auto-reply'], {
      kind: 'auto-reply',
    })
  })

  test('blocks that did not fail say what became of them', async () => {
    const blocks = [
      block(ana, { ...unjudged, action: 'delayed' }),
      block(bea),
      block('c@example.org', { ...unjudged, action: 'relayed' }),
      block('d@example.org', unjudged),
    ]
    await check([pathOf('ana')], blocks, [
      'ana ana@example.org owner - delayed',
      'ana bea@example.org other hard bounce',
      'ana c@example.org other - delivered',
      'ana d@example.org other - bounce',
    ])
    await check(
      [pathOf('ana')],
      [block(ana, { ...unjudged, action: 'delayed' })],
      ['ana ana@example.org owner - complaint'],
      {
        kind: 'complaint',
      },
    )
  })

  test.each<[string, JudgedRecipient, boolean, string]>([
    ['a forward', block(bea), true, 'expanded soft'],
    ['a forward, where nobody took it', block(bea), false, 'forward hard'],
    ['where ours led to', block('x@example.net', { originalAddress: ana }), true, 'expanded soft'],
    ['ours itself', block(ana), true, 'owner hard'],
    ['a report that names nobody', block(null), true, 'owner hard'],
  ])(
    'a path at which somebody was reached is not lost by the failure of another: %s',
    async (_, one, taken, expected) => {
      const asked: string[] = []
      const wasTaken = async (_link: Link, returnPath: string) => {
        asked.push(returnPath)
        return taken
      }
      const [event] = await compose([pathOf('ana')], [one], { by: { ...steps, wasTaken } })
      expect(`${event?.concern} ${event?.verdict?.type}`).toBe(expected)
      for (const path of asked) expect(path).toBe('b-ana@bounces.crm.example')
    },
  )

  test('an expanded verdict keeps its category and reason', async () => {
    const [event] = await compose([pathOf('cleo')], [block(bea), block(ana)])
    expect(event?.verdict).toEqual({ ...hard, type: 'soft' })
  })

  test('the last link is by the address of each block', async () => {
    const asked: string[] = []
    const linkAddress = async (address: string): Promise<Link | null> => {
      asked.push(address)
      const [recordId = ''] = address.split('@')
      if (recordId === 'bea') return null
      return { by: 'address', proven: false, send: sendOf(recordId), token: address, issuedAt: null }
    }
    const blocks = [block('x@forward.example', { originalAddress: ana }), block(bea), block(null)]
    await check(
      [inbox],
      blocks,
      [
        'ana x@forward.example owner hard bounce',
        '- bea@example.org other hard bounce',
        '- - other hard bounce',
      ],
      { by: { ...steps, linkAddress } },
    )
    expect(asked).toEqual([ana, bea])
    await check([pathOf('ana')], [block(bea)], ['ana bea@example.org forward hard bounce'], {
      by: { ...steps, linkAddress },
    })
    expect(asked).toEqual([ana, bea])
  })

  test('of a hostile report at most twenty addresses are looked up, each once', async () => {
    let asked = 0
    const linkAddress = async (): Promise<null> => {
      asked++
      return null
    }
    const blocks = Array.from({ length: 90 }, (_, index) => block(`x${index % 45}@example.net`))
    await compose([inbox, pathOf('ana')], blocks, { by: { ...steps, linkAddress } })
    expect(asked).toBe(20)
  })

  test('what an event carries', async () => {
    const [event] = await compose([pathOf('ana')], [block(ana)])
    const { verdict, hints, ...recipient } = block(ana)
    expect(event).toEqual({
      isSentTo: expect.any(Function),
      fingerprint: expect.stringMatching(/^0000502e[0-9a-f]{64}$/),
      receivedAt,
      clientIp: '192.0.2.1',
      returnPath: 'b-ana@bounces.crm.example',
      kind: 'bounce',
      concern: 'owner',
      link: { by: 'signed', proven: true, send: sendOf('ana'), token: 'b-ana@bounces.crm.example', issuedAt },
      recipient,
      verdict,
      hints,
      report,
    })
  })

  test('a hostile report makes at most a hundred events, the owner among them', async () => {
    const strangers = Array.from({ length: 900 }, (_, index) => block(`x${index}@example.net`))
    const events = await compose([pathOf('ana')], [...strangers, block(ana)])
    expect(events).toHaveLength(100)
    expect(events.filter(event => event.concern === 'owner')).toHaveLength(1)
    let asked = 0
    const matches = () => ++asked < 0
    await compose([pathOf('ana')], Array(50_000).fill(block(bea)), { by: { ...steps, matches } })
    expect(asked).toBe(1000)
  })

  test('at many paths lets other work go on in between', async () => {
    let turns = 0
    let isDone = false
    const count = (): void => {
      turns++
      if (!isDone) setImmediate(count)
    }
    setImmediate(count)
    const strangers = Array.from({ length: 1000 }, (_, index) => block(`x${index}@example.net`))
    await compose(
      Array.from({ length: 100 }, (_, index) => pathOf(`record${index}`)),
      strangers,
    )
    isDone = true
    expect(turns).toBeGreaterThanOrEqual(49)
  })

  test('fails when a link step does', async () => {
    const link = async () => Promise.reject(new Error('database away'))
    await expect(compose([pathOf('ana')], [block(ana)], { by: { ...steps, link } })).rejects.toThrow(
      'database away',
    )
  })
})
