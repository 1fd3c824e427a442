// Return paths for mails about to be sent: checks the items, numbers their campaigns, signs or stores, counts the sends.
// A minted path may travel in three places: as envelope sender, in a header of the mail, and as envelope id.

import { MintError, type MintedMail, type MintItem } from '../model/mint.ts'
import { isAddress, isId } from '../model/validity.ts'

export interface MintSteps {
  readonly modules: readonly string[]
  /** The 32-bit number of each campaign, allocated if it has none yet. */
  readonly campaignNumbers: (ids: readonly string[]) => Promise<ReadonlyMap<string, number>>
  /** Null when the ids do not fit into 64 octets. */
  readonly sign: (item: Signable) => string | null
  /** Makes and keeps random paths for the items that do not fit, in their order. */
  readonly store: (items: readonly MintItem[]) => Promise<readonly string[]>
  /** Registers the mail that a Message-ID belongs to. */
  readonly register: (items: readonly RegisteredItem[]) => Promise<void>
  /** Adds to the campaigns' sends. */
  readonly countSends: (perCampaign: ReadonlyMap<string, number>) => Promise<void>
}

export type RegisteredItem = MintItem & { readonly messageId: string }

export interface Signable {
  readonly module: string
  readonly id: string
  readonly campaign: number | null
  readonly mail: string | null
  readonly to: string
}

/** RFC 5322 §2.1.1: no line of a header is longer. */
const maxMessageIdOctets = 998

/**
 * What to put into each mail, in the order asked.
 * Throws MintError naming the item and the field; rejects when the database fails. Counts one send an item if `count`.
 */
export async function mintAll(
  items: readonly MintItem[],
  options: { readonly count: boolean },
  steps: MintSteps,
): Promise<readonly MintedMail[]> {
  items.forEach((item, index) => {
    checkItem(item, index, steps.modules)
  })
  checkMessageIds(items)
  const campaigns = [...new Set(items.flatMap(item => (item.campaign === undefined ? [] : [item.campaign])))]
  const numbers = await steps.campaignNumbers(campaigns)
  const signed = items.map(item =>
    steps.sign({
      module: item.module,
      id: item.id,
      campaign: item.campaign === undefined ? null : (numbers.get(item.campaign) ?? null),
      mail: item.mail ?? null,
      to: item.to,
    }),
  )
  const stored = [...(await steps.store(items.filter((_, index) => signed[index] === null)))]
  const addresses = signed.map(address => address ?? stored.shift() ?? '')
  const registered = items.filter((item): item is RegisteredItem => item.messageId !== undefined)
  if (registered.length > 0) await steps.register(registered)
  if (options.count) {
    const sends = new Map<string, number>()
    for (const { campaign } of items)
      if (campaign !== undefined) sends.set(campaign, (sends.get(campaign) ?? 0) + 1)
    await steps.countSends(sends)
  }
  return addresses.map(minted)
}

function minted(address: string): MintedMail {
  const token = address.slice(0, address.lastIndexOf('@'))
  return { address, reference: token, envelopeId: token }
}

function checkItem(item: MintItem, index: number, modules: readonly string[]): void {
  const fault = (field: keyof MintItem, message: string): MintError => new MintError(index, field, message)
  if (!modules.includes(item.module))
    throw fault('module', `there is no module "${item.module}"; write one of ${modules.join(', ')}`)
  for (const field of ['id', 'campaign', 'mail'] as const) {
    const text = item[field]
    if (text !== undefined && !isId(text))
      throw fault(field, 'write 1 to 64 characters without control characters')
  }
  if (!isAddress(item.to)) throw fault('to', 'write the address the mail goes to, such as ana@example.org')
}

/** One Message-ID names one mail: two records that share it could not be told apart. */
function checkMessageIds(items: readonly MintItem[]): void {
  const seen = new Map<string, number>()
  items.forEach(({ messageId }, index) => {
    if (messageId === undefined) return
    const bare = messageId.replace(/^<|>$/g, '')
    // RFC 5322 §3.6.4 loosely: mailers do not always follow it.
    if (!/^[\x21-\x3b\x3d\x3f-\x7e]+$/.test(bare) || bare.length > maxMessageIdOctets)
      throw new MintError(index, 'messageId', 'must be the Message-ID of the mail, such as <1@crm.example>')
    const same = seen.get(bare)
    if (same !== undefined)
      throw new MintError(
        index,
        'messageId',
        `is also the Message-ID of items[${same}]; give each mail its own`,
      )
    seen.set(bare, index)
  })
}
