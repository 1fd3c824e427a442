// Bodies of forms: names and values, and files as far as they are read into memory.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HttpProblem } from '../http/problem.ts'

/** Of a form with a file; a mail that is looked at here is judged by its beginning anyway. */
const maxFormBytes = 5 * 1024 * 1024

/** Makes forms, and only forms, the language of bodies. */
export function readForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  const bounded: { parseAs: 'buffer'; bodyLimit: number } = { parseAs: 'buffer', bodyLimit: maxFormBytes }
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    bounded,
    async (_request: FastifyRequest, body: Buffer) => firstOfEach(new URLSearchParams(body.toString())),
  )
  app.addContentTypeParser('multipart/form-data', bounded, async (request: FastifyRequest, body: Buffer) => {
    const type = request.headers['content-type'] ?? ''
    try {
      // undici reads multipart/form-data (RFC 7578); Node has no other door to it.
      return firstOfEach(
        await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData(),
      )
    } catch {
      throw new HttpProblem(400, 'This form cannot be read.')
    }
  })
}

function firstOfEach(pairs: Iterable<[string, unknown]>): Record<string, unknown> {
  const given: Record<string, unknown> = Object.create(null)
  for (const [name, value] of pairs) if (!(name in given)) given[name] = value
  return given
}
