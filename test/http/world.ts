// A server on a free port whose ports are in memory, and the one place in these tests that knows how to ask it.

import { request as httpRequest } from 'node:http'
import pino from 'pino'
import { expect } from 'vitest'
import type { Ports } from '../../src/http/ports.ts'
import { createHttp, type Http, type HttpOptions } from '../../src/http/server.ts'
import type { Campaign, CampaignChange } from '../../src/model/campaign.ts'
import type { Classified } from '../../src/model/classified.ts'
import { FieldError } from '../../src/model/field-error.ts'
import type { Incident } from '../../src/model/incident.ts'
import { MintError } from '../../src/model/mint.ts'
import { CursorError } from '../../src/model/page.ts'
import type { CrmRecord, ListedRecord, RecordChange } from '../../src/model/record.ts'
import type { Rule, RulePreview } from '../../src/model/rule.ts'
import type { SavedView } from '../../src/model/saved-view.ts'
import { exampleBounce, type StoredBounce } from '../../src/model/stored-bounce.ts'

const at = new Date('2026-03-04T05:06:07.089Z')

const view: SavedView = {
  id: '5',
  list: 'records',
  name: 'Hard, this year',
  filters: { type: 'hard', from: '2026-01-01' },
  savedBy: 'http anna',
  changedAt: at,
}

export const bounce: StoredBounce = {
  ...exampleBounce,
  id: '7',
  receivedAt: at,
  recordedAt: at,
  campaignId: 'spring',
}

export function record(id: string, fields: Partial<CrmRecord> = {}): CrmRecord {
  return {
    module: 'contacts',
    id,
    email: 'ana@example.org',
    emailBounced: false,
    bouncedAddress: null,
    hardBounces: 0,
    softBounces: 0,
    lastBounceAt: null,
    resetAt: null,
    aliveAt: null,
    complaints: 0,
    lastComplaintAt: null,
    ...fields,
  }
}

export function listed(id: string, fields: Partial<ListedRecord> = {}): ListedRecord {
  return { ...record(id), lastType: 'hard', lastCategory: 'unknown-user', ...fields }
}

const rule: Rule = {
  id: '3',
  section: 'subject',
  text: 'Mail returned',
  type: 'soft',
  stage: 'override',
  source: 'own',
  enabled: true,
  category: null,
  note: null,
  hits: 0,
  lastHitAt: null,
}

const preview: RulePreview = {
  examined: 10,
  changed: 1,
  examples: [
    {
      bounceId: '7',
      receivedAt: at,
      subject: 'Mail returned',
      before: { kind: 'ordinary', type: null, category: null },
      after: { kind: 'bounce', type: 'soft', category: 'undetermined' },
    },
  ],
}

const nothingRead: Classified = {
  kind: 'ordinary',
  recipients: [],
  reportingMta: null,
  original: { messageId: null, envelopeId: null, subject: null },
  problems: [],
}

/** What the ports were asked, in order: `[port, ...arguments]`. */
export type Asked = (readonly unknown[])[]

export const incident: Incident = {
  id: '3',
  sign: 'host',
  subject: 'smtp.crm.example',
  openedAt: new Date('2026-03-01T12:00:00Z'),
  lastSignAt: new Date('2026-03-01T12:05:00Z'),
  endedAt: null,
  records: 20,
  domains: 12,
  held: 20,
  decision: null,
  decidedAt: null,
  decidedBy: null,
  reason: null,
}

