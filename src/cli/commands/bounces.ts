// `rebound bounces list|undo|apply`: recorded events, taking one back, and giving one its effects.

import type { Ledger } from '../../backend/open.ts'
import type { BounceQuery } from '../../model/bounces.ts'
import type { Page } from '../../model/page.ts'
import { kinds } from '../../model/report.ts'
import type { StoredBounce } from '../../model/stored-bounce.ts'
import { bounceTypes } from '../../model/verdict.ts'
import { bounceShown } from '../../view/shown.ts'
import { withLedger } from '../ledger.ts'
import { checkId, checkModule, orWrongCursor, wholeNumber, wordOf } from '../names.ts'
import type { Define, JsonOption, Shell } from '../shell.ts'
import { type Cell, cellText, printTable } from '../table.ts'
import { CommandError, harmless, type Io, json } from '../terminal.ts'

interface ListOptions extends JsonOption {
  readonly after?: string
  readonly limit: string
  readonly kind?: string
  readonly type?: string
  readonly campaign?: string
  readonly stripped?: boolean
  readonly module?: string
  readonly record?: string
  readonly newest?: boolean
}

export const bouncesCommands: Define = (bounces, shell) => {
  const { hints, exit } = shell
  bounces
    .command('list')
    .description('events in the order they were recorded, or the newest first')
    .option('--after <cursor>', 'go on where an earlier list ended; empty for the beginning')
    .option('--limit <count>', 'how many at the most (1–1000)', '100')
    .option('--kind <kind>', `only this kind: ${kinds.join(', ')}`)
    .option('--type <type>', 'only hard or soft')
    .option('--campaign <id>', 'only this campaign')
    .option('--module <name>', 'only this module')
    .option('--record <id>', 'only this record of --module')
    .option('--newest', 'the newest first')
    .option(
      '--stripped',
      'only what was stored without its text, since the database took it in no other form',
    )
    .option('--json', 'one JSON object a line, the cursor on stderr')
    .addHelpText('after', `\nExample: ${hints.rebound('bounces list --type hard --json')}`)
    .action(async (options: ListOptions) =>
      exit(await (options.stripped ? listStripped(options, shell) : list(options, shell))),
    )
  bounces
    .command('show')
    .description('everything that is stored of one event')
    .argument('<id>', 'as "bounces list" and "records show" show it')
    .option('--json', 'as a JSON object')
    .addHelpText('after', `\nExample: ${hints.rebound('bounces show 17')}`)
    .action(async (id: string, options: JsonOption) => exit(await show(id, options, shell)))
  bounces
    .command('undo')
    .description('take one event back: its address returns, and it leaves the counts')
    .argument('<id>', 'as "bounces list" and "records show" show it')
    .option('--json', 'as a JSON object')
    .addHelpText('after', `\nExample: ${hints.rebound('bounces undo 17')}`)
    .action(async (id: string, options: JsonOption) => exit(await undo(id, options, shell)))
  bounces
    .command('apply')
    .description('give an event that was stored without effects the effects it would have had')
    .argument('<id>', 'as "bounces list --stripped" shows it')
    .option('--json', 'as a JSON object')
    .addHelpText('after', `\nExample: ${hints.rebound('bounces apply 17')}`)
    .action(async (id: string, options: JsonOption) => exit(await apply(id, options, shell)))
}

async function list(options: ListOptions, shell: Shell): Promise<number> {
  const { io } = shell
  const query = await queryOf(options, shell)
  const { page, isEnd } = await withLedger(await shell.config(), async ({ bounces }) =>
    options.newest
      ? isLast(await orWrongCursor(query.after, bounces.newest(query)))
      : pollable(bounces, query),
  )
  if (options.json) for (const item of page.items) io.out(json(bounceShown(item)))
  else printEvents(page.items, io)
  if (page.next !== null) io.err(`${isEnd ? 'No more events yet; later ones' : 'More'}: --after ${page.next}`)
  return 0
}

interface Listed {
  readonly page: Page<StoredBounce>
  readonly isEnd: boolean
}

const isLast = (page: Page<StoredBounce>): Listed => ({ page, isEnd: page.next === null })

/** In the order of recording a page always ends with a cursor, for those who ask again later. */
async function pollable(bounces: Ledger['bounces'], query: BounceQuery): Promise<Listed> {
  const page = await orWrongCursor(query.after, bounces.list(query))
  const isEnd =
    page.next === null ||
    page.items.length < query.limit ||
    (await bounces.list({ ...query, after: page.next, limit: 1 })).items.length === 0
  return { page, isEnd }
}

