// Who may ask: the token rules, decided before a byte of a body is read.
//
// With a token it is asked for everywhere but on the probes. Without one Rebound trusts its own machine alone:
// a peer on loopback, asking for a loopback name (else a web page could reach us through a name that its owner
// points at 127.0.0.1), not sent on by a proxy, and not by a page of another site. /healthz and /readyz are open
// in any case: they tell that we live and nothing else, and load balancers send no name or a strange one.

import type { IncomingHttpHeaders } from 'node:http'
import type { ApiToken } from '../model/api-token.ts'
import { isLoopback } from '../model/loopback.ts'
import { HttpProblem } from './problem.ts'
import { type Tokens, tokenNamed, tokenOfSession } from './tokens.ts'

export interface Asking {
  /** The route as registered, `/v1/records/:module/:id`; null when there is none. */
  readonly route: string | null
  /** The address of the peer. */
  readonly peer: string
  /** GET unless told. */
  readonly method?: string
  readonly headers: IncomingHttpHeaders
  /** Served to everyone once a token is set: how else would one sign in? */
  readonly isOpen?: boolean
}

/** Who asks. */
export interface Caller {
  /** Of the token; null where it has none, or none was sent. */
  readonly name: string | null
  /** May change nothing. */
  readonly isReader: boolean
}

const nobody: Caller = { name: null, isReader: false }

/** Answers who asks, or the problem to answer for who may not. */
export type Access = (asking: Asking) => HttpProblem | Caller

const alwaysOpen: ReadonlySet<string | null> = new Set(['/healthz', '/readyz'])

/** Who may read `/metrics`: everyone (this machine, if no token is set), holders of a token, or this machine. */
export type MetricsAccess = 'open' | 'token' | 'loopback'

/** What is served without the token, although one is set. */
export function openBesideToken(metrics: MetricsAccess): ReadonlySet<string | null> {
  return metrics === 'token' ? alwaysOpen : new Set([...alwaysOpen, '/metrics'])
}

/** The rules for a server with these tokens, or with none. */
export function access(tokens: Tokens | null, metrics: MetricsAccess = 'open'): Access {
  const open = openBesideToken(metrics)
  if (tokens === null)
    return asking => (alwaysOpen.has(asking.route) ? null : refuseStrangers(asking)) ?? nobody
  return asking => {
    const { route, headers, isOpen = false } = asking
    if (route === '/metrics' && metrics === 'loopback') return refuseScraper(asking) ?? nobody
    if (open.has(route) || isOpen) return nobody
    const given = bearer(headers.authorization)
    const session = given === null ? sessionIn(headers.cookie) : null
    if (given === null && session === null)
      return unauthorized('Send the API token: Authorization: Bearer <REBOUND_API_TOKEN>.')
    const token =
      given === null ? tokenOfSession(tokens, session ?? '', Date.now()) : tokenNamed(tokens, given)
    if (token === null)
      return unauthorized(
        given === null
          ? 'You are no longer signed in.'
          : 'The API token is none of those that are valid: see REBOUND_API_TOKEN.',
      )
    return callerOf(token, asking, given === null)
  }
}

function callerOf(token: ApiToken, asking: Asking, isSession: boolean): HttpProblem | Caller {
  const { method = 'GET', route, headers } = asking
  if (!isWrite(method)) return token
  // Browsers send the cookie from any site's page: another site's form must not act as the reader.
  if (isSession && !isOwnPage(headers))
    return new HttpProblem(403, 'Only a page of Rebound itself may change something for who is signed in.')
  if (token.isReader && !changesNothing.has(route))
    return new HttpProblem(403, 'This token may read everything and change nothing.')
  return token
}

/** POST routes that change nothing. */
const changesNothing: ReadonlySet<string | null> = new Set([
  '/v1/classify',
  '/v1/rules/preview',
  '/v1/addresses/check',
  '/why',
  '/rules/preview',
  '/rules/test',
  '/sign-out',
])

function isWrite(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS'
}

/** The name of the cookie that keeps a page signed in. */
export const sessionCookie = 'rebound_session'

/** RFC 6265 §4.2.1. */
function sessionIn(cookie: string | undefined): string | null {
  const pairs = cookie?.split(';').map(pair => pair.trim()) ?? []
  const ours = pairs.find(pair => pair.startsWith(`${sessionCookie}=`))
  return ours === undefined ? null : ours.slice(sessionCookie.length + 1)
}

/** Browsers say where a request comes from: Sec-Fetch-Site (Fetch Metadata), older ones Origin alone. */
function isOwnPage({ origin, host, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  if (site !== undefined && site !== 'same-origin') return false
  if (origin === undefined) return site !== undefined
  return origin.replace(/^https?:\/\//, '') === host
}

/** RFC 6750 §2.1; the scheme in any case (RFC 9110 §11.1). */
function bearer(authorization: string | undefined): string | null {
  return authorization?.match(/^bearer +([^ ]+) *$/i)?.[1] ?? null
}

function unauthorized(detail: string): HttpProblem {
  return new HttpProblem(401, detail, { headers: { 'www-authenticate': 'Bearer realm="rebound"' } })
}

function refuseStrangers(asking: Asking): HttpProblem | null {
  const why = strangeness(asking)
  return why === null
    ? null
    : new HttpProblem(403, `Without a token ${why}: set REBOUND_API_TOKEN and send it.`)
}

function refuseScraper(asking: Asking): HttpProblem | null {
  const why = strangeness(asking)
  return why === null
    ? null
    : new HttpProblem(403, `Of the metrics ${why}: set REBOUND_METRICS=token and send the token.`)
}

/** Why a request does not come from this machine; null if it does. */
function strangeness(asking: Asking): string | null {
  const { peer, headers } = asking
  if (!isLoopback(peer)) return 'requests from other machines are refused'
  if (!isLoopbackName(headers.host)) return 'only localhost, 127.0.0.1 and [::1] are served as Host'
  if (isForwarded(headers)) return 'forwarded requests are refused'
  if (isForeignPage(asking)) return 'requests from pages of other sites are refused'
  return null
}

/** The host that is asked for: that of an absolute target outweighs the field (RFC 9112 §3.2.2). */
export function askedHost(url: string, { host }: IncomingHttpHeaders): string | undefined {
  return /^https?:\/\/([^/?#]*)/i.exec(url)?.[1] ?? host
}

function isLoopbackName(host: string | undefined): boolean {
  return host !== undefined && /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i.test(host)
}

/** What proxies add: by RFC 7239 and RFC 9110 §7.6.3, and by custom. */
const proxyHeaders: ReadonlySet<string> = new Set([
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
])

function isForwarded(headers: IncomingHttpHeaders): boolean {
  return Object.keys(headers).some(name => proxyHeaders.has(name) || name.startsWith('x-forwarded-'))
}

/** A browser names the page's site in Origin (RFC 6454 §7.3); ours is the one that was asked for. */
function isForeignPage({ method = 'GET', headers }: Asking): boolean {
  const { origin, host, 'sec-fetch-site': site } = headers
  // A link from another site may lead to us; a form of it may not.
  if (isWrite(method) && (site === 'cross-site' || site === 'same-site')) return true
  if (origin === undefined) return false
  return origin.replace(/^https?:\/\//, '') !== host
}

/** Who did it, for the audit: the name of the token, else the address. */
export function actorOf(request: { readonly ip: string; readonly caller?: Caller | undefined }): string {
  return `http ${request.caller?.name ?? request.ip}`
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before a handler runs. */
    caller?: Caller
  }
}
