// Minting with the database behind it: numbers of campaigns, random paths where ids do not fit, and counts of sends.

import { randomBytes } from 'node:crypto'
import type { Campaigns } from '../model/campaign.ts'
import type { Mint, MintItem } from '../model/mint.ts'
import type { SendRef } from '../model/return-path.ts'
import type { ReturnPaths } from '../return-path/codec.ts'
import { mintAll } from '../return-path/mint.ts'
import type { Store } from '../store/database/open.ts'
import { createCampaignIds } from '../store/tables/campaign-numbers.ts'
import type { createStoredPaths } from '../store/tables/return-paths.ts'

export interface MintingParts {
  readonly modules: readonly string[]
  readonly returnPaths: ReturnPaths
  readonly storedPaths: ReturnType<typeof createStoredPaths>
  readonly campaigns: Campaigns
  /** Told how many sends were counted. */
  readonly onSends: (count: number) => void
}

export function mintInto(
  store: Store,
  { modules, returnPaths, storedPaths, campaigns, onSends }: MintingParts,
): Mint {
  const campaignIds = createCampaignIds(store)
  const sendOf = (item: MintItem): SendRef => ({
    module: item.module,
    recordId: item.id,
    campaign: item.campaign === undefined ? null : { id: item.campaign },
    mailId: item.mail ?? null,
    addressCheck: returnPaths.checkOf(item.to),
  })
  return (items, options) =>
    mintAll(items, options, {
      modules,
      campaignNumbers: async ids =>
        new Map(await Promise.all(ids.map(async id => [id, await campaignIds.numberOf(id)] as const))),
      sign: item => {
        const minted = returnPaths.mint(item, new Date())
        return minted.kind === 'signed' ? minted.address : null
      },
      store: async unfit => {
        const paths = unfit.map(item => {
          const address = returnPaths.storedAddress(randomBytes(12))
          const token = address.slice(0, address.lastIndexOf('@'))
          return { address, token, send: sendOf(item), issuedAt: new Date() }
        })
        if (paths.length > 0) await storedPaths.save(paths)
        return paths.map(path => path.address)
      },
      register: mails =>
        storedPaths.register(
          mails.map(mail => ({ messageId: mail.messageId, send: sendOf(mail), issuedAt: new Date() })),
        ),
      countSends: async (perCampaign, total) => {
        for (const [id, count] of perCampaign) await campaigns.addSent(id, count, { create: true })
        onSends(total)
      },
    })
}
