// POST /v1/bounces/undo: many bounces taken back at once, found by what they have in common.

import { z } from 'zod'
import { recordEffects } from '../../model/event.ts'
import { actorOf } from '../access.ts'
import { undoneMany } from '../count-answers.ts'
import { id, moduleOf, since, until } from '../fields.ts'
import type { Ports } from '../ports.ts'
import { type Api, alternatives, fields } from '../schema.ts'
import { bounceType, category } from '../shapes.ts'

/** Undone in one request, which must end before a proxy gives up. */
export const mostUndone = 5_000

export function undoMany(
  api: Api,
  { undoMany, modules, providers }: Pick<Ports, 'undoMany' | 'modules' | 'providers'>,
): void {
  if (undoMany === undefined) return
  const names = [...providers.keys()]
  const body = fields({
    dryRun: z.boolean().default(false).describe('Counts, and changes nothing.'),
    from: since.describe('Recorded at or after this time.'),
    to: until.optional().describe('Recorded before this time; a date includes the whole day.'),
    host: z
      .string()
      .min(1, 'must name a host')
      .max(255, 'must be at most 255 characters')
      .optional()
      .describe('Refused by this mail server.'),
    provider: z
      .enum(names, `must be ${alternatives(names)}`)
      .optional()
      .describe('About mailboxes of this provider.'),
    type: bounceType.optional(),
    category: category.optional(),
    effect: z.enum(recordEffects).optional().describe('That did this to their record.'),
    campaign: id.optional(),
    module: moduleOf(modules).optional(),
  })

  api.post(
    '/v1/bounces/undo',
    {
      schema: {
        operationId: 'undoBounces',
        summary: 'Take back every bounce that meets the conditions, or count them',
        tags: ['bounces'],
        body,
        response: { 200: undoneMany },
      },
    },
    async request => {
      const { dryRun, campaign, provider, ...conditions } = request.body
      const query = {
        ...conditions,
        campaignId: campaign,
        addressLike: provider === undefined ? undefined : providers.get(provider),
      }
      return await undoMany(query, { actor: actorOf(request), dryRun, most: mostUndone })
    },
  )
}
