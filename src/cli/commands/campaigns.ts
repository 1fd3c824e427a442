// `rebound campaigns …`: what campaigns sent and what came back.

import type { Campaign } from '../../model/campaign.ts'
import { withLedger } from '../ledger.ts'
import { checkId, orWrongCursor, wholeNumber } from '../names.ts'
import type { Define, JsonOption, Shell } from '../shell.ts'
import { printTable } from '../table.ts'
import { CommandError, harmless, json } from '../terminal.ts'

interface ListOptions extends JsonOption {
  readonly limit: string
  readonly after?: string
}

export const campaignsCommands: Define = (campaigns, shell) => {
  campaigns
    .command('list')
    .description('every campaign with its counts, the highest number first')
    .option('--limit <count>', 'how many at the most (1–1000)', '100')
    .option('--after <cursor>', 'go on where an earlier list ended')
    .option('--json', 'one JSON object a line, the cursor on stderr')
    .addHelpText('after', `\nExample: ${shell.hints.rebound('campaigns list')}`)
    .action(async (options: ListOptions) => shell.exit(await list(options, shell)))
  campaigns
    .command('show')
    .description('sends, hard, soft and blocked bounces of one campaign')
    .argument('<id>')
    .option('--json', 'as a JSON object')
    .addHelpText('after', `\nExample: ${shell.hints.rebound('campaigns show 7')}`)
    .action(async (id: string, options: JsonOption) => shell.exit(await show(id, options, shell)))
}

async function list(options: ListOptions, { io, config }: Shell): Promise<number> {
  const limit = wholeNumber('--limit', options.limit, 1000)
  const after = options.after === '' ? undefined : options.after
  const page = await withLedger(await config(), ({ campaigns }) =>
    orWrongCursor(after, campaigns.list({ limit, after })),
  )
  if (options.json) for (const campaign of page.items) io.out(json(campaign))
  else printTable(io, headings, page.items.map(cells))
  if (page.next !== null) io.err(`More: --after ${page.next}`)
  return 0
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