async function queryOf(options: ListOptions, shell: Shell): Promise<BounceQuery> {
  const { after, campaign, module, record } = options
  if (campaign !== undefined) checkId('--campaign', campaign)
  if (record !== undefined) checkId('--record', record)
  if (record !== undefined && module === undefined)
    throw new CommandError('--record without --module: two modules may have the same id; write both', 2)
  const query = {
    // Empty for the beginning, as over HTTP: what a script keeps the cursor in is empty at first.
    after: after === '' ? undefined : after,
    limit: wholeNumber('--limit', options.limit, 1000),
    kind: wordOf('--kind', options.kind, kinds),
    type: wordOf('--type', options.type, bounceTypes),
    campaignId: campaign,
    module,
    recordId: record,
  }
  if (module !== undefined) await checkModule(await shell.config(), '--module', module)
  return query
}

function printEvents(events: readonly StoredBounce[], io: Io): void {
  printTable(
    io,
    ['event', 'received', 'kind', 'type', 'category', 'effect', 'address', 'module', 'record', 'campaign'],
    events.map(event => [
      event.id,
      event.receivedAt,
      event.kind,
      event.type,
      event.category,
      event.undoneAt === null ? event.effect : 'undone',
      event.address ?? event.reportedAddress,
      event.module,
      event.recordId,
      event.campaignId,
    ]),
  )
}

/** Every field of one event, the server's own words among them. */
async function show(id: string, options: JsonOption, shell: Shell): Promise<number> {
  const { io } = shell
  const event = await withLedger(await shell.config(), ({ bounces }) => bounces.get(id))
  if (event === null) throw absent(id, shell)
  const fields = bounceShown(event)
  if (options.json) io.out(json(fields))
  else for (const line of fieldLines(fields)) io.out(line)
  return 0
}

function fieldLines(fields: object): readonly string[] {
  const rows = Object.entries(fields).map(([name, value]): [string, Cell] => [inWords(name), value as Cell])
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${cellText(value)}`)
}

/** `reportedAddress` as `reported address`. */
const inWords = (name: string): string => name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)

const absent = (id: string, { hints }: Shell): CommandError =>
  new CommandError(
    `There is no event ${harmless(id)}; "${hints.rebound('bounces list')}" shows what there is.`,
    1,
  )

/** Takes one event back; a second time changes nothing. */
async function undo(id: string, options: JsonOption, shell: Shell): Promise<number> {
  const { io, config } = shell
  const { before, result } = await withLedger(await config(), async ledger => ({
    before: await ledger.bounces.get(id),
    result: await ledger.undo(id, { actor: 'cli' }),
  }))
  if (result.kind === 'absent') throw absent(id, shell)
  if (result.kind === 'conflict') throw new CommandError(harmless(result.why), 1)
  if (options.json) io.out(json(bounceShown(result.bounce)))
  else if (before !== null && before.undoneAt !== null)
    io.err(`Event ${harmless(id)} was undone before: nothing to do.`)
  else io.err(`Event ${harmless(id)} is undone.`)
  return 0
}

async function listStripped(options: ListOptions, { io, config }: Shell): Promise<number> {
  const stripped = await withLedger(await config(), ledger => ledger.stripped())
  if (options.json)
    for (const { bounce, detail, code, strippedAt } of stripped)
      io.out(json({ ...bounceShown(bounce), stripped: { detail, code, at: strippedAt.toISOString() } }))
  else
    printTable(
      io,
      ['event', 'stripped', 'left out', 'error', 'kind', 'effect', 'module', 'record', 'campaign'],
      stripped.map(({ id, strippedAt, detail, code, bounce }) => [
        id,
        strippedAt,
        detail === 'bare' ? 'text' : 'text, effects',
        code,
        bounce.kind,
        bounce.effect,
        bounce.module,
        bounce.recordId,
        bounce.campaignId,
      ]),
    )
  return 0
}

/** A second time changes nothing. */
async function apply(id: string, options: JsonOption, { io, config, hints }: Shell): Promise<number> {
  const applied = await withLedger(await config(), ledger => ledger.applyStripped(id))
  if (applied.kind === 'absent')
    throw new CommandError(
      `There is no event ${harmless(id)}; "${hints.rebound('bounces list --stripped')}" shows what there is.`,
      1,
    )
  if (applied.kind === 'complete') io.err(`Event ${harmless(id)} has its effects: nothing to do.`)
  else if (options.json) io.out(json(bounceShown(applied.bounce)))
  else io.err(`Event ${harmless(id)} has its effects now: ${applied.bounce.effect}.`)
  return 0
}
