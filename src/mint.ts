// Return paths for mails about to be sent: checks the items, numbers their campaigns, signs or stores, counts the sends.

import { isAddress, unprintable } from './given.ts'

/** One mail about to be sent. */
export interface MintItem {
  readonly module: string
  readonly id: string
  readonly campaign?: string | undefined
  readonly mail?: string | undefined
  readonly to: string
}

export interface MintSteps {
  readonly modules: readonly string[]
  /** The 32-bit number of each campaign, allocated where it has none yet. */
  readonly campaignNumbers: (ids: readonly string[]) => Promise<ReadonlyMap<string, number>>
  /** Null when the ids do not fit into 64 octets. */
  readonly sign: (item: Signable) => string | null
  /** Makes and keeps random paths for the items that do not fit, in their order. */
  readonly store: (items: readonly MintItem[]) => Promise<readonly string[]>
  /** Adds to the campaigns' sends; `total` includes the mails without a campaign. */
  readonly countSends: (perCampaign: ReadonlyMap<string, number>, total: number) => Promise<void>
}

export interface Signable {
  readonly module: string
  readonly id: string
  readonly campaign: number | null
  readonly mail: string | null
  readonly to: string
}

/** One item cannot be minted; nothing was minted or counted. */
export class MintError extends Error {
  override readonly name = 'MintError'
  readonly item: number
  readonly field: keyof MintItem

  constructor(item: number, field: keyof MintItem, message: string) {
    super(message)
    this.item = item
    this.field = field
  }
}

const maxIdCharacters = 64

/**
 * Return paths in the order asked, as whole addresses.
 * Throws MintError naming the item and the field; rejects when the database fails. Counts one send an item if `count`.
 */
export async function mintAll(
  items: readonly MintItem[],
  options: { readonly count: boolean },
  steps: MintSteps,
): Promise<readonly string[]> {
  items.forEach((item, index) => {
    checkItem(item, index, steps.modules)
  })
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
  if (options.count) {
    const sends = new Map<string, number>()
    for (const { campaign } of items)
      if (campaign !== undefined) sends.set(campaign, (sends.get(campaign) ?? 0) + 1)
    await steps.countSends(sends, items.length)
  }
  return addresses
}

function checkItem(item: MintItem, index: number, modules: readonly string[]): void {
  const fault = (field: keyof MintItem, message: string): MintError => new MintError(index, field, message)
  if (!modules.includes(item.module))
    throw fault('module', `there is no module "${item.module}"; write one of ${modules.join(', ')}`)
  for (const field of ['id', 'campaign', 'mail'] as const) {
    const text = item[field]
    if (text === undefined) continue
    const length = [...text].length
    if (length < 1 || length > maxIdCharacters || unprintable.test(text))
      throw fault(field, `write 1 to ${maxIdCharacters} characters without control characters`)
  }
  if (!isAddress(item.to)) throw fault('to', 'write the address the mail goes to, such as ana@example.org')
}
