// /v1/replies: what people answered to return paths.

import { pageOf, personReply } from '../answers.ts'
import { page, pageQuery, pathId } from '../fields.ts'
import type { Ports } from '../ports.ts'
import { absent } from '../problem.ts'
import { type Api, fields } from '../schema.ts'

export function replies(api: Api, { replies }: Pick<Ports, 'replies'>): void {
  const tags = ['replies']
  api.get(
    '/v1/replies',
    {
      schema: {
        operationId: 'listReplies',
        summary: 'What people answered to return paths; the newest first',
        tags,
        querystring: fields(page),
        response: { 200: pageOf(personReply, 'A page of answers.') },
      },
    },
    async ({ query }) => await replies.list(pageQuery(query)),
  )
  api.get(
    '/v1/replies/:id',
    {
      schema: {
        operationId: 'getReply',
        summary: 'Read an answer, by the id of its event',
        tags,
        params: fields({ id: pathId }),
        response: { 200: personReply },
      },
    },
    async ({ params: { id } }) => {
      const found = await replies.get(id)
      if (found === null) throw absent(`reply ${id}`)
      return found
    },
  )
}
