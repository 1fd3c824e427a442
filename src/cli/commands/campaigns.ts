// `rebound campaigns …`: what campaigns sent and what came back.

import type { Campaign } from '../../model/campaign.ts'
import { withLedger } from '../ledger.ts'
import { checkId } from '../names.ts'
import type { Define, JsonOption, Shell } from '../shell.ts'
import { printTable } from '../table.ts'
import { CommandError, harmless, json } from '../terminal.ts'

export const campaignsCommands: Define = (campaigns, shell) => {
  campaigns
    .command('show')
    .description('sends, hard, soft and blocked bounces of one campaign')
    .argument('<id>')
    .option('--json', 'as a JSON object')
    .addHelpText('after', `\nExample: ${shell.hints.rebound('campaigns show 7')}`)
    .action(async (id: string, options: JsonOption) => shell.exit(await show(id, options, shell)))
}

async function show(id: string, options: JsonOption, { io, config }: Shell): Promise<number> {
  checkId('ID', id)
  const campaign = await withLedger(await config(), ledger => ledger.campaigns.get(id))
  if (campaign === null)
    throw new CommandError(
      `There is no campaign ${harmless(id)}: none of its mail was minted or bounced yet.`,
      1,
    )
  if (options.json) io.out(json(campaign))
  else printTable(io, headings, [cells(campaign)])
  return 0
}

const headings = ['campaign', 'name', 'sent', 'hard', 'soft', 'of them blocked', 'complaints']

function cells(campaign: Campaign): readonly (string | number | null)[] {
  const share = (count: number): string =>
    campaign.sent > 0 ? `${count} (${((100 * count) / campaign.sent).toFixed(2)} %)` : String(count)
  return [
    campaign.id,
    campaign.name,
    campaign.sent,
    share(campaign.hardBounces),
    share(campaign.softBounces),
    share(campaign.blockedBounces),
    campaign.complaints,
  ]
}
