// POST /v1/return-paths: the envelope senders for mails about to be sent.

import { z } from 'zod'
import { mintedMail } from '../answers.ts'
import { address, id, moduleOf } from '../fields.ts'
import type { Ports } from '../ports.ts'
import { type Api, fields } from '../schema.ts'

export function returnPaths(api: Api, { modules, mint }: Pick<Ports, 'modules' | 'mint'>): void {
  const item = fields({
    module: moduleOf(modules),
    id,
    campaign: leftOut(id).describe('The campaign that sends this mail.'),
    mail: leftOut(id).describe("The CRM's own id of this one mail."),
    to: address.describe('The recipient of the mail.'),
    messageId: leftOut(z.string()).meta({
      description:
        "The mail's Message-ID: a report that comes to none of our return paths is then linked by it, as a claim.",
      examples: ['<1@crm.example>'],
    }),
  })
  const body = fields({
    items: z.array(item).min(1).max(1000),
    count: z.boolean().default(true).describe('Whether each item counts as one send.'),
  })
  const answer = z
    .object({ items: z.array(mintedMail) })
    .describe('What to put into each mail, in the order asked.')

  api.post(
    '/v1/return-paths',
    {
      schema: {
        operationId: 'mintReturnPaths',
        summary: 'Mint return paths',
        tags: ['return paths'],
        body,
        response: { 200: answer },
      },
    },
    async ({ body }) => {
      return { items: await mint(body.items, { count: body.count }) }
    },
  )
}

/** Null, which many languages write for what they do not have, is as if it were not there. */
function leftOut<Field extends z.ZodType>(field: Field) {
  return field.nullish().transform(value => value ?? undefined)
}
