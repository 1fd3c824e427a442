// GET /v1/summary: how much came back, by day, provider, category or campaign.

import { z } from 'zod'
import { dayMs, dayOf, dayStart } from '../../model/day.ts'
import { summaryKeys } from '../../model/summary.ts'
import { summary as answer } from '../count-answers.ts'
import { date, pathId } from '../fields.ts'
import type { Ports } from '../ports.ts'
import { invalid } from '../problem.ts'
import { type Api, fields } from '../schema.ts'

const defaultDays = 30
const mostDays = 400

export function summary(api: Api, { summarise }: Pick<Ports, 'summarise'>): void {
  api.get(
    '/v1/summary',
    {
      schema: {
        operationId: 'summarise',
        summary: 'How many hard, soft and blocked bounces, complaints and other reports were recorded',
        description: 'Days are those of UTC. Past days may lag behind an undo by ten minutes.',
        tags: ['bounces'],
        querystring: fields({
          from: date.optional().describe('The first day; 30 days before `to` unless told.'),
          to: date
            .optional()
            .describe(
              'The last day, included; unless told today, or as many days after `from` as can be: 400.',
            ),
          campaign: pathId
            .optional()
            .describe('Only of this campaign: of all time unless told; only then hours are told apart.'),
          by: z.enum(summaryKeys).default('day').describe('What `key` of an item is.'),
        }),
        response: { 200: answer },
      },
    },
    async ({ query: { by, from, to, campaign } }) => {
      if (campaign !== undefined)
        return await summarise({
          from: from ?? new Date(0),
          to: to === undefined ? new Date() : dayStart(dayOf(to) + 1),
          by,
          campaignId: campaign,
        })
      // A span without an end is as long as can be.
      const latest =
        from === undefined ? Date.now() : Math.min(Date.now(), from.getTime() + (mostDays - 1) * dayMs)
      const end = dayStart(dayOf(to ?? new Date(latest)) + 1)
      const start = from ?? new Date(end.getTime() - defaultDays * dayMs)
      const days = (end.getTime() - start.getTime()) / dayMs
      if (days < 1) throw invalid([{ field: 'from', message: 'must not be after `to`' }])
      if (days > mostDays)
        throw invalid([{ field: 'from', message: `must be at most ${mostDays} days before \`to\`` }])
      return await summarise({ from: start, to: end, by })
    },
  )
}
