// /v1/records/:module/:id: what is known of one record, its reset, its new address, its proof of life, its history.

import { z } from 'zod'
import { bounceShown } from '../../view/shown.ts'
import { actorOf } from '../access.ts'
import { bounce, pageOf, record } from '../answers.ts'
import { address, moduleOf, page, pageQuery, pathId } from '../fields.ts'
import type { Ports } from '../ports.ts'
import { absent, type HttpProblem } from '../problem.ts'
import { type Api, fields } from '../schema.ts'

const body = fields({
  email: address.nullable().optional().describe('A new address; it does not clear the flag. Null for none.'),
  emailBounced: z
    .literal(false, 'can only be set to false, which resets the record; bounces set it to true')
    .optional()
    .describe('False resets: the flag clears and the counts of the record start again.'),
})
const url = '/v1/records/:module/:id'
const tags = ['records']

/** Of a record's path: which modules there are is the operator's choice. */
const paramsOf = (modules: readonly string[]) => fields({ module: moduleOf(modules), id: pathId })
type Params = ReturnType<typeof paramsOf>
type RecordsPort = Ports['records']

export function records(api: Api, { modules, records }: Pick<Ports, 'modules' | 'records'>): void {
  const params = paramsOf(modules)
  getRecord(api, records, params)
  putRecord(api, records, params)
  patchRecord(api, records, params)
  recordAlive(api, records, params)
  getRecordHistory(api, records, params)
}

function getRecord(api: Api, records: RecordsPort, params: Params): void {
  api.get(
    url,
    {
      schema: { operationId: 'getRecord', summary: 'Read a record', tags, params, response: { 200: record } },
    },
    async ({ params: { module, id } }) => {
      const found = await records.get(module, id)
      if (found === null) throw noRecord(module, id)
      return found
    },
  )
}

function putRecord(api: Api, records: RecordsPort, params: Params): void {
  api.put(
    url,
    {
      schema: {
        operationId: 'putRecord',
        summary: 'Create a record, or change the fields given',
        tags,
        params,
        body,
        response: { 200: record, 201: record.describe('Created.') },
      },
    },
    async (request, reply) => {
      const { module, id } = request.params
      const put = await records.put(module, id, request.body, { actor: actorOf(request) })
      // In the CRM's own tables only the CRM makes records.
      if (put === null) throw noRecord(module, id)
      reply.code(put.isNew ? 201 : 200)
      return put.record
    },
  )
}

function patchRecord(api: Api, records: RecordsPort, params: Params): void {
  api.patch(
    url,
    {
      schema: {
        operationId: 'patchRecord',
        summary: 'Change the fields given',
        tags,
        params,
        body,
        response: { 200: record },
      },
    },
    async request => {
      const { module, id } = request.params
      const changed = await records.change(module, id, request.body, { actor: actorOf(request) })
      if (changed === null) throw noRecord(module, id)
      return changed
    },
  )
}

function recordAlive(api: Api, records: RecordsPort, params: Params): void {
  api.post(
    `${url}/alive`,
    {
      schema: {
        operationId: 'recordAlive',
        summary: 'Say that the address of a record works',
        description:
          'You saw somebody open a mail, follow a link or log in. Thresholds count the soft bounces of the record anew; flag and counts stay.',
        tags,
        params,
        body: fields({}),
        response: { 200: record },
      },
    },
    async request => {
      const { module, id } = request.params
      const found = await records.alive(module, id, { actor: actorOf(request) })
      if (found === null) throw noRecord(module, id)
      return found
    },
  )
}

function getRecordHistory(api: Api, records: RecordsPort, params: Params): void {
  api.get(
    `${url}/history`,
    {
      schema: {
        operationId: 'getRecordHistory',
        summary: 'Everything that came back for a record, for life',
        tags,
        params,
        querystring: fields(page),
        response: { 200: pageOf(bounce, 'A page of its history.') },
      },
    },
    async ({ params: { module, id }, query }) => {
      const { items, next } = await records.history(module, id, pageQuery(query))
      // A record that is not there and has no history is told from one without bounces only when asked.
      if (items.length === 0 && query.after === undefined && (await records.get(module, id)) === null)
        throw noRecord(module, id)
      return { items: items.map(bounceShown), next }
    },
  )
}

function noRecord(module: string, id: string): HttpProblem {
  return absent(`record ${id} in ${module}`)
}
