// The HTTP side: puts access, schemas, routes and problem details together, and listens.

import type { AddressInfo, Socket } from 'node:net'
import { type FastifyBaseLogger, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { access, askedHost, type MetricsAccess, openBesideToken } from './access.ts'
import { areaOf } from './areas.ts'
import { type AuthThrottle, createAuthThrottle } from './auth-throttle.ts'
import { maxJsonBytes, readJson } from './body.ts'
import { boundConnections } from './connections.ts'
import { securityHeaders } from './headers.ts'
import { describedApi } from './openapi.ts'
import { operations } from './operations.ts'
import { type OtherMethods, otherMethods } from './other-methods.ts'
import { type AnswerMissing, isForPeople, type OpenPages, pageDoor, toSignIn } from './page-door.ts'
import type { MetricsPort, Ports } from './ports.ts'
import { probes } from './probes.ts'
import { HttpProblem, problemMediaType, problemOf } from './problem.ts'
import { pathOf, RequestLog } from './request-log.ts'
import { type Api, fields, ownCompilers, type ZodTypes } from './schema.ts'
import type { Tokens } from './tokens.ts'
import { boundUnread } from './unread-answers.ts'

export interface HttpOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** REBOUND_API_TOKEN; where there is neither it nor others, this machine alone is served: see `access.ts`. */
  readonly token: string | null
  /** Beside it. */
  readonly moreTokens?: Tokens | undefined
  /** Registers the pages for people; there are none unless told. */
  readonly pages?: OpenPages | undefined
  /** Who may read the metrics; `open` unless set. */
  readonly metricsAccess?: MetricsAccess
  readonly ports: Ports
  readonly metrics: MetricsPort
  readonly log: FastifyBaseLogger
  /** Rebound's version, for the description of the API. */
  readonly version: string
  /** How large a mail to classify may be; 50 MB unless told. */
  readonly maxMessageBytes?: number
  /** Wrong tokens that one network may send in a minute; 10 unless told. */
  readonly maxAuthFailures?: number
  /** Whose wrong tokens are not counted; nobody's unless told. */
  readonly isTrusted?: (ip: string) => boolean
  readonly deadlines?: Partial<Deadlines>
}

interface Deadlines {
  /** For the head of a request, from the connection on. */
  readonly headMs: number
  /** For the whole of it, a mail to classify included. */
  readonly requestMs: number
  /** How often the two are looked after. */
  readonly checkMs: number
  /** For a piece of an answer, so far as the client is waited for: a page of a list at most. */
  readonly stalledMs: number
}

const defaultDeadlines: Deadlines = {
  headMs: 10_000,
  requestMs: 120_000,
  checkMs: 2_000,
  stalledMs: 60_000,
}

/** So that half-sent requests leave descriptors for mail and database. */
const maxConnections = 200

export interface Http {
  /** Resolves once it listens, with the address taken; rejects when it cannot. */
  readonly start: () => Promise<{ readonly host: string; readonly port: number }>
  /** Takes no more connections, lets running requests finish for five seconds, and ends the rest. */
  readonly close: () => Promise<void>
}

const graceMs = 5_000

/** Makes the server; nothing listens until `start`. */
export function createHttp(options: HttpOptions): Http {
  const app = build(options)
  return {
    start: async () => {
      await app.listen({ host: options.host, port: options.port })
      const { address, port } = app.server.address() as AddressInfo
      return { host: address, port }
    },
    close: async () => {
      const force = setTimeout(() => app.server.closeAllConnections(), graceMs)
      await app.close().finally(() => clearTimeout(force))
    },
  }
}

function build(options: HttpOptions): Api {
  const { ports, metrics, log, version, maxMessageBytes = 50_000_000 } = options
  const { headMs, requestMs, checkMs, stalledMs } = { ...defaultDeadlines, ...options.deadlines }
  const app = fastify({
    loggerInstance: log,
    logController: new RequestLog(),
    bodyLimit: maxJsonBytes,
    requestTimeout: requestMs,
    // Refused by us, in words, as everything else.
    http: { requireHostHeader: false, headersTimeout: headMs, connectionsCheckingInterval: checkMs },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    // Ids in paths are measured by their schema, which says what is wrong; Node caps the whole head at 16 KB.
    routerOptions: { maxParamLength: 16_384 },
    frameworkErrors: answerProblem,
    clientErrorHandler: answerGarbage,
    schemaController: ownCompilers,
  }).withTypeProvider<ZodTypes>()

  boundConnections(app, maxConnections)
  boundUnread(app, stalledMs)
  readJson(app)
  const others = otherMethods(app)
  countAnswers(app, metrics, others)
  const tokens = tokensOf(options)
  const throttle = createAuthThrottle(options.maxAuthFailures ?? 10, options.isTrusted ?? (() => false))
  const { metricsAccess = 'open', pages } = options
  guard(app, { tokens, throttle, metricsAccess, others, hasPages: pages !== undefined })
  // Before a body is read.
  app.addHook('onRequest', async request => {
    const refusal = others.refusal(request)
    if (refusal !== null) throw refusal
  })
  app.setErrorHandler(answerProblem)
  let answerMissing: AnswerMissing | null = null
  app.setNotFoundHandler((request, reply) => {
    if (answerMissing !== null && isForPeople(request)) return answerMissing(request, reply)
    throw new HttpProblem(404, `There is nothing at ${pathOf(request)}; /openapi.json lists what there is.`)
  })

  refuseStrayQueries(app)
  const description = describedApi(app, version)
  app.register(async scope => {
    const api: Api = scope.withTypeProvider<ZodTypes>()
    await operations(api, ports, maxMessageBytes)
    if (options.pages)
      await api.register((inner, _options, done) => {
        answerMissing = options.pages?.(inner, pageDoor(ports, tokens, throttle)) ?? null
        done()
      })
    probes(api, { health: ports.health, metrics })
    api.get('/openapi.json', description)
    others.refuseNamed(api)
  })
  return app
}

