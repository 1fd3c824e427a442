// Who may ask: the token rules, decided before a byte of a body is read.
//
// With a token it is asked for everywhere but on the probes. Without one Rebound trusts its own machine alone:
// a peer on loopback, asking for a loopback name (else a web page could reach us through a name that its owner
// points at 127.0.0.1), not sent on by a proxy, and not by a page of another site. /healthz and /readyz are open
// in any case: they tell that we live and nothing else, and load balancers send no name or a strange one.

import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { isLoopback } from '../model/loopback.ts'
import { HttpProblem } from './problem.ts'

export interface Asking {
  /** The route as registered, `/v1/records/:module/:id`; null when there is none. */
  readonly route: string | null
  /** The address of the peer. */
  readonly peer: string
  readonly headers: IncomingHttpHeaders
}

/** Answers nothing for who may ask, and the problem to answer for who may not. */
export type Access = (asking: Asking) => HttpProblem | null

const alwaysOpen: ReadonlySet<string | null> = new Set(['/healthz', '/readyz'])
/** Open although a token is set. */
export const openBesideToken: ReadonlySet<string | null> = new Set([...alwaysOpen, '/metrics'])

/** The rules for a server with this token, or with none. */
export function access(token: string | null): Access {
  if (token === null) return asking => (alwaysOpen.has(asking.route) ? null : refuseStrangers(asking))
  const expected = digest(token)
  return ({ route, headers }) => {
    if (openBesideToken.has(route)) return null
    const given = bearer(headers.authorization)
    if (given === null) return unauthorized('Send the API token: Authorization: Bearer <REBOUND_API_TOKEN>.')
    // Digests have one length, so that comparing them tells nothing of the token, its length included.
    if (timingSafeEqual(digest(given), expected)) return null
    return unauthorized('The API token is not the one in REBOUND_API_TOKEN.')
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** RFC 6750 §2.1; the scheme in any case (RFC 9110 §11.1). */
function bearer(authorization: string | undefined): string | null {
  return authorization?.match(/^bearer +([^ ]+) *$/i)?.[1] ?? null
}

function unauthorized(detail: string): HttpProblem {
  return new HttpProblem(401, detail, { headers: { 'www-authenticate': 'Bearer realm="rebound"' } })
}

function refuseStrangers({ peer, headers }: Asking): HttpProblem | null {
  if (!isLoopback(peer)) return forbidden('requests from other machines are refused')
  if (!isLoopbackName(headers.host))
    return forbidden('only localhost, 127.0.0.1 and [::1] are served as Host')
  if (isForwarded(headers)) return forbidden('forwarded requests are refused')
  if (isForeignPage(headers)) return forbidden('requests from pages of other sites are refused')
  return null
}

function forbidden(why: string): HttpProblem {
  return new HttpProblem(403, `Without a token ${why}: set REBOUND_API_TOKEN and send it.`)
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
function isForeignPage({ origin, host }: IncomingHttpHeaders): boolean {
  if (origin === undefined) return false
  return origin.replace(/^https?:\/\//, '') !== host
}

/** Who did it, for the audit: the token is one for all, so the address is what tells callers apart. */
export function actorOf(request: { readonly ip: string }): string {
  return `http ${request.ip}`
}
