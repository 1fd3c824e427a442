// /v1/postmaster: the mail to postmaster and abuse.

import { z } from 'zod'
import { pageOf } from '../answers.ts'
import { page, pageQuery } from '../fields.ts'
import type { Ports } from '../ports.ts'
import { absent } from '../problem.ts'
import { type Api, fields } from '../schema.ts'
import { keptMail } from '../upkeep-answers.ts'

const mailId = z
  .string()
  .regex(/^\d{1,15}$/, 'must be an id that GET /v1/postmaster lists')
  .describe('As the list shows it.')

export function postmaster(api: Api, { roleMails }: Pick<Ports, 'roleMails'>): void {
  const tags = ['postmaster']
  api.get(
    '/v1/postmaster',
    {
      schema: {
        operationId: 'listPostmasterMail',
        summary: 'The mail to postmaster and abuse, the newest first',
        tags,
        querystring: fields(page),
        response: { 200: pageOf(keptMail, 'A page of mails.') },
      },
    },
    async ({ query }) => await roleMails.list(pageQuery(query)),
  )
  api.get(
    '/v1/postmaster/:id',
    {
      schema: {
        operationId: 'getPostmasterMail',
        summary: 'One mail, as it came; it counts as seen from then on',
        tags,
        params: fields({ id: mailId }),
        response: {
          200: z.object({ raw: z.string() }).describe('Its source; bytes that are not UTF-8 are replaced.'),
        },
      },
    },
    async ({ params: { id } }) => {
      const mail = await roleMails.read(id)
      if (mail === null) throw absent(`mail ${id}`)
      return { raw: mail.toString() }
    },
  )
}