/** Of each request that reached us whole. */
function countAnswers(app: Api, metrics: MetricsPort, others: OtherMethods): void {
  app.addHook('onResponse', async (request, reply) => {
    const area = areaOf(request.routeOptions.url ?? others.urlOf(request))
    metrics.answered({ area, status: reply.statusCode, seconds: reply.elapsedTime / 1000 })
  })
}

/** Null if there is none at all. */
function tokensOf({ token, moreTokens }: HttpOptions): Tokens | null {
  const main = token === null ? [] : [{ name: null, token, isReader: false }]
  if (moreTokens === undefined) return token === null ? null : () => main
  return () => [...main, ...moreTokens()]
}

interface Guard {
  readonly tokens: Tokens | null
  readonly throttle: AuthThrottle
  readonly metricsAccess: MetricsAccess
  readonly others: OtherMethods
  readonly hasPages: boolean
}

/** Decides who may ask before a body is read. */
function guard(app: Api, { tokens, throttle, metricsAccess, others, hasPages }: Guard): void {
  const decide = access(tokens, metricsAccess)
  const open = openBesideToken(metricsAccess)
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders)
    const { method, headers, routeOptions } = request
    if (request.raw.httpVersion === '1.1' && headers.host === undefined)
      throw new HttpProblem(400, 'The request has no Host, which HTTP/1.1 requires (RFC 9112 §3.2).')
    const peer = request.socket.remoteAddress ?? ''
    const triesToken = tokens !== null && headers.authorization !== undefined
    const waitSeconds = triesToken ? throttle.waitSeconds(peer) : null
    if (waitSeconds !== null) throw tooManyFailures(waitSeconds)
    const route = routeOptions.url ?? others.urlOf(request)
    const { isOpen = false } = routeOptions.config ?? {}
    const host = askedHost(request.raw.url ?? '', headers)
    const decided = decide({ route, peer, method, headers: { ...headers, host }, isOpen })
    if (!(decided instanceof HttpProblem)) {
      request.caller = { name: decided.name, isReader: decided.isReader }
      if (triesToken && !open.has(route)) throttle.succeeded(peer)
      return
    }
    if (triesToken && decided.status === 401) throttle.failed(peer)
    const mayAsk = decided.status === 401 && !triesToken && hasPages
    if (mayAsk && isForPeople(request)) return toSignIn(request, reply)
    throw decided
  })
}

/** RFC 6585 §4. */
function tooManyFailures(waitSeconds: number): HttpProblem {
  return new HttpProblem(429, 'Too many wrong API tokens from your network; try again later.', {
    headers: { 'retry-after': String(waitSeconds), connection: 'close' },
  })
}

function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf(error)
  // A client that is gone gets no answer, and that is not our fault.
  const isGone = request.socket?.destroyed ?? true
  if (problem.cause !== undefined && !isGone) request.log.error({ err: problem.cause }, problem.message)
  // Some faults come before any hook has run.
  reply.headers(securityHeaders)
  reply.code(problem.status).headers(problem.headers).type(problemMediaType).send(problem.details())
}

/** Bytes that are no HTTP, a head that is too large, or one that never ends. */
function answerGarbage(error: Error & { readonly code?: string }, socket: Socket): void {
  const status = garbage[error.code ?? ''] ?? 400
  const body = JSON.stringify(new HttpProblem(status, 'This is not a valid HTTP request.').details())
  if (socket.writable)
    socket.write(
      `HTTP/1.1 ${status} ${status === 400 ? 'Bad Request' : 'Error'}\r\nConnection: close\r\n` +
        `${garbageHeaders}Content-Type: ${problemMediaType}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
  socket.destroySoon()
}

const garbageHeaders = Object.entries(securityHeaders)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('')

const garbage: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** A query where none is asked for is a slip that would otherwise go unnoticed. */
function refuseStrayQueries(app: Api): void {
  app.addHook('onRoute', route => {
    if (route.url.startsWith('/v1/') && route.schema && !route.schema.hide)
      route.schema.querystring ??= fields({})
  })
}
