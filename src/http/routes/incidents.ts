// /v1/incidents: what holds removals, and what people decide upon it.

import { z } from 'zod'
import { incidentDecisions } from '../../model/incident.ts'
import { actorOf } from '../access.ts'
import { incident } from '../answers.ts'
import { pathId } from '../fields.ts'
import type { Ports } from '../ports.ts'
import { absent, HttpProblem } from '../problem.ts'
import { type Api, fields } from '../schema.ts'

const summaries = {
  apply: 'Make the removals that an incident holds; the same is no sign for a day',
  drop: 'Undo the bounces that an incident holds, as if they had not been',
} as const

export function incidents(api: Api, { incidents }: Pick<Ports, 'incidents'>): void {
  const tags = ['incidents']
  if (incidents === undefined) return

  api.get(
    '/v1/incidents',
    {
      schema: {
        operationId: 'listIncidents',
        summary: 'Incidents that last or hold removals, the newest first',
        tags,
        querystring: fields({
          all: z.enum(['true', 'false']).optional().describe('`true`: those too that are over and decided.'),
        }),
        response: { 200: z.object({ items: z.array(incident) }).describe('At most 1,000 incidents.') },
      },
    },
    async ({ query: { all } }) => ({ items: await incidents.list({ all: all === 'true' }) }),
  )

  api.get(
    '/v1/incidents/:id',
    {
      schema: {
        operationId: 'getIncident',
        summary: 'Read an incident, also one that is over and decided',
        tags,
        params: fields({ id: pathId }),
        response: { 200: incident },
      },
    },
    async ({ params: { id } }) => {
      const found = await incidents.get(id)
      if (found === null) throw absent(`incident ${id}`)
      return found
    },
  )

  for (const decision of incidentDecisions)
    api.post(
      `/v1/incidents/:id/${decision}`,
      {
        schema: {
          operationId: `${decision}Incident`,
          summary: summaries[decision],
          tags,
          params: fields({ id: pathId }),
          body: fields({
            reason: z
              .string()
              .min(1, 'say why')
              .max(500, 'must be at most 500 characters')
              .describe('Why: for the audit.'),
          }),
          response: {
            200: z
              .object({
                incident,
                done: z.int().min(0).describe('Events to which it was done.'),
                kept: z
                  .int()
                  .min(0)
                  .describe('Events left as they are: their record has another address by now.'),
              })
              .describe('What was done.'),
          },
        },
      },
      async request => {
        const { id } = request.params
        const by = { actor: actorOf(request), reason: request.body.reason }
        const decided = await incidents.decide(id, decision, by)
        if (decided.kind === 'absent') throw absent(`incident ${id}`)
        if (decided.kind === 'conflict') throw new HttpProblem(409, decided.why)
        const { incident, done, kept } = decided
        return { incident, done, kept }
      },
    )
}
