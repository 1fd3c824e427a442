// /v1/bounces: every report that came back, in the order it was recorded; and taking one back.

import { bounceShown } from '../../view/shown.ts'
import { actorOf } from '../access.ts'
import { bounce, bounceKind, bounceType, pageOf } from '../answers.ts'
import { page, pageQuery, pathId } from '../fields.ts'
import type { Ports } from '../ports.ts'
import { absent, HttpProblem } from '../problem.ts'
import { type Api, fields } from '../schema.ts'

export function bounces(api: Api, { bounces, undo }: Pick<Ports, 'bounces' | 'undo'>): void {
  const querystring = fields({
    ...page,
    kind: bounceKind.optional(),
    type: bounceType
      .optional()
      .describe(
        'Only bounces that counted as this type for their record; blocks about someone else have no type.',
      ),
    campaign: pathId.optional().describe('Only of this campaign.'),
  })
  const tags = ['bounces']

  api.get(
    '/v1/bounces',
    {
      schema: {
        operationId: 'listBounces',
        summary: 'What came back, in the order it was recorded',
        description:
          'To poll, keep the last `next` that was not null and pass it again: nothing is skipped or repeated.',
        tags,
        querystring,
        response: { 200: pageOf(bounce, 'A page of bounces.') },
      },
    },
    async ({ query: { campaign, ...query } }) => {
      const { items, next } = await bounces.list({ ...pageQuery(query), campaignId: campaign })
      return { items: items.map(bounceShown), next }
    },
  )

  if (undo === undefined) return
  const params = fields({ id: pathId })
  api.post(
    '/v1/bounces/:id/undo',
    {
      schema: {
        operationId: 'undoBounce',
        summary: 'Take one bounce back: its address, its counts',
        tags,
        params,
        body: fields({}),
        response: { 200: bounce },
      },
    },
    async request => {
      const { id } = request.params
      const undone = await undo(id, { actor: actorOf(request) })
      if (undone.kind === 'absent') throw absent(`bounce ${id}`)
      if (undone.kind === 'conflict') throw new HttpProblem(409, undone.why)
      return bounceShown(undone.bounce)
    },
  )
}
