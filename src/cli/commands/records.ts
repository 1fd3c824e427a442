// `rebound records show|reset|alive|list`: contacts, companies, leads and other modules, and what came back for them.

import { type Command, Option } from 'commander'
import { isCategory } from '../../model/categories.ts'
import type { CrmRecord, ListedRecord } from '../../model/record.ts'
import type { StoredBounce } from '../../model/stored-bounce.ts'
import { isAddress } from '../../model/validity.ts'
import { bounceTypes } from '../../model/verdict.ts'
import type { Config } from '../../settings/config.ts'
import { bounceShown, csvHead, csvRow, recordShown } from '../../view/shown.ts'
import { printHistory } from '../event-list.ts'
import { withLedger } from '../ledger.ts'
import { checkId, checkModule, orWrongCursor, timeOf, wholeNumber, wordOf } from '../names.ts'
import { recordCells, recordHeadings, recordLines } from '../record-cells.ts'
import type { Define, JsonOption, Shell } from '../shell.ts'
import { printTable } from '../table.ts'
import { CommandError, harmless, type Io, json } from '../terminal.ts'

interface ListOptions extends JsonOption {
  readonly module?: string
  readonly address?: string
  readonly bounced?: boolean
  readonly complained?: boolean
  readonly type?: string
  readonly category?: string
  readonly campaign?: string
  readonly from?: string
  readonly to?: string
  readonly csv?: boolean
  readonly limit?: string
  readonly after?: string
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
  one('alive', 'say that the address works: thresholds count its soft bounces anew')
    .addHelpText('after', `\nExample: ${hints.rebound('records alive contacts 42')}`)
    .action(async (module: string, id: string, options: JsonOption) =>
      exit(await alive(module, id, options, shell)),
    )
  records
    .command('list')
    .description('records, filtered by their flag and their bounces')
    .option('--module <name>', 'only this module')
    .option('--address <address>', 'only those that have it, or had it when one of its bounces came')
    .option('--bounced', 'only those that are flagged')
    .option('--complained', 'only those who reported a mail as spam')
    .option('--type <type>', 'only those with a hard, or a soft, bounce')
    .option('--category <name>', 'only those with a bounce of this category')
    .option('--campaign <id>', 'only those with a bounce of this campaign')
    .option('--from <time>', 'only those with a bounce at or after this date or time (2026-01-31, UTC)')
    .option('--to <time>', 'only those with a bounce before this time; of a date, the whole day')
    .option('--limit <count>', 'how many at the most (1–1000); all unless given')
    .option('--after <cursor>', 'go on where an earlier list ended; empty for the beginning')
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
  // As in lists: what is undone, or of somebody else, was not its last bounce.
  const latest = history.find(
    ({ type, undoneAt, concern }) => type !== null && undoneAt === null && concern !== 'other',
  )
  const shown = { ...record, lastType: latest?.type, lastCategory: latest?.category }
  for (const line of recordLines(shown)) io.out(line)
  io.out('')
  if (history.length === 0) {
    io.out('No history.')
    return
  }
  printHistory(history, io)
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

/** Thresholds count anew; flag and counts stay. */
async function alive(module: string, id: string, options: JsonOption, shell: Shell): Promise<number> {
  const { io } = shell
  const config = await checkedConfig(module, id, shell)
  const record = await withLedger(config, ({ records }) => records.alive(module, id, { actor: 'cli' }))
  if (record === null) throw absent(module, id)
  if (options.json) io.out(json(record))
  else io.err(`Soft bounces of ${module} ${harmless(id)} are counted anew towards thresholds.`)
  return 0
}

/** Every record that the filters let through, page by page, in constant memory. */
async function list(options: ListOptions, shell: Shell): Promise<number> {
  const type = wordOf('--type', options.type, bounceTypes)
  const { category, campaign, module, bounced, complained, address } = options
  if (category !== undefined && !isCategory(category))
    throw new CommandError(
      `--category ${harmless(category)}: write a name that "${shell.hints.rebound('categories')}" lists`,
      2,
    )
  if (campaign !== undefined) checkId('--campaign', campaign)
  if (address !== undefined && !isAddress(address))
    throw new CommandError(`--address ${harmless(address)}: write a bare address such as ana@example.org`, 2)
  const from = timeOf('from', options.from)
  const to = timeOf('to', options.to)
  const config = await shell.config()
  if (module !== undefined) await checkModule(config, '--module', module)
  const asked = { module, address, bounced, complained, type, category, campaignId: campaign, from, to }
  const limit = options.limit === undefined ? null : wholeNumber('--limit', options.limit, 1000)
  const query = { ...asked, limit: limit ?? 1000 }
  return withLedger(config, async ledger => {
    const { io } = shell
    if (options.csv) io.out(csvHead)
    let after = options.after === '' ? undefined : options.after
    const start = after
    do {
      const page = await orWrongCursor(after, ledger.list({ ...query, after }))
      const isFirst = after === start
      after = page.next ?? undefined
      await print(page.items.map(recordShown), { ...options, isFirst }, io)
    } while (limit === null && after !== undefined)
    if (after !== undefined) io.err(`More: --after ${after}`)
    return 0
  })
}

/** A page of records. Of a table without any, the first page shows the headings. */
async function print(
  records: readonly ReturnType<typeof recordShown<ListedRecord>>[],
  { json: asJson, csv, isFirst }: Pick<ListOptions, 'json' | 'csv'> & { readonly isFirst: boolean },
  io: Io,
): Promise<void> {
  if (asJson) for (const record of records) io.out(json(record))
  else if (csv) for (const record of records) io.out(csvRow(record))
  else if (records.length > 0 || isFirst) printTable(io, recordHeadings, records.map(recordCells))
  await io.drained?.()
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
