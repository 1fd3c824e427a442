// One line a request: who asked for what, and how it ended. No query, header or body: they hold what is secret or private.

import { type FastifyReply, type FastifyRequest, LogController } from 'fastify'

/** Takes the place of fastify's own lines; an answer that breaks off halfway is still logged by it. */
export class RequestLog extends LogController {
  override incomingRequest(): void {}

  override requestCompleted(
    _error: Error | null | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    request.log.info(
      {
        method: request.method,
        path: pathOf(request),
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        ip: request.ip,
      },
      'request',
    )
  }
}

/** The path without the query. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? ''
}
