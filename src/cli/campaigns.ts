// `rebound campaigns show`: what one campaign sent and what came back.

import { openLedger } from '../backend/open.ts'
import type { Config } from '../settings/config.ts'
import { checkId } from './naming.ts'
import { CommandError, harmless, type Io, json, table } from './terminal.ts'

export async function campaignsShow(
  config: Config,
  id: string,
  options: { json?: boolean },
  io: Io,
): Promise<number> {
  checkId('ID', id)
  const ledger = await openLedger(config)
  try {
    const campaign = await ledger.campaigns.get(id)
    if (campaign === null)
      throw new CommandError(
        `There is no campaign ${harmless(id)}: nothing of it was minted or bounced yet.`,
        1,
      )
    const share = (count: number): string =>
      campaign.sent > 0 ? `${count} (${((100 * count) / campaign.sent).toFixed(2)} %)` : String(count)
    if (options.json) io.out(json(campaign))
    else
      io.out(
        table(
          ['campaign', 'name', 'sent', 'hard', 'soft', 'of them blocked', 'complaints'],
          [
            [
              campaign.id,
              campaign.name,
              campaign.sent,
              share(campaign.hardBounces),
              share(campaign.softBounces),
              share(campaign.blockedBounces),
              campaign.complaints,
            ],
          ],
        ),
      )
    return 0
  } finally {
    await ledger.close()
  }
}
