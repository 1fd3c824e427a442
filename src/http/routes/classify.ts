// POST /v1/classify: what Rebound makes of one raw mail; nothing is kept and nothing has an effect.

import { Readable } from 'node:stream'
import { z } from 'zod'
import { refuseAnnounced } from '../body.ts'
import type { Ports } from '../ports.ts'
import { HttpProblem } from '../problem.ts'
import { type Api, fields } from '../schema.ts'
import { classifiedAndWhy } from '../verdict-answers.ts'

/** @param maxBytes How large a mail may be. */
export function classify(api: Api, { classify }: Pick<Ports, 'classify'>, maxBytes: number): void {
  if (classify === undefined) return
  // A mail is a mail whatever type it is sent with, and is read as it comes, never whole.
  api.removeAllContentTypeParsers()
  api.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  api.addHook('preParsing', async request => refuseAnnounced(request, maxBytes))

  api.post(
    '/v1/classify',
    {
      schema: {
        operationId: 'classifyMail',
        summary: 'Judge one raw mail, without any effect',
        tags: ['classify'],
        consumes: ['message/rfc822'],
        querystring: fields({
          explain: z
            .enum(['true', 'false'])
            .optional()
            .meta({ description: '`true`: with reader, signs, and what every rung of the ladder says.' }),
          nullSender: z
            .enum(['true', 'false'])
            .optional()
            .meta({ description: '`true`: the mail came with `MAIL FROM:<>`.' }),
        }),
        body: z
          .unknown()
          .meta({ type: 'string', description: 'The mail with its header, as it was received.' }),
        response: { 200: classifiedAndWhy },
      },
    },
    async (request, reply) => {
      const body = request.body instanceof Readable ? request.body : Readable.from([])
      const upload = bounded(body, maxBytes)
      const answer = await classify(upload.bytes, { nullSender: request.query.nullSender === 'true' })
      if (!upload.isTooBig()) {
        const { classified, ...why } = answer
        return request.query.explain === 'true' ? { ...classified, ...why } : classified
      }
      // A client that still sends does not listen: what it sends is taken in and dropped until the line is closed.
      body.resume()
      reply.header('connection', 'close')
      throw new HttpProblem(
        413,
        `The mail is too large: at most ${maxBytes.toLocaleString('en')} bytes are read.`,
      )
    },
  )
}

interface Upload {
  readonly bytes: AsyncIterable<Uint8Array>
  readonly isTooBig: () => boolean
}

/** Ends after `maxBytes` and remembers that there was more. */
function bounded(body: Readable, maxBytes: number): Upload {
  let read = 0
  async function* upTo(): AsyncGenerator<Uint8Array> {
    // Ending early must not destroy the stream, since the answer goes over the same line.
    for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      read += chunk.length
      if (read > maxBytes) return
      yield chunk
    }
  }
  return { bytes: upTo(), isTooBig: () => read > maxBytes }
}
