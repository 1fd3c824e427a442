// What machines that watch ask: alive, ready, and the metrics.

import { z } from 'zod'
import type { HealthPort, MetricsPort } from './ports.ts'
import { HttpProblem } from './problem.ts'
import type { Api } from './schema.ts'

export function probes(api: Api, { health, metrics }: { health: HealthPort; metrics: MetricsPort }): void {
  const tags = ['probes']
  const security: Record<string, string[]>[] = []

  api.get(
    '/healthz',
    {
      logLevel: 'warn',
      schema: {
        operationId: 'getHealth',
        summary: 'Is the process alive?',
        tags,
        security,
        response: { 200: z.object({ status: z.literal('alive') }).describe('It is.') },
      },
    },
    async () => ({ status: 'alive' }),
  )

  api.get(
    '/readyz',
    {
      logLevel: 'warn',
      schema: {
        operationId: 'getReadiness',
        summary: 'Does it take mail: the database answers, mail is read and it is not draining?',
        tags,
        security,
        response: { 200: z.object({ status: z.literal('ready') }).describe('It does.') },
      },
    },
    async () => {
      const why = await health.notReady()
      if (why !== null) throw new HttpProblem(503, why)
      return { status: 'ready' }
    },
  )

  api.get(
    '/metrics',
    {
      logLevel: 'warn',
      schema: {
        operationId: 'getMetrics',
        summary: 'Metrics in the Prometheus text format',
        tags,
        security,
        produces: ['text/plain'],
        response: { 200: z.string().describe('Metrics in the Prometheus text format.') },
      },
    },
    async (_request, reply) => {
      const { contentType, body } = await metrics.text()
      return reply.header('content-type', contentType).send(body)
    },
  )
}
