// A server on a free port whose ports are in memory, and the one place in these tests that knows how to ask it.

import { request as httpRequest } from 'node:http'
import pino from 'pino'
import { expect } from 'vitest'
import type { Ports } from '../../src/http/ports.ts'
import { createHttp, type Http, type HttpOptions } from '../../src/http/server.ts'
import type { Campaign, CampaignChange } from '../../src/model/campaign.ts'
import type { Classified } from '../../src/model/classified.ts'
import { FieldError } from '../../src/model/field-error.ts'
import { MintError } from '../../src/model/mint.ts'
import { CursorError } from '../../src/model/page.ts'
import type { CrmRecord, ListedRecord, RecordChange } from '../../src/model/record.ts'
import type { Rule, RulePreview } from '../../src/model/rule.ts'
import { exampleBounce, type StoredBounce } from '../../src/model/stored-bounce.ts'

const at = new Date('2026-03-04T05:06:07.089Z')

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

/** Ports that hold a handful of things: record 42 of contacts, campaign spring, bounce 7, rule 3. */
export function fakePorts(asked: Asked): Required<Ports> {
  const records = new Map([['contacts/42', record('42')]])
  const campaigns = new Map<string, Campaign>()
  const campaignOf = (id: string): Campaign => ({
    id,
    number: 1,
    name: null,
    sent: 0,
    hardBounces: 0,
    softBounces: 0,
    blockedBounces: 0,
    complaints: 0,
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
    health: { notReady: async () => null },
    undo: async (id, options) => {
      asked.push(['undo', id, options])
      if (id === '7') return { kind: 'undone', bounce: { ...bounce, undoneAt: at } }
      if (id === '8') return { kind: 'conflict', why: 'The record has another address by now.' }
      return { kind: 'absent' }
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
      preview: async (draft, options) => {
        asked.push(['rules.preview', draft, options])
        return options.replaces === null || options.replaces === rule.id ? preview : null
      },
    },
    classify: async bytes => {
      let read = 0
      for await (const chunk of bytes) read += chunk.length
      asked.push(['classify', read])
      return nothingRead
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
