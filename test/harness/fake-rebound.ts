// A server that answers as a perfect reader would, and whatever one lie a test tells it to tell.

import { createServer, type IncomingMessage } from 'node:http'
import type { CampaignSeen, EventSeen, RecordSeen } from '../../src/harness/api.ts'
import { type Composed, compose } from '../../src/harness/compose.ts'
import type { Pair } from '../../src/harness/mix.ts'
import { effects } from '../../src/harness/scenarios.ts'
import { momentOf } from '../../src/harness/variation.ts'
import { exampleBounce } from '../../src/model/stored-bounce.ts'
import { type FakeSmtp, fakeSmtp } from './fake-smtp.ts'

export interface Lies {
  readonly event?: (event: EventSeen, pair: Pair) => EventSeen | null
  readonly record?: (record: RecordSeen, pair: Pair) => RecordSeen
  readonly campaign?: (campaign: CampaignSeen) => CampaignSeen
  readonly reply?: (pair: Pair) => string
  /** Answers every request with this status. */
  readonly status?: number
  /** The token that requests must carry. */
  readonly token?: string
}

export interface FakeRebound {
  readonly smtp: FakeSmtp
  readonly url: string
  readonly environment: Readonly<Record<string, string>>
  readonly close: () => Promise<void>
}

interface Delivered {
  readonly composed: Composed
  readonly pair: Pair
}

/** `pairs` and `seedOf` tell it what the n-th minted return path will be sent. */
export async function fakeRebound(
  pairs: readonly Pair[],
  seedOf: (index: number) => string,
  at: Date | string,
  lies: Lies = {},
): Promise<FakeRebound> {
  const moment = typeof at === 'string' ? momentOf(at) : at
  const minted: { id: string; to: string; campaign: string }[] = []
  const emails = new Map<string, string>()
  const delivered = new Map<string, Delivered>()

  const smtp = await fakeSmtp({
    message: ({ to }) => {
      const index = minted.findIndex((_, index) => pathOf(index) === to)
      const item = minted[index]
      const pair = pairs[index]
      if (item === undefined || pair === undefined) return '550 5.1.1 unknown'
      const reply = lies.reply?.(pair) ?? '250 2.1.5 recorded'
      if (!reply.startsWith('2')) return reply
      const { writer, scenario } = pair
      const seed = seedOf(index)
      const composed = compose(writer, scenario, { returnPath: to, recipient: item.to, at: moment, seed })
      delivered.set(item.id, { composed, pair })
      return reply
    },
  })

  const answer = (method: string, path: string, query: URLSearchParams, body: unknown): unknown => {
    const [, , collection, module, id, history] = path.split('/')
    if (collection === 'return-paths') {
      const items = (body as { items: typeof minted }).items
      return {
        items: items.map(item => {
          minted.push(item)
          return { address: pathOf(minted.length - 1) }
        }),
      }
    }
    if (collection === 'campaigns') return campaign()
    if (collection === 'bounces') {
      // Two to a page, to be read to its end.
      const from = Number(query.get('after') ?? 0)
      const all = [...delivered.keys()].flatMap(events)
      const next = from + 2 < all.length ? String(from + 2) : null
      return { items: all.slice(from, from + 2), next }
    }
    if (method === 'PUT') {
      emails.set(id ?? '', (body as { email: string }).email)
      return {}
    }
    return history === undefined ? record(module ?? '', id ?? '') : { items: events(id ?? ''), next: null }
  }

  const events = (id: string): EventSeen[] => {
    const found = delivered.get(id)
    if (found === undefined) return []
    const event = eventOf(found.composed, id)
    const told = lies.event === undefined ? event : lies.event(event, found.pair)
    return told === null ? [] : [{ ...event, concern: 'other', kind: 'bounce', type: 'hard' }, told]
  }
  const record = (module: string, id: string): RecordSeen => {
    const found = delivered.get(id)
    const email = emails.get(id) ?? null
    const effect = effects[found?.composed.expected.effect ?? 'none']
    const truth: RecordSeen = {
      module,
      id,
      email: effect.addressRemoved ? null : email,
      emailBounced: effect.flagged,
      bouncedAddress: effect.addressRemoved ? email : null,
      hardBounces: effect.hard,
      softBounces: effect.soft,
      lastBounceAt: null,
      resetAt: null,
      aliveAt: null,
      complaints: 0,
      lastComplaintAt: null,
    }
    return found === undefined ? truth : (lies.record?.(truth, found.pair) ?? truth)
  }
  const campaign = (): CampaignSeen => {
    const all = [...delivered.values()].map(({ composed }) => effects[composed.expected.effect])
    const sum = (column: 'hard' | 'soft' | 'blocked' | 'complaints'): number =>
      all.reduce((total, effect) => total + effect[column], 0)
    const truth: CampaignSeen = {
      id: minted[0]?.campaign ?? '',
      number: 1,
      name: null,
      sent: minted.length,
      hardBounces: sum('hard'),
      softBounces: sum('soft'),
      blockedBounces: sum('blocked'),
      complaints: sum('complaints'),
      brake: false,
    }
    return lies.campaign?.(truth) ?? truth
  }

  const http = createServer((request, response) => {
    void readAll(request).then(text => {
      if (
        lies.status !== undefined ||
        (lies.token && request.headers.authorization !== `Bearer ${lies.token}`)
      ) {
        response.writeHead(lies.status ?? 401, { 'content-type': 'application/problem+json' })
        response.end('{"title":"no"}')
        return
      }
      const url = new URL(request.url ?? '/', 'http://fake.example')
      const body = text === '' ? undefined : JSON.parse(text)
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(answer(request.method ?? '', url.pathname, url.searchParams, body)))
    })
  })
  await new Promise<void>(listening => http.listen(0, '127.0.0.1', listening))
  const address = http.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    smtp,
    url: `http://127.0.0.1:${port}`,
    environment: { REBOUND_SMTP_PORT: String(smtp.port), REBOUND_HTTP_PORT: String(port) },
    close: async () => {
      http.closeAllConnections()
      await Promise.all([smtp.close(), new Promise(closed => http.close(closed))])
    },
  }
}

const pathOf = (index: number): string => `b-${index}@bounces.example`

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

function eventOf({ expected, returnPath }: Composed, id: string): EventSeen {
  return {
    ...(JSON.parse(JSON.stringify(exampleBounce)) as EventSeen),
    id: `event-${id}`,
    kind: expected.kind,
    type: expected.type,
    category: expected.categories[0] ?? null,
    permanent: expected.permanent ?? null,
    status: expected.status,
    replyCode: expected.replyCode ?? null,
    reportedAddress: expected.address ?? null,
    recordId: id,
    returnPath,
  }
}
