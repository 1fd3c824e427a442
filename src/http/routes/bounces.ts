// /v1/bounces: every report that came back, one by one and as lists; why it was judged so; and taking one back.

import { z } from 'zod'
import type { BounceQuery } from '../../model/bounces.ts'
import { recordEffects } from '../../model/event.ts'
import { bounceListColumns, bounceShown } from '../../view/shown.ts'
import { actorOf } from '../access.ts'
import { bounce, pageOf, strippedBounce } from '../answers.ts'
import { exportMedia, format, formatOf, sendExport } from '../export.ts'
import { address, moduleOf, page, pageQuery, pathId, q, since, until } from '../fields.ts'
import { otherMedia } from '../openapi.ts'
import type { Ports } from '../ports.ts'
import { absent, HttpProblem } from '../problem.ts'
import { type Api, alternatives, fields } from '../schema.ts'
import { bounceKind, bounceType, category } from '../shapes.ts'
import { explanation } from '../verdict-answers.ts'

type BouncePorts = Pick<
  Ports,
  'bounces' | 'explain' | 'modules' | 'providers' | 'undo' | 'stripped' | 'applyStripped'
>

export function bounces(api: Api, ports: BouncePorts): void {
  listBounces(api, ports)
  strippedBounces(api, ports)
  oneBounce(api, ports)
}

const tags = ['bounces']

function listBounces(api: Api, { bounces, modules, providers }: BouncePorts): void {
  const names = [...providers.keys()]
  const querystring = fields({
    ...page,
    order: z
      .enum(['recorded', 'newest'])
      .default('recorded')
      .describe('In the order in which they were recorded, for polling; or the newest first.'),
    kind: bounceKind.optional(),
    type: bounceType
      .optional()
      .describe(
        'Only bounces that counted as this type for their record; blocks about someone else have no type.',
      ),
    category: category.optional().describe('Only of this cause.'),
    campaign: pathId.optional().describe('Only of this campaign.'),
    module: moduleOf(modules).optional().describe('Only about records of this module.'),
    record: pathId.optional().describe('Only about records with this id; with `module` it is found at once.'),
    address: address.optional().describe('Only those that count for this address.'),
    provider: z
      .enum(names, `must be ${alternatives(names)}`)
      .optional()
      .describe('Only about mailboxes of this provider.'),
    incident: pathId.optional().describe('Only those whose removal this incident held.'),
    effect: z.enum(recordEffects).optional().describe('Only those that did this to their record.'),
    from: since.optional().describe('Only those recorded at or after this time.'),
    to: until.optional().describe('Only those recorded before this time; a date includes the whole day.'),
    q: q.describe('Only those with this text in subject, diagnostic or an address, in any case.'),
    format,
  })

  api.get(
    '/v1/bounces',
    {
      // HEAD would read a whole export to throw it away.
      exposeHeadRoute: false,
      schema: {
        operationId: 'listBounces',
        summary: 'What came back, in the order it was recorded or the newest first',
        description:
          'To poll, keep the last `next` that was not null and pass it again: nothing is skipped or repeated. ' +
          'A page may hold fewer events than `limit`, or none, and yet have a `next`: conditions without an index ' +
          'are looked for among so many events at a time. NDJSON and CSV hold all events after `after`, or `limit` ' +
          'of them where it is given.',
        tags,
        querystring,
        response: { 200: pageOf(bounce, 'A page of bounces.').meta({ [otherMedia]: exportMedia('Bounce') }) },
      },
    },
    async (request, reply) => {
      const { format = formatOf(request.headers.accept), order, ...rest } = request.query
      const { campaign, record, provider, incident, ...conditions } = rest
      const query: BounceQuery = {
        ...pageQuery(conditions),
        campaignId: campaign,
        recordId: record,
        incidentId: incident,
        addressLike: provider === undefined ? undefined : providers.get(provider),
      }
      const list = order === 'newest' ? bounces.newest : bounces.list
      if (format === 'json') {
        const { items, next } = await list(query)
        return { items: items.map(bounceShown), next }
      }
      const isWhole = rest.limit === undefined
      return await sendExport(reply, format, {
        list,
        query: isWhole ? { ...query, limit: 1000 } : query,
        isWhole,
        show: bounceShown,
        columns: bounceListColumns,
        name: 'bounces',
      })
    },
  )
}

function strippedBounces(api: Api, { stripped }: BouncePorts): void {
  api.get(
    '/v1/bounces/stripped',
    {
      schema: {
        operationId: 'listStrippedBounces',
        summary: 'Events that were stored without their text, or without effects too; the newest first',
        description: 'A thousand at most. `POST /v1/bounces/{id}/apply` takes one off the list.',
        tags,
        response: { 200: z.object({ items: z.array(strippedBounce) }).describe('All of them.') },
      },
    },
    async () => ({
      items: (await stripped()).map(each => ({ ...each, bounce: bounceShown(each.bounce) })),
    }),
  )
}

function oneBounce(api: Api, { bounces, explain, undo, applyStripped }: BouncePorts): void {
  const params = fields({ id: pathId })

  api.get(
    '/v1/bounces/:id',
    {
      schema: {
        operationId: 'getBounce',
        summary: 'Read one event',
        tags,
        params,
        response: { 200: bounce },
      },
    },
    async ({ params: { id } }) => {
      const found = await bounces.get(id)
      if (found === null) throw absent(`bounce ${id}`)
      return bounceShown(found)
    },
  )

  api.get(
    '/v1/bounces/:id/explanation',
    {
      schema: {
        operationId: 'explainBounce',
        summary:
          'What every rung of the ladder says of it, by what is kept of its message and the rules of now',
        tags,
        params,
        response: { 200: explanation },
      },
    },
    async ({ params: { id } }) => {
      const found = await bounces.get(id)
      if (found === null) throw absent(`bounce ${id}`)
      const explained = await explain(found)
      if (explained === null)
        throw new HttpProblem(
          404,
          `Nothing is kept of the message of bounce ${id} any more: REBOUND_EVIDENCE says of how many messages something is kept.`,
        )
      return explained
    },
  )

  api.post(
    '/v1/bounces/:id/apply',
    {
      schema: {
        operationId: 'applyBounce',
        summary: 'Give an event that was stored without effects those that it would have had',
        description: 'An event that has its effects is answered as it is.',
        tags,
        params,
        body: fields({}),
        response: { 200: bounce },
      },
    },
    async ({ params: { id } }) => {
      const applied = await applyStripped(id)
      const found = applied.kind === 'applied' ? applied.bounce : await bounces.get(id)
      if (applied.kind === 'absent' || found === null) throw absent(`bounce ${id}`)
      return bounceShown(found)
    },
  )

  if (undo === undefined) return
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
