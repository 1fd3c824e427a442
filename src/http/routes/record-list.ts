// GET /v1/records: the records with bounced mail, as pages of JSON, or whole as NDJSON or CSV, streamed.

import { Readable } from 'node:stream'
import { z } from 'zod'
import type { ListedRecord, ListRecords, RecordQuery } from '../../model/record.ts'
import { csvHead, csvRow, recordShown, type ShownRecord } from '../../view/shown.ts'
import { bounceType, category, listedRecord, pageOf } from '../answers.ts'
import { moduleOf, page, pageQuery, pathId, since, until } from '../fields.ts'
import { otherMedia } from '../openapi.ts'
import type { Ports } from '../ports.ts'
import { type Api, fields } from '../schema.ts'

type Row = ShownRecord<ListedRecord>

export function recordList(api: Api, { modules, recordList }: Pick<Ports, 'modules' | 'recordList'>): void {
  if (recordList === undefined) return
  const querystring = fields({
    ...page,
    module: moduleOf(modules).optional(),
    bounced: z
      .enum(['true', 'false'])
      .transform(word => word === 'true')
      .optional()
      .meta({
        type: 'boolean',
        enum: undefined,
        description: 'Only records whose flag is set, or is not.',
      }),
    type: bounceType.optional().describe('Only records with such a bounce.'),
    category: category.optional().describe('Only records with such a bounce.'),
    campaign: pathId.optional().describe('Only records with a bounce of this campaign.'),
    from: since.optional().describe('Only records with a bounce at or after this time.'),
    to: until
      .optional()
      .describe('Only records with a bounce before this time; a date includes the whole day.'),
    format: z.enum(['json', 'ndjson', 'csv']).optional().describe('If absent, the Accept header decides.'),
  })

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
        response: { 200: pageOf(listedRecord, 'A page of records.').meta({ [otherMedia]: exportMedia }) },
      },
    },
    async (request, reply) => {
      const { format = formatOf(request.headers.accept), campaign, ...rest } = request.query
      const query: RecordQuery = { ...pageQuery(rest), campaignId: campaign }
      if (format === 'json') {
        const { items, next } = await recordList(query)
        return { items: items.map(recordShown), next }
      }
      const { type, head, write, disposition } = exports[format]
      // The first page is read before anything is sent, so that a failing database is still answered 503.
      const isWhole = rest.limit === undefined
      const pages = pagesOf(recordList, isWhole ? { ...query, limit: 1000 } : query, isWhole)
      const first = await pages.next()
      reply.type(type).header('content-disposition', disposition)
      return reply.send(Readable.from(lines(first, pages, head, write)))
    },
  )
}

const exports = {
  ndjson: {
    type: 'application/x-ndjson',
    disposition: 'inline',
    head: '',
    write: (each: Row): string => `${JSON.stringify(each)}\n`,
  },
  csv: {
    type: 'text/csv; charset=utf-8; header=present',
    disposition: 'attachment; filename="records.csv"',
    head: `${csvHead}\r\n`,
    write: (each: Row): string => `${csvRow(each)}\r\n`,
  },
} as const

const exportMedia = {
  'application/x-ndjson': { schema: { type: 'string', description: 'A record (ListedRecord) a line.' } },
  'text/csv': { schema: { type: 'string', description: 'RFC 4180, the names of the columns first.' } },
}

function formatOf(accept = ''): 'json' | keyof typeof exports {
  const wanted = accept
    .split(',')
    .map(range => range.split(';', 1)[0]?.trim().toLowerCase())
    .find(range => range === 'text/csv' || range === 'application/x-ndjson' || range === 'application/json')
  if (wanted === 'text/csv') return 'csv'
  return wanted === 'application/x-ndjson' ? 'ndjson' : 'json'
}

/** All pages from the query's on, or that one alone. */
async function* pagesOf(
  list: ListRecords,
  query: RecordQuery,
  isWhole: boolean,
): AsyncGenerator<readonly ListedRecord[]> {
  for (let after = query.after; ; ) {
    const { items, next } = await list({ ...query, after })
    yield items
    if (next === null || !isWhole) return
    after = next
  }
}

/** A page at a time is written and held: memory does not grow with the number of records. */
async function* lines(
  first: IteratorResult<readonly ListedRecord[], unknown>,
  rest: AsyncIterable<readonly ListedRecord[]>,
  head: string,
  write: (each: Row) => string,
): AsyncGenerator<string> {
  const text = (items: readonly ListedRecord[]): string =>
    items.map(each => write(recordShown(each))).join('')
  yield head + (first.done ? '' : text(first.value))
  for await (const items of rest) yield text(items)
}
