// /v1/views: filters of lists that people saved under a name.

import { z } from 'zod'
import {
  filtersFault,
  filterValueFault,
  isFilterValue,
  isViewName,
  mostNameCharacters,
  mostViews,
  nameFault,
  type ViewFilters,
  type ViewList,
  viewFilters,
  viewLists,
} from '../../model/saved-view.ts'
import { actorOf } from '../access.ts'
import { pathId } from '../fields.ts'
import type { Ports } from '../ports.ts'
import { absent, invalid } from '../problem.ts'
import { type Api, fields } from '../schema.ts'
import { savedView } from '../upkeep-answers.ts'

const list = z
  .enum(viewLists)
  .describe(
    `Of which list: ${viewLists.map(each => `\`${each}\` (${viewFilters[each].join(', ')})`).join(' or ')}.`,
  )
const name = z
  .string()
  .refine(isViewName, nameFault)
  .meta({
    minLength: 1,
    maxLength: mostNameCharacters,
    description: 'As people see it.',
    examples: ['Hard, this year'],
  })
const filters = z
  .record(z.string(), z.string().refine(isFilterValue, filterValueFault))
  .describe('Filters of the list with their values, as they stand in the address bar of its page.')
  .meta({ examples: [{ type: 'hard', from: '2026-01-01' }] })

export function views(api: Api, { views }: Pick<Ports, 'views'>): void {
  const tags = ['views']
  const params = fields({ id: pathId })

  api.get(
    '/v1/views',
    {
      schema: {
        operationId: 'listViews',
        summary: 'Saved views, by name',
        tags,
        querystring: fields({ list: list.optional() }),
        response: { 200: z.object({ items: z.array(savedView) }).describe('All of them.') },
      },
    },
    async ({ query }) => ({ items: await views.list(query.list) }),
  )

  api.post(
    '/v1/views',
    {
      schema: {
        operationId: 'saveView',
        summary: 'Save filters under a name',
        description: `All who use the pages see it. A list holds at most ${mostViews}, each name once.`,
        tags,
        body: fields({ list, name, filters }),
        response: { 201: savedView },
      },
    },
    async (request, reply) => {
      checkFilters(request.body.list, request.body.filters)
      return reply.code(201).send(await views.add(request.body, { actor: actorOf(request) }))
    },
  )

  api.patch(
    '/v1/views/:id',
    {
      schema: {
        operationId: 'changeView',
        summary: 'Give a saved view another name, or other filters',
        tags,
        params,
        body: fields({ name: name.optional(), filters: filters.optional() }),
        response: { 200: savedView },
      },
    },
    async request => {
      const { id } = request.params
      const found = (await views.list()).find(view => view.id === id)
      if (found === undefined) throw absent(`view ${id}`)
      checkFilters(found.list, request.body.filters ?? {})
      const changed = await views.change(id, request.body, { actor: actorOf(request) })
      if (changed === null) throw absent(`view ${id}`)
      return changed
    },
  )

  api.delete(
    '/v1/views/:id',
    {
      schema: {
        operationId: 'removeView',
        summary: 'Remove a saved view; what it shows stays',
        tags,
        params,
        response: { 204: z.null().describe('Removed.') },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      if (!(await views.remove(id, { actor: actorOf(request) }))) throw absent(`view ${id}`)
      return reply.code(204).send()
    },
  )
}

function checkFilters(list: ViewList, filters: ViewFilters): void {
  const fault = filtersFault(list, filters)
  if (fault !== null) throw invalid([{ field: 'filters', message: fault }])
}
