// What the pages get of the HTTP side: the same ports as the API, who asks, and signing in.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { sessionCookie } from './access.ts'
import type { AuthThrottle } from './auth-throttle.ts'
import type { Ports } from './ports.ts'
import { sessionMs, sessionOf, type Tokens, tokenNamed } from './tokens.ts'

/** `wait`: so many seconds, since too many wrong tokens came from there. */
export type SignedIn = { readonly kind: 'in' | 'wrong' } | { readonly kind: 'wait'; readonly seconds: number }

export interface PageDoor {
  readonly ports: Ports
  /** One has to sign in. */
  readonly hasTokens: boolean
  readonly signIn: (request: FastifyRequest, reply: FastifyReply, token: string) => SignedIn
  readonly signOut: (request: FastifyRequest, reply: FastifyReply) => void
}

/** Tells a person that there is nothing at an address. */
export type AnswerMissing = (request: FastifyRequest, reply: FastifyReply) => void

/** Registers the pages. */
export type OpenPages = (app: FastifyInstance, door: PageDoor) => AnswerMissing

/** A page, or an address that is none and that somebody wrote or followed: it is no program that asks the API. */
export function isForPeople({ method, url, headers, routeOptions }: FastifyRequest): boolean {
  if (routeOptions.config?.isPage === true) return true
  const isUnknown = routeOptions.url === undefined && !url.startsWith('/v1/')
  return method === 'GET' && isUnknown && (headers.accept ?? '').includes('text/html')
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A page for people: who may not see it is asked to sign in. */
    readonly isPage?: boolean
    /** Served without a token. */
    readonly isOpen?: boolean
  }
}

export function pageDoor(ports: Ports, tokens: Tokens | null, throttle: AuthThrottle): PageDoor {
  return {
    ports,
    hasTokens: tokens !== null,
    signIn: (request, reply, given) => {
      const peer = request.socket.remoteAddress ?? ''
      const seconds = throttle.waitSeconds(peer)
      if (seconds !== null) return { kind: 'wait', seconds }
      const token = tokens && tokenNamed(tokens, given)
      if (!token) {
        throttle.failed(peer)
        return { kind: 'wrong' }
      }
      throttle.succeeded(peer)
      setCookie(request, reply, sessionOf(token, Date.now()), sessionMs / 1000)
      return { kind: 'in' }
    },
    signOut: (request, reply) => setCookie(request, reply, '', 0),
  }
}

/** RFC 6265 §4.1. A proxy that speaks TLS to the browser says so. */
function setCookie(request: FastifyRequest, reply: FastifyReply, value: string, seconds: number): void {
  const secure = request.headers['x-forwarded-proto'] === 'https' ? '; Secure' : ''
  reply.header(
    'set-cookie',
    `${sessionCookie}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`,
  )
}

/** To the page that signs in, and back from there. */
export function toSignIn(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const back = request.method === 'GET' ? request.url : '/'
  return reply.redirect(`/sign-in?${new URLSearchParams({ back })}`, 303)
}
