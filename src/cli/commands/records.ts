// `rebound records show|reset|list`: contacts, companies, leads and other modules, and what came back for them.

import { type Command, Option } from 'commander'
import { isCategory } from '../../model/categories.ts'
import type { CrmRecord } from '../../model/record.ts'
import type { StoredBounce } from '../../model/stored-bounce.ts'
import { bounceTypes } from '../../model/verdict.ts'
import type { Config } from '../../settings/config.ts'
import { bounceShown, csvHead, csvRow, recordShown } from '../../view/shown.ts'
import { withLedger } from '../ledger.ts'
import { checkId, checkModule, timeOf, wordOf } from '../names.ts'
import { recordCells, recordHeadings, recordLines } from '../record-cells.ts'
import type { Define, JsonOption, Shell } from '../shell.ts'
import { printTable } from '../table.ts'
import { CommandError, harmless, type Io, json } from '../terminal.ts'

interface ListOptions extends JsonOption {
  readonly module?: string
  readonly bounced?: boolean
  readonly type?: string
  readonly category?: string
  readonly campaign?: string
  readonly from?: string
  readonly to?: string
  readonly csv?: boolean
}

export const recordsCommands: Define = (records, shell) => {
  const { hints, exit } = shell
  const one = (name: string, description: string): Command =>
    records
      .command(name)
      .description(description)
      .argument('<module>')
      .argument('<id>')
      .option('--json', 'as a JSON object')
  one('show', 'one record with its history')
    .addHelpText('after', `\nExample: ${hints.rebound('records show contacts 42')}`)
    .action(async (module: string, id: string, options: JsonOption) =>
      exit(await show(module, id, options, shell)),
    )
  one('reset', 'uncheck “bounced”: the flag clears and counting starts again')
    .addHelpText('after', `\nExample: ${hints.rebound('records reset contacts 42')}`)
    .action(async (module: string, id: string, options: JsonOption) =>
      exit(await reset(module, id, options, shell)),
    )
  records
    .command('list')
    .description('records, filtered by their flag and their bounces')
    .option('--module <name>', 'only this module')
    .option('--bounced', 'only those that are flagged')
    .option('--type <type>', 'only those with a hard, or a soft, bounce')
    .option('--category <name>', 'only those with a bounce of this category')
    .option('--campaign <id>', 'only those with a bounce of this campaign')
    .option('--from <time>', 'only those with a bounce at or after this date or time (2026-01-31, UTC)')
    .option('--to <time>', 'only those with a bounce before this time; of a date, the whole day')
    .addOption(new Option('--csv', 'as CSV').conflicts('json'))
    .option('--json', 'one JSON object a line')
    .addHelpText(
      'after',
      `\nExample: ${hints.rebound('records list --bounced --type hard --csv > bounced.csv')}`,
    )
    .action(async (options: ListOptions) => exit(await list(options, shell)))
}

const historyRows = 20

/** Shows flag, addresses, counts and the newest history rows. */
async function show(module: string, id: string, options: JsonOption, shell: Shell): Promise<number> {
  const { io } = shell
  const config = await checkedConfig(module, id, shell)
  const { record, history } = await withLedger(config, async ledger => ({
    record: await ledger.records.get(module, id),
    history: (await ledger.records.history(module, id, { limit: historyRows })).items,
  }))
  if (record === null) throw absent(module, id)
  if (options.json) io.out(json({ ...record, history: history.map(bounceShown) }))
  else printRecord(record, history, io)
  return 0
}

function printRecord(record: CrmRecord, history: readonly StoredBounce[], io: Io): void {
  const latest = history.find(event => event.type !== null)
  const shown = { ...record, lastType: latest?.type, lastCategory: latest?.category }
  for (const line of recordLines(shown)) io.out(line)
  io.out('')
  if (history.length === 0) {
    io.out('No history.')
    return
  }
  printTable(
    io,
    ['event', 'received', 'kind', 'type', 'category', 'effect', 'address', 'campaign', 'meaning'],
    history.map(event => [
      event.id,
      event.receivedAt,
      event.kind,
      event.type,
      event.category,
      event.undoneAt === null ? event.effect : 'undone',
      event.address ?? event.reportedAddress,
      event.campaignId,
      bounceShown(event).sentence,
    ]),
    64,
  )
}

/** Unchecks the flag (idempotent, audited). */
async function reset(module: string, id: string, options: JsonOption, shell: Shell): Promise<number> {
  const { io } = shell
  const config = await checkedConfig(module, id, shell)
  const { before, record } = await withLedger(config, async ledger => ({
    before: await ledger.records.get(module, id),
    record: await ledger.records.change(module, id, { emailBounced: false }, { actor: 'cli' }),
  }))
  if (record === null) throw absent(module, id)
  const wasClear = before !== null && !before.emailBounced && before.hardBounces + before.softBounces === 0
  if (options.json) io.out(json(record))
  else if (wasClear) io.err(`${module} ${harmless(id)} was not flagged as bounced: nothing to do.`)
  else io.err(`${module} ${harmless(id)} is no longer flagged as bounced.`)
  return 0
}

/** Every record that the filters let through, page by page, in constant memory. */
async function list(options: ListOptions, shell: Shell): Promise<number> {
  const type = wordOf('--type', options.type, bounceTypes)
  const { category, campaign, module, bounced } = options
  if (category !== undefined && !isCategory(category))
    throw new CommandError(
      `--category ${harmless(category)}: write a name that "${shell.hints.rebound('categories')}" lists`,
      2,
    )
  if (campaign !== undefined) checkId('--campaign', campaign)
  const from = timeOf('from', options.from)
  const to = timeOf('to', options.to)
  const config = await shell.config()
  if (module !== undefined) await checkModule(config, '--module', module)
  const query = { limit: 1000, module, bounced, type, category, campaignId: campaign, from, to }
  return withLedger(config, async ledger => {
    const { io } = shell
    if (options.csv) io.out(csvHead)
    let after: string | undefined
    do {
      const page = await ledger.list({ ...query, after })
      const records = page.items.map(recordShown)
      if (options.json) for (const record of records) io.out(json(record))
      else if (options.csv) for (const record of records) io.out(csvRow(record))
      else if (records.length > 0 || after === undefined)
        printTable(io, recordHeadings, records.map(recordCells))
      await io.drained?.()
      after = page.next ?? undefined
    } while (after !== undefined)
    return 0
  })
}

async function checkedConfig(module: string, id: string, shell: Shell): Promise<Config> {
  checkId('ID', id)
  const config = await shell.config()
  await checkModule(config, 'MODULE', module)
  return config
}

const absent = (module: string, id: string): CommandError =>
  new CommandError(
    `There is no record ${harmless(id)} in ${harmless(module)}: nothing of it bounced yet, or the CRM has no such record.`,
    1,
  )
