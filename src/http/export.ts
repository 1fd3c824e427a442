// Lists as NDJSON or CSV: every page of them, one after another, a page at a time in memory.

import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Page } from '../model/page.ts'
import { csvLine } from '../view/shown.ts'

/** `json` is a page. */
export const format = z
  .enum(['json', 'ndjson', 'csv'])
  .optional()
  .describe('If absent, the Accept header decides.')

/** What the description says of the other two. */
export function exportMedia(schemaName: string) {
  return {
    'application/x-ndjson': { schema: { type: 'string', description: `One ${schemaName} a line.` } },
    'text/csv': { schema: { type: 'string', description: 'RFC 4180, the names of the columns first.' } },
  }
}

export function formatOf(accept = ''): 'json' | 'ndjson' | 'csv' {
  const wanted = accept
    .split(',')
    .map(range => range.split(';', 1)[0]?.trim().toLowerCase())
    .find(range => range === 'text/csv' || range === 'application/x-ndjson' || range === 'application/json')
  if (wanted === 'text/csv') return 'csv'
  return wanted === 'application/x-ndjson' ? 'ndjson' : 'json'
}

export interface Export<Item, Query> {
  readonly list: (query: Query) => Promise<Page<Item>>
  readonly query: Query
  /** All pages from the query's on, or that one alone. */
  readonly isWhole: boolean
  /** As it is shown. */
  readonly show: (item: Item) => object
  /** Of CSV. */
  readonly columns: readonly string[]
  /** Of the file, without its ending. */
  readonly name: string
}

/** The first page is read before anything is sent, so that a failing database is still answered 503. */
export async function sendExport<Item, Query extends { readonly after?: string | undefined }>(
  reply: FastifyReply,
  format: 'ndjson' | 'csv',
  what: Export<Item, Query>,
): Promise<FastifyReply> {
  const { columns, name, show } = what
  const pages = pagesOf(what)
  const first = await pages.next()
  const isCsv = format === 'csv'
  reply.type(isCsv ? 'text/csv; charset=utf-8; header=present' : 'application/x-ndjson')
  reply.header('content-disposition', isCsv ? `attachment; filename="${name}.csv"` : 'inline')
  const write = (item: Item): string =>
    isCsv ? `${csvLine(show(item), columns)}\r\n` : `${JSON.stringify(show(item))}\n`
  const head = isCsv ? `${columns.join(',')}\r\n` : ''
  return reply.send(Readable.from(lines(first, pages, head, write)))
}

async function* pagesOf<Item, Query extends { readonly after?: string | undefined }>({
  list,
  query,
  isWhole,
}: Export<Item, Query>): AsyncGenerator<readonly Item[]> {
  for (let after = query.after; ; ) {
    const { items, next } = await list({ ...query, after })
    yield items
    if (next === null || !isWhole) return
    after = next
  }
}

async function* lines<Item>(
  first: IteratorResult<readonly Item[], unknown>,
  rest: AsyncIterable<readonly Item[]>,
  head: string,
  write: (item: Item) => string,
): AsyncGenerator<string> {
  yield head + (first.done ? '' : first.value.map(write).join(''))
  for await (const items of rest) yield items.map(write).join('')
}
