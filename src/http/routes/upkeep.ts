// /v1/doctor and /v1/keys: is everything set up, and which keys sign.

import { z } from 'zod'
import type { Ports } from '../ports.ts'
import type { Api } from '../schema.ts'
import { finding, signingKey } from '../upkeep-answers.ts'

export function upkeep(api: Api, { examine, keys }: Pick<Ports, 'examine' | 'keys'>): void {
  const tags = ['upkeep']
  api.get(
    '/v1/doctor',
    {
      schema: {
        operationId: 'examine',
        summary: 'Examine DNS, port 25, certificate, settings, keys, database, disk and receiver',
        description: 'Takes up to some seconds. Changes and sends nothing.',
        tags,
        response: { 200: z.object({ items: z.array(finding) }).describe('In the order of a bounce’s way.') },
      },
    },
    async () => ({ items: await examine() }),
  )
  api.get(
    '/v1/keys',
    {
      schema: {
        operationId: 'listKeys',
        summary: 'The keys that sign, or signed, return paths; the oldest first',
        tags,
        response: { 200: z.object({ items: z.array(signingKey) }).describe('Every key that is known.') },
      },
    },
    async () => ({ items: await keys() }),
  )
}