/** Ports that hold a handful of things: record 42 of contacts, campaign spring, bounce 7, rule 3. */
export function fakePorts(asked: Asked): Required<Ports> {
  const records = new Map([['contacts/42', record('42')]])
  const campaigns = new Map<string, Campaign>()
  const personReply = {
    id: '7',
    receivedAt: at,
    from: 'Ana <ana@example.org>',
    replyTo: null,
    subject: 'Re: News',
    text: 'Please call me.',
    bytes: 900,
    module: 'contacts',
    recordId: '42',
    campaignId: null,
    returnPath: 'b-test@bounces.example.com',
  }
  const campaignOf = (id: string): Campaign => ({
    id,
    number: 1,
    name: null,
    sent: 0,
    hardBounces: 0,
    softBounces: 0,
    blockedBounces: 0,
    complaints: 0,
    brake: true,
  })
  campaigns.set('spring', campaignOf('spring'))
  const changeRecord = (module: string, id: string, change: RecordChange): CrmRecord => {
    const key = `${module}/${id}`
    const after = {
      ...(records.get(key) ?? record(id, { module, email: null })),
      ...(change.email === undefined ? {} : { email: change.email }),
      ...(change.emailBounced === undefined ? {} : { emailBounced: false, resetAt: at }),
    }
    records.set(key, after)
    return after
  }
  const changeCampaign = (id: string, { name, sent }: CampaignChange): Campaign => {
    const after = {
      ...(campaigns.get(id) ?? campaignOf(id)),
      ...(name === undefined ? {} : { name }),
      ...(sent === undefined ? {} : { sent }),
    }
    campaigns.set(id, after)
    return after
  }
  const page = (after: string | undefined) => {
    if (after !== undefined && after !== 'cursor') throw new CursorError('no cursor')
  }
  return {
    modules: ['contacts', 'companies', 'leads'],
    records: {
      get: async (module, id) => records.get(`${module}/${id}`) ?? null,
      change: async (module, id, change, by) => {
        asked.push(['records.change', module, id, change, by])
        return records.has(`${module}/${id}`) ? changeRecord(module, id, change) : null
      },
      alive: async (module, id, by) => {
        asked.push(['records.alive', module, id, by])
        const found = records.get(`${module}/${id}`)
        return found ? { ...found, aliveAt: at } : null
      },
      put: async (module, id, change, by) => {
        asked.push(['records.put', module, id, change, by])
        const isNew = !records.has(`${module}/${id}`)
        return { record: changeRecord(module, id, change), isNew }
      },
      history: async (module, id, query) => {
        asked.push(['records.history', module, id, query])
        page(query.after)
        return { items: id === '42' ? [bounce] : [], next: null }
      },
    },
    campaigns: {
      list: async query => {
        asked.push(['campaigns.list', query])
        page(query.after)
        return { items: [...campaigns.values()], next: null }
      },
      get: async id => campaigns.get(id) ?? null,
      change: async (id, change) => {
        asked.push(['campaigns.change', id, change])
        return campaigns.has(id) ? changeCampaign(id, change) : null
      },
      put: async (id, change) => {
        asked.push(['campaigns.put', id, change])
        const isNew = !campaigns.has(id)
        return { campaign: changeCampaign(id, change), isNew }
      },
      addSent: async (id, count, options) => {
        asked.push(['campaigns.addSent', id, count, options])
        const before = campaigns.get(id)
        if (before === undefined) return null
        campaigns.set(id, { ...before, sent: before.sent + count })
        return campaigns.get(id) ?? null
      },
    },
    bounces: {
      list: async query => {
        asked.push(['bounces.list', query])
        page(query.after)
        return { items: [bounce], next: 'cursor' }
      },
      newest: async query => {
        asked.push(['bounces.newest', query])
        page(query.after)
        return { items: [bounce], next: null }
      },
      get: async id => (id === '7' || id === '8' ? { ...bounce, id } : null),
    },
    providers: new Map([['google', ['%@gmail.com']]]),
    incidents: {
      list: async options => {
        asked.push(['incidents.list', options])
        return [incident]
      },
      get: async id => {
        asked.push(['incidents.get', id])
        return id === incident.id ? incident : null
      },
      decide: async (id, decision, by) => {
        asked.push(['incidents.decide', id, decision, by])
        if (id === '404') return { kind: 'absent' }
        if (id === '409') return { kind: 'conflict', why: 'it was decided otherwise before: drop' }
        return { kind: 'decided', incident: { ...incident, id, decision, held: 0 }, done: 19, kept: 1 }
      },
    },
    explain: async ({ id }) =>
      id === '7'
        ? {
            kind: 'bounce',
            reader: 'dsn',
            reportingMta: null,
            recipients: [{ address: 'ana@example.org', verdict: null, steps: [] }],
            sections: { body: 'no such user', subject: '', from: '', recipients: '' },
          }
        : null,
    replies: {
      list: async query => {
        asked.push(['replies.list', query])
        page(query.after)
        return { items: [personReply], next: null }
      },
      get: async id => (id === '7' ? personReply : null),
    },
    audit: async query => {
      asked.push(['audit', query])
      page(query.after)
      const row = { id: '1', at, actor: 'cli', action: 'reset', module: 'contacts', recordId: '42' }
      return { items: [{ ...row, bounceId: null, before: {} }], next: null }
    },
    summarise: async query => {
      asked.push(['summarise', query])
      const counts = { hard: 1, soft: 0, blocked: 0, complaints: 0, delayed: 0, other: 0 }
      const sent = 100
      return { items: [{ key: '2026-03-04', ...counts, sent }], total: { ...counts, sent } }
    },
    attention: async () => ({
      webhooksGivenUp: 0,
      strippedBounces: 0,
      rolesUnread: 2,
      certificateExpires: at,
    }),
    checkAddresses: async addresses => {
      asked.push(['checkAddresses', addresses])
      return addresses.map(address => ({ address, bounce, advice: 'remove' as const }))
    },
    resetRecords: async (query, options) => {
      asked.push(['resetRecords', query, options])
      return { count: 2, hasMore: false }
    },
    mint: async (items, options) => {
      asked.push(['mint', items, options])
      const wrong = items.findIndex(item => item.id === 'too-long-for-us')
      if (wrong >= 0) throw new MintError(wrong, 'id', 'does not fit')
      return items.map(({ id }) => ({
        address: `b-${id}@bounces.example.com`,
        reference: `b-${id}`,
        envelopeId: `b-${id}`,
      }))
    },
    applyStripped: async id => {
      asked.push(['applyStripped', id])
      if (id === '7') return { kind: 'applied', bounce: { ...bounce, effect: 'removed' } }
      return { kind: id === '8' ? 'complete' : 'absent' }
    },
    forget: async (address, options) => {
      asked.push(['forget', address, options])
      const none = {
        campaigns: 0,
        evidence: 0,
        returnPaths: 0,
        outbox: 0,
        rules: 0,
        views: 0,
        audit: 0,
        mails: 0,
      }
      return { records: 1, bounces: 2, replies: 1, ...none, isWiped: options.dryRun ? null : true }
    },
    webhooks: {
      list: async limit => {
        asked.push(['webhooks.list', limit])
        const failed = { attempts: 9, lastError: 'status 500', createdAt: at, dueAt: null }
        return [{ id: '1', eventId: 'evt_1', bounceId: '7', state: 'given-up', ...failed }]
      },
      census: async () => ({ waiting: 0, givenUp: 1, most: 10_000, oldestAt: null }),
      retry: async id => {
        asked.push(['webhooks.retry', id])
        return 1
      },
      drop: async id => {
        asked.push(['webhooks.drop', id])
        return 1
      },
    },
    stripped: async () => [{ id: '7', strippedAt: at, detail: 'inert', code: 'ER_1366', bounce }],
    views: {
      list: async list => {
        asked.push(['views.list', list])
        return [view]
      },
      add: async (draft, by) => {
        asked.push(['views.add', draft, by])
        if (draft.name === 'taken') throw new FieldError('name', 'is the name of another view')
        return { ...view, ...draft }
      },
      change: async (id, change, by) => {
        asked.push(['views.change', id, change, by])
        return id === view.id ? { ...view, name: change.name ?? view.name } : null
      },
      remove: async (id, by) => {
        asked.push(['views.remove', id, by])
        return id === view.id
      },
    },
    roleMails: {
      list: async () => ({
        next: null,
        items: [
          {
            id: '17',
            receivedAt: at,
            seenAt: null,
            bytes: 900,
            keptBytes: 900,
            deliveredTo: ['postmaster@bounces.example.com'],
            returnPath: '',
            from: 'Ana <ana@example.org>',
            subject: 'Your mail',
          },
        ],
      }),
      read: async id => (id === '17' ? Buffer.from('Subject: Your mail\n\nHello') : null),
    },
    examine: async () => [
      { check: 'MX bounces.example.com', state: 'fault', says: 'there is none', fix: 'Publish one.' },
    ],
    keys: async () => [
      {
        id: '1f3a09c2d4e5',
        state: 'signs',
        firstUsedAt: at,
        lastSignedAt: null,
        validUntil: null,
        inSecret: true,
      },
    ],
    tryOut: {
      choices: async () => [{ writer: 'postfix', scenarios: ['unknown-user'] }],
      send: async (writer, scenario, by) => {
        asked.push(['tryOut.send', writer, scenario, by])
        if (writer !== 'postfix') return { kind: 'unknown', why: 'There is no such writer.' }
        return { kind: 'sent', response: '250 2.0.0 Recorded as 7', isTaken: true, bounceId: '7' }
      },
    },
    health: { notReady: async () => null },
    undo: async (id, options) => {
      asked.push(['undo', id, options])
      if (id === '7') return { kind: 'undone', bounce: { ...bounce, undoneAt: at }, isNew: true }
      if (id === '8') return { kind: 'conflict', why: 'The record has another address by now.' }
      return { kind: 'absent' }
    },
    undoMany: async (query, options) => {
      asked.push(['undoMany', query, options])
      return { found: 3, removed: 2, undone: 2, left: [{ id: '9', why: 'gone' }], hasMore: false }
    },
    recordList: async query => {
      asked.push(['recordList', query])
      page(query.after)
      return { items: [listed('42')], next: null }
    },
    rules: {
      list: async query => {
        asked.push(['rules.list', query])
        page(query.after)
        return { items: [rule], next: null }
      },
      get: async id => {
        asked.push(['rules.get', id])
        return id === rule.id ? rule : null
      },
      add: async (draft, options) => {
        asked.push(['rules.add', draft, options])
        if (draft.text === 'taken') throw new FieldError('text', 'is in use')
        return { rule: { ...rule, ...draft }, isNew: draft.text !== rule.text }
      },
      change: async (id, change, options) => {
        asked.push(['rules.change', id, change, options])
        return id === rule.id ? ({ ...rule, ...change } as Rule) : null
      },
      remove: async (id, options) => {
        asked.push(['rules.remove', id, options])
        return id === rule.id
      },
      addAll: async (drafts, options) => {
        asked.push(['rules.addAll', drafts, options])
        return drafts.length
      },
      lint: async () => [{ problem: 'too-broad', rule: '3', samples: 2, message: 'use a longer text' }],
      restore: async options => void asked.push(['rules.restore', options]),
      preview: async (draft, options) => {
        asked.push(['rules.preview', draft, options])
        return options.replaces === null || options.replaces === rule.id ? preview : null
      },
    },
    classify: async bytes => {
      let read = 0
      for await (const chunk of bytes) read += chunk.length
      asked.push(['classify', read])
      return { classified: nothingRead, reader: 'none', signs: [], explanation: [] }
    },
  }
}

