// /v1/webhooks: what is not delivered yet; trying again, and dropping what was given up.

import { z } from 'zod'
import { page, pageQuery, pathId } from '../fields.ts'
import type { Ports } from '../ports.ts'
import { type Api, fields } from '../schema.ts'
import { count } from '../shapes.ts'
import { pendingWebhook, webhookCensus } from '../upkeep-answers.ts'

const actions = {
  retry: { operationId: 'retryWebhooks', summary: 'Try again now, and for a day, what failed' },
  drop: { operationId: 'dropWebhooks', summary: 'Delete what was given up' },
} as const

export function webhooks(api: Api, { webhooks }: Pick<Ports, 'webhooks'>): void {
  const tags = ['webhooks']
  api.get(
    '/v1/webhooks',
    {
      schema: {
        operationId: 'listWebhooks',
        summary: 'Webhooks that are not delivered: given up first, then what is tried last',
        tags,
        querystring: fields({ limit: page.limit }),
        response: {
          200: z
            .object({ items: z.array(pendingWebhook), census: webhookCensus })
            .describe('The first of them, and how many there are.'),
        },
      },
    },
    async ({ query }) => ({
      items: await webhooks.list(pageQuery(query).limit),
      census: await webhooks.census(),
    }),
  )

  for (const [action, about] of Object.entries(actions) as [
    keyof typeof actions,
    (typeof actions)['retry'],
  ][])
    api.post(
      `/v1/webhooks/${action}`,
      {
        schema: {
          ...about,
          tags,
          body: fields({ id: pathId.optional().describe('Only this one; all unless it is given.') }),
          response: { 200: z.object({ count: count.describe('Of how many.') }).describe('It is done.') },
        },
      },
      async ({ body: { id } }) => ({ count: await webhooks[action](id ?? null) }),
    )
}
