// The API's tokens: each with the name that stands in the audit, and whether it may change anything.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { ApiToken } from '../model/api-token.ts'

/** Those that are valid at this moment. */
export type Tokens = () => readonly ApiToken[]

/** Digests have one length, so that comparing them tells nothing of the token, its length included. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** The one that was sent. All are compared, so that the time tells nothing of which. */
export function tokenNamed(tokens: Tokens, given: string): ApiToken | null {
  const wanted = digest(given)
  return tokens().filter(({ token }) => timingSafeEqual(digest(token), wanted))[0] ?? null
}

/** How long a page stays signed in, in milliseconds. */
export const sessionMs = 12 * 3_600_000

/** What a page's cookie holds instead of the token: it says until when, and is signed with the token, so that it dies with it. */
export function sessionOf({ token }: ApiToken, now: number): string {
  const until = now + sessionMs
  return `${until}.${signature(token, until)}`
}

/** The token that a session was opened with; null if the session is over, forged, or its token no longer valid. */
export function tokenOfSession(tokens: Tokens, session: string, now: number): ApiToken | null {
  const [, until = '', given = ''] = /^(\d{1,15})\.([\w-]{43})$/.exec(session) ?? []
  if (!(Number(until) > now)) return null
  const wanted = Buffer.from(given)
  const isIt = ({ token }: ApiToken): boolean =>
    timingSafeEqual(Buffer.from(signature(token, Number(until))), wanted)
  return tokens().filter(isIt)[0] ?? null
}

function signature(token: string, until: number): string {
  return createHmac('sha256', digest(`session of ${token}`))
    .update(String(until))
    .digest('base64url')
}