export interface Answer {
  readonly status: number
  readonly type: string
  readonly headers: Headers
  readonly text: string
  /** The parsed body; null where it is not JSON. */
  readonly json: Record<string, unknown> | null
}

export interface Asking {
  /** Sent as JSON, text as it stands. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface World {
  readonly url: string
  readonly port: number
  readonly http: Http
  readonly asked: Asked
  /** Every line of the log. */
  readonly log: string[]
  readonly ask: (method: string, path: string, asking?: Asking) => Promise<Answer>
  readonly close: () => Promise<void>
}

/** Asks any server. */
export function askAt(url: string): World['ask'] {
  return async (method, path, { body, headers = {} } = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const type = response.headers.get('content-type') ?? ''
    const json = text !== '' && /json/.test(type) && !/ndjson/.test(type) ? JSON.parse(text) : null
    return { status: response.status, type, headers: response.headers, text, json }
  }
}

/** Starts a server over fake ports; what is given replaces them. */
export async function openWorld(
  given: Partial<Omit<HttpOptions, 'ports'>> & { readonly ports?: Partial<Ports> } = {},
): Promise<World> {
  const asked: Asked = []
  const log: string[] = []
  const { ports, ...options } = given
  const http = createHttp({
    host: '127.0.0.1',
    port: 0,
    token: null,
    version: '1.2.3',
    metrics: {
      answered: () => {},
      text: async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', body: 'up 1\n' }),
    },
    log: pino({ level: 'trace' }, { write: line => log.push(line) }),
    ...options,
    ports: { ...fakePorts(asked), ...ports },
  })
  const { port } = await http.start()
  const url = `http://127.0.0.1:${port}`

  const ask = askAt(url)
  return { url, port, http, asked, log, ask, close: () => http.close() }
}

