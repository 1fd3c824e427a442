// Bodies of requests: JSON in UTF-8, at most two megabytes; nothing at all counts as `{}`.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HttpProblem } from './problem.ts'

/** Room for 1,000 items of a mint with addresses of 320 octets, escaped. */
export const maxJsonBytes = 2 * 1024 * 1024

/**
 * Answers a body that says it is too big before a byte of it is read (RFC 9110 §15.5.14), unless a route takes more.
 */
export function refuseAnnounced(request: FastifyRequest, maxBytes: number): void {
  if (Number(request.headers['content-length'] ?? 0) <= maxBytes) return
  throw new HttpProblem(
    413,
    `The body is too large: at most ${maxBytes.toLocaleString('en')} bytes are read.`,
    { headers: { connection: 'close' } },
  )
}

/** Makes JSON, and only JSON, the language of bodies. */
export function readJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    /^application\/(?:[\w.-]+\+)?json(?:;|$)/,
    { parseAs: 'buffer' },
    (_request, body, done) => {
      const parsed = parse(body as Buffer)
      if (parsed instanceof HttpProblem) done(parsed)
      else done(null, parsed)
    },
  )
}

function parse(body: Buffer): unknown {
  const text = decode(body)
  if (text === null) return new HttpProblem(400, 'The body must be JSON in UTF-8 (RFC 8259 §8.1).')
  if (text.trim() === '') return {}
  try {
    // Null would be taken for no body at all further on.
    return JSON.parse(text) ?? new HttpProblem(400, 'The body must be a JSON object, not null.')
  } catch (error) {
    return new HttpProblem(400, `The body is not JSON: ${error instanceof Error ? error.message : ''}`)
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function decode(body: Buffer): string | null {
  try {
    return utf8.decode(body)
  } catch {
    return null
  }
}
