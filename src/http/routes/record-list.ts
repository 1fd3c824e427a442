// GET /v1/records: the records with bounced mail, as pages of JSON, or whole as NDJSON or CSV, streamed.

import { z } from 'zod'
import type { RecordQuery } from '../../model/record.ts'
import { listedColumns, recordShown } from '../../view/shown.ts'
import { actorOf } from '../access.ts'
import { listedRecord, pageOf } from '../answers.ts'
import { bulkReset } from '../count-answers.ts'
import { exportMedia, format, formatOf, sendExport } from '../export.ts'
import { address, id, moduleOf, page, pageQuery, pathId, since, until } from '../fields.ts'
import { otherMedia } from '../openapi.ts'
import type { Ports } from '../ports.ts'
import { type Api, fields } from '../schema.ts'
import { bounceType, category } from '../shapes.ts'

const yesOrNo = (description: string) =>
  z
    .enum(['true', 'false'])
    .transform(word => word === 'true')
    .optional()
    .meta({ type: 'boolean', enum: undefined, description })

export function recordList(
  api: Api,
  { modules, recordList, resetRecords }: Pick<Ports, 'modules' | 'recordList' | 'resetRecords'>,
): void {
  if (recordList === undefined) return
  const filters = {
    module: moduleOf(modules).optional(),
    bounced: yesOrNo('Only records whose flag is set, or is not.'),
    complained: yesOrNo('Only records whose mail was reported as spam, or was not.'),
    address: address
      .optional()
      .describe('Only records that have this address, or had it when one of its bounces came.'),
    type: bounceType.optional().describe('Only records with such a bounce.'),
    category: category.optional().describe('Only records with such a bounce.'),
    campaign: pathId.optional().describe('Only records with a bounce of this campaign.'),
    from: since.optional().describe('Only records with a bounce recorded at or after this time.'),
    to: until
      .optional()
      .describe('Only records with a bounce recorded before this time; a date includes the whole day.'),
  }
  const querystring = fields({ ...page, ...filters, format })

  api.get(
    '/v1/records',
    {
      // HEAD would read a whole export to throw it away.
      exposeHeadRoute: false,
      schema: {
        operationId: 'listRecords',
        summary: 'Records and what their latest bounce was',
        description:
          'JSON comes in pages. NDJSON (application/x-ndjson) and CSV (text/csv) hold all records after `after`, ' +
          'or `limit` of them where it is given.',
        tags: ['records'],
        querystring,
        response: {
          200: pageOf(listedRecord, 'A page of records.').meta({ [otherMedia]: exportMedia('ListedRecord') }),
        },
      },
    },
    async (request, reply) => {
      const { format = formatOf(request.headers.accept), campaign, ...rest } = request.query
      const query: RecordQuery = { ...pageQuery(rest), campaignId: campaign }
      if (format === 'json') {
        const { items, next } = await recordList(query)
        return { items: items.map(recordShown), next }
      }
      const isWhole = rest.limit === undefined
      return await sendExport(reply, format, {
        list: recordList,
        query: isWhole ? { ...query, limit: 1000 } : query,
        isWhole,
        show: recordShown,
        columns: listedColumns,
        name: 'records',
      })
    },
  )

  if (resetRecords === undefined) return
  api.post(
    '/v1/records/reset',
    {
      schema: {
        operationId: 'resetRecords',
        summary: 'Reset every flagged record that meets the conditions, or count them',
        tags: ['records'],
        body: fields({
          dryRun: z.boolean().default(false).describe('Counts, and changes nothing.'),
          module: filters.module,
          complained: z
            .boolean()
            .optional()
            .describe('Only records whose mail was reported as spam, or was not.'),
          address: filters.address,
          type: filters.type,
          category: filters.category,
          campaign: id.optional().describe('Only records with a bounce of this campaign.'),
          from: filters.from,
          to: filters.to,
        }),
        response: { 200: bulkReset },
      },
    },
    async request => {
      const { dryRun, campaign, ...rest } = request.body
      return await resetRecords({ ...rest, campaignId: campaign }, { actor: actorOf(request), dryRun })
    },
  )
}
