// `rebound campaigns …`: what campaigns sent and what came back.

import type { Campaign } from '../../model/campaign.ts'
import { unprintable } from '../../model/validity.ts'
import { withLedger } from '../ledger.ts'
import { checkId, orWrongCursor, wholeNumber } from '../names.ts'
import type { Define, JsonOption, Shell } from '../shell.ts'
import { printTable } from '../table.ts'
import { CommandError, harmless, json } from '../terminal.ts'

interface ListOptions extends JsonOption {
  readonly limit: string
  readonly after?: string
  readonly search?: string
}

interface SetOptions extends JsonOption {
  readonly name?: string
  readonly sent?: string
}

export const campaignsCommands: Define = (campaigns, shell) => {
  campaigns
    .command('list')
    .description('every campaign with its counts, the highest number first')
    .option('--limit <count>', 'how many at the most (1–1000)', '100')
    .option('--after <cursor>', 'go on where an earlier list ended')
    .option('--search <text>', 'only with this text in name or id')
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
  campaigns
    .command('set')
    .description('name a campaign, or set how many mails it sent; makes the campaign if there is none')
    .argument('<id>')
    .option('--name <text>', 'its name; empty takes it away')
    .option('--sent <count>', 'how many mails were sent')
    .option('--json', 'as a JSON object')
    .addHelpText('after', `\nExample: ${shell.hints.rebound('campaigns set 7 --name Autumn --sent 12000')}`)
    .action(async (id: string, options: SetOptions) => shell.exit(await set(id, options, shell)))
}

const mostSent = 1e12

const countOf = (text: string): number => (text === '0' ? 0 : wholeNumber('--sent', text, mostSent))

async function set(id: string, { name, sent, json: asJson }: SetOptions, shell: Shell): Promise<number> {
  checkId('ID', id)
  if (name === undefined && sent === undefined)
    throw new CommandError('Nothing to set: write --name, --sent, or both', 2)
  if (name !== undefined && ([...name].length > 200 || unprintable.test(name)))
    throw new CommandError('--name: write at most 200 characters, none of them a control character', 2)
  const change = {
    name: name === '' ? null : name,
    sent: sent === undefined ? undefined : countOf(sent),
  }
  const put = await withLedger(await shell.config(), ledger => ledger.campaigns.put(id, change), {
    creates: true,
  })
  if (put === null) throw new CommandError(`There is no campaign ${harmless(id)}.`, 1)
  if (asJson) shell.io.out(json(put.campaign))
  else printTable(shell.io, headings, [cells(put.campaign)])
  return 0
}

async function list(options: ListOptions, { io, config }: Shell): Promise<number> {
  const limit = wholeNumber('--limit', options.limit, 1000)
  const after = options.after === '' ? undefined : options.after
  const page = await withLedger(await config(), ({ campaigns }) =>
    orWrongCursor(after, campaigns.list({ limit, after, q: options.search })),
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
