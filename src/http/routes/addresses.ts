// /v1/addresses: what became of mail to them before, for a CRM that is about to mail them; and erasing one.

import { z } from 'zod'
import { bounceShown } from '../../view/shown.ts'
import { actorOf } from '../access.ts'
import { checkedAddress } from '../answers.ts'
import { address } from '../fields.ts'
import type { Ports } from '../ports.ts'
import { type Api, fields } from '../schema.ts'
import { forgottenAddress } from '../upkeep-answers.ts'

export function addresses(
  api: Api,
  { checkAddresses, forget }: Pick<Ports, 'checkAddresses' | 'forget'>,
): void {
  api.post(
    '/v1/addresses/forget',
    {
      schema: {
        operationId: 'forgetAddress',
        summary: 'Erase an address everywhere, as its person may ask for',
        description:
          'Reports of mail that is under way may bring it back: stop mailing it, and ask again later.',
        tags: ['addresses'],
        body: fields({
          address,
          dryRun: z.boolean().default(false).describe('Counts, and changes nothing.'),
        }),
        response: { 200: forgottenAddress },
      },
    },
    async request => {
      const { address, dryRun } = request.body
      return await forget(address, { actor: actorOf(request), dryRun })
    },
  )

  api.post(
    '/v1/addresses/check',
    {
      schema: {
        operationId: 'checkAddresses',
        summary: 'The last bounce of each address, and what to do',
        tags: ['addresses'],
        body: fields({ addresses: z.array(address).min(1).max(1000) }),
        response: {
          200: z.object({ items: z.array(checkedAddress) }).describe('In the order asked.'),
        },
      },
    },
    async ({ body }) => {
      const checked = await checkAddresses(body.addresses)
      return {
        items: checked.map(each => ({ ...each, bounce: each.bounce && bounceShown(each.bounce) })),
      }
    },
  )
}
