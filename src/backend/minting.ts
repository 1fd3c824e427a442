// Minting with the database behind it: numbers of campaigns, random paths where ids do not fit, and counts of sends.

import { randomBytes } from 'node:crypto'
import type { Mint, MintItem } from '../model/mint.ts'
import type { SendRef } from '../model/return-path.ts'
import type { ReturnPaths } from '../return-path/codec.ts'
import { mintAll } from '../return-path/mint.ts'
import type { Store } from '../store/database/open.ts'
import { createCampaignIds } from '../store/tables/campaign-numbers.ts'
import { saveMinted } from '../store/tables/minted.ts'
import type { RegisteredMessage, StoredPath } from '../store/tables/return-paths.ts'
import type { Counts } from './counts.ts'

export interface MintingParts {
  readonly modules: readonly string[]
  readonly returnPaths: ReturnPaths
  /** Told to which addresses sends were counted. */
  readonly onSends: Counts['sends']
}

export function mintInto(store: Store, { modules, returnPaths, onSends }: MintingParts): Mint {
  const campaignIds = createCampaignIds(store)
  const sendOf = (item: MintItem): SendRef => ({
    module: item.module,
    recordId: item.id,
    campaign: item.campaign === undefined ? null : { id: item.campaign },
    mailId: item.mail ?? null,
    addressCheck: returnPaths.checkOf(item.to),
  })
  return async (items, options) => {
    let paths: readonly StoredPath[] = []
    let messages: readonly RegisteredMessage[] = []
    let sends: ReadonlyMap<string, number> = new Map()
    const minted = await mintAll(items, options, {
      modules,
      campaignNumbers: async ids =>
        new Map(await Promise.all(ids.map(async id => [id, await campaignIds.numberOf(id)] as const))),
      sign: item => {
        const minted = returnPaths.mint(item, new Date())
        return minted.kind === 'signed' ? minted.address : null
      },
      store: async unfit => {
        const made = unfit.map(item => {
          const address = returnPaths.storedAddress(randomBytes(12))
          const token = address.slice(0, address.lastIndexOf('@'))
          return { address, token, send: sendOf(item), issuedAt: new Date() }
        })
        paths = made
        return made.map(path => path.address)
      },
      register: async mails => {
        messages = mails.map(mail => ({
          messageId: mail.messageId,
          send: sendOf(mail),
          issuedAt: new Date(),
        }))
      },
      countSends: async perCampaign => {
        sends = perCampaign
      },
    })
    await saveMinted(store, { paths, messages, sends })
    if (options.count && items.length > 0) await onSends(items.map(item => item.to))
    return minted
  }
}