/** A problem as RFC 9457 writes it, with nothing else in it. */
export function expectProblem(answer: Answer, status: number, fields: readonly string[] = []): void {
  expect(answer).toMatchObject({
    status,
    type: expect.stringMatching(/^application\/problem\+json/),
    json: { type: 'about:blank', status, title: expect.any(String), detail: expect.any(String) },
  })
  expect(Object.keys(answer.json ?? {}).sort()).toEqual(
    fields.length > 0
      ? ['detail', 'errors', 'status', 'title', 'type']
      : ['detail', 'status', 'title', 'type'],
  )
  const errors = (answer.json?.errors ?? []) as { field: string; message: string }[]
  expect(errors.map(each => each.field)).toEqual(fields)
  for (const { message } of errors) expect(message).toMatch(/^[a-z].{5,}/)
  expect(answer.text).not.toMatch(/node_modules|\bat .*:\d+:\d+/)
}

/** Asks with headers that fetch would not let pass, Host above all. @returns the status. */
export function askRaw(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
  host = '127.0.0.1',
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host, port, path, headers, agent: false }, response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    request.on('error', reject)
    request.end()
  })
}

/** A world for one test, closed whatever comes of it. */
export async function withWorld(
  given: Parameters<typeof openWorld>[0],
  run: (world: World) => Promise<void>,
): Promise<void> {
  const world = await openWorld(given)
  try {
    await run(world)
  } finally {
    await world.close()
  }
}
