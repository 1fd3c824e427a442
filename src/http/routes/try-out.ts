// /v1/try: a mail of the harness, sent to this server about its test record.

import { z } from 'zod'
import { type TryChoice, tryRecord } from '../../model/try-out.ts'
import { actorOf } from '../access.ts'
import type { Ports } from '../ports.ts'
import { invalid } from '../problem.ts'
import { type Api, fields } from '../schema.ts'
import { type Shape, text } from '../shapes.ts'

const tags = ['upkeep']

export function tryOut(api: Api, { tryOut }: Pick<Ports, 'tryOut'>): void {
  if (tryOut === undefined) return
  api.get(
    '/v1/try',
    {
      schema: {
        operationId: 'listTries',
        summary: 'The mails that can be sent: by writer, what each can report',
        tags,
        response: {
          200: z
            .object({
              items: z.array(
                z.object({
                  writer: z.string(),
                  scenarios: z.array(z.string()),
                } satisfies Shape<TryChoice>),
              ),
            })
            .describe('All of them.'),
        },
      },
    },
    async () => ({ items: await tryOut.choices() }),
  )

  api.post(
    '/v1/try',
    {
      schema: {
        operationId: 'tryOut',
        summary: `Send a test mail to this server, about the record ${tryRecord.id} of ${tryRecord.module}`,
        description: 'The record is made, or reset, first. No campaign counts it, and no send.',
        tags,
        body: fields({
          writer: z.string().meta({ examples: ['postfix'] }),
          scenario: z.string().meta({ examples: ['unknown-user'] }),
        }),
        response: {
          200: z
            .object({
              response: z.string().describe('What the SMTP side said.'),
              isTaken: z.boolean(),
              bounceId: text.describe('The event that it became.'),
            })
            .describe('What became of it.'),
        },
      },
    },
    async request => {
      const { writer, scenario } = request.body
      const tried = await tryOut.send(writer, scenario, { actor: actorOf(request) })
      if (tried.kind === 'unknown') throw invalid([{ field: 'scenario', message: `is wrong: ${tried.why}` }])
      const { response, isTaken, bounceId } = tried
      return { response, isTaken, bounceId }
    },
  )
}
