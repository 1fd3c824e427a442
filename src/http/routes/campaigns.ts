// /v1/campaigns: how much was sent, and how much of it came back.

import { z } from 'zod'
import { campaignShown } from '../../view/shown.ts'
import { campaign, pageOf } from '../answers.ts'
import { page, pageQuery, pathId, q } from '../fields.ts'
import type { Ports } from '../ports.ts'
import { absent, invalid } from '../problem.ts'
import { type Api, fields } from '../schema.ts'

type CampaignsPort = Ports['campaigns']

const name = z
  .string()
  .refine(text => [...text].length <= 200 && !/\p{Cs}/u.test(text), 'must be text of at most 200 characters')

const count = z.int('must be a whole number, 0 or more').min(0, 'must be a whole number, 0 or more')

const params = fields({ id: pathId })
const settable = {
  name: name.nullable().optional(),
  sent: count.optional().describe('How many mails were sent: sets the count.'),
  brake: z
    .boolean()
    .optional()
    .describe('False: its bounces are no sign of an incident and are not held, as for tests.'),
}
const putBody = fields(settable)
// Adding is for PATCH alone: a PUT that is repeated must change nothing (RFC 9110 §9.2.2).
const patchBody = fields({
  ...settable,
  sentAdd: count.optional().describe('How many more mails were sent: adds to the count. Sent alone.'),
})
const url = '/v1/campaigns/:id'
const tags = ['campaigns']

export function campaigns(api: Api, { campaigns }: Pick<Ports, 'campaigns'>): void {
  listCampaigns(api, campaigns)
  getCampaign(api, campaigns)
  putCampaign(api, campaigns)
  patchCampaign(api, campaigns)
}

function listCampaigns(api: Api, campaigns: CampaignsPort): void {
  api.get(
    '/v1/campaigns',
    {
      schema: {
        operationId: 'listCampaigns',
        summary: 'Campaigns with their counts and rates, the highest number first',
        tags,
        querystring: fields({ ...page, q: q.describe('Text that occurs in its name or id, in any case.') }),
        response: { 200: pageOf(campaign, 'A page of campaigns.') },
      },
    },
    async ({ query }) => {
      const { items, next } = await campaigns.list(pageQuery(query))
      return { items: items.map(campaignShown), next }
    },
  )
}

function getCampaign(api: Api, campaigns: CampaignsPort): void {
  api.get(
    url,
    {
      schema: {
        operationId: 'getCampaign',
        summary: 'Read a campaign',
        tags,
        params,
        response: { 200: campaign },
      },
    },
    async ({ params: { id } }) => {
      const found = await campaigns.get(id)
      if (found === null) throw absent(`campaign ${id}`)
      return campaignShown(found)
    },
  )
}

function putCampaign(api: Api, campaigns: CampaignsPort): void {
  api.put(
    url,
    {
      schema: {
        operationId: 'putCampaign',
        summary: 'Create a campaign, or change the fields given',
        tags,
        params,
        body: putBody,
        response: { 200: campaign, 201: campaign.describe('Created.') },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const put = await campaigns.put(id, request.body)
      if (put === null) throw absent(`campaign ${id}`)
      reply.code(put.isNew ? 201 : 200)
      return campaignShown(put.campaign)
    },
  )
}

function patchCampaign(api: Api, campaigns: CampaignsPort): void {
  api.patch(
    url,
    {
      schema: {
        operationId: 'patchCampaign',
        summary: 'Change the fields given',
        tags,
        params,
        body: patchBody,
        response: { 200: campaign },
      },
    },
    async request => {
      const { id } = request.params
      const { sentAdd, ...change } = request.body
      if (sentAdd !== undefined && Object.keys(change).length > 0)
        throw invalid([
          {
            field: 'sentAdd',
            message: 'must be sent alone, so that a change is made completely or not at all',
          },
        ])
      const changed =
        sentAdd === undefined
          ? await campaigns.change(id, change)
          : await campaigns.addSent(id, sentAdd, { create: false })
      if (changed === null) throw absent(`campaign ${id}`)
      return campaignShown(changed)
    },
  )
}
