// `rebound bounces list|show|undo|apply|redate`: recorded events, taking one back, giving one its effects, and the present
// time to those of a wrong clock.

import { Option } from 'commander'
import type { Ledger } from '../../backend/open.ts'
import type { BounceQuery } from '../../model/bounces.ts'
import { recordEffects } from '../../model/event.ts'
import type { Page } from '../../model/page.ts'
import { kinds } from '../../model/report.ts'
import type { StoredBounce } from '../../model/stored-bounce.ts'
import type { Cell } from '../../view/shown.ts'
import { bounceListColumns, bounceShown, csvLine } from '../../view/shown.ts'
import { type EventListOptions, printEvents, providerPatterns, queryOf } from '../event-list.ts'
import { withLedger } from '../ledger.ts'
import { orWrongCursor } from '../names.ts'
import type { Define, JsonOption, Shell } from '../shell.ts'
import { cellText, printTable } from '../table.ts'
import { CommandError, harmless, json } from '../terminal.ts'
import { type UndoOptions, undoAll } from '../undo-many.ts'

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
    .option('--category <name>', 'only this cause')
    .option('--address <address>', 'only what counts for this address')
    .option('--provider <name>', 'only about addresses at this provider')
    .option('--effect <effect>', `only what did this to its record: ${recordEffects.join(', ')}`)
    .option('--from <time>', 'only what was recorded at or after this date or time (2026-01-31, UTC)')
    .option('--to <time>', 'only what was recorded before this time; of a date, the whole day')
    .option('--search <text>', 'only with this text in subject, diagnostic or an address')
    .option('--newest', 'the newest first')
    .addOption(new Option('--csv', 'as CSV, with every field').conflicts(['json', 'stripped']))
    .option(
      '--stripped',
      'only what was stored without its text, since the database took it in no other form',
    )
    .option('--json', 'one JSON object a line, the cursor on stderr')
    .addHelpText('after', `\nExample: ${hints.rebound('bounces list --type hard --json')}`)
    .action(async (options: EventListOptions) =>
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
    .description('take one event back, or many: addresses return, and they leave the counts')
    .argument('[id]', 'as "bounces list" and "records show" show it; none with --since')
    .option('--since <time>', 'all that was recorded at or after this date or time (2026-01-31T12:00Z), and')
    .option('--until <time>', '… before this time')
    .option('--provider <name>', '… of addresses at this provider')
    .option('--category <name>', '… of this cause')
    .option('--host <name>', '… refused by this mail server')
    .option('--type <type>', '… hard or soft')
    .option('--effect <effect>', '… that did this to its record, such as removed')
    .option('--campaign <id>', '… of this campaign')
    .option('--module <name>', '… of this module')
    .option('--dry-run', 'shows what would be taken back')
    .option('--json', 'as a JSON object; of many, one a line')
    .addHelpText(
      'after',
      `\nExample: ${hints.rebound('bounces undo 17')}
         ${hints.rebound('bounces undo --since 2026-01-31T12:00Z --host smtp.crm.example --dry-run')}`,
    )
    .action(async (id: string | undefined, options: UndoOptions) =>
      exit(await (id === undefined ? undoAll(options, shell) : undo(id, options, shell))),
    )
  bounces
    .command('apply')
    .description('give an event that was stored without effects the effects it would have had')
    .argument('<id>', 'as "bounces list --stripped" shows it')
    .option('--json', 'as a JSON object')
    .addHelpText('after', `\nExample: ${hints.rebound('bounces apply 17')}`)
    .action(async (id: string, options: JsonOption) => exit(await apply(id, options, shell)))
  bounces
    .command('redate')
    .description('once the clocks are right: give events that a clock dated into the future the present time')
    .option('--json', 'as a JSON object')
    .addHelpText('after', `\nExample: ${hints.rebound('bounces redate')}`)
    .action(async (options: JsonOption) => exit(await redate(options, shell)))
}

async function list(options: EventListOptions, shell: Shell): Promise<number> {
  const { io } = shell
  const asked = await queryOf(options, shell)
  const { page, isEnd } = await withLedger(await shell.config(), async ledger => {
    const { bounces } = ledger
    const query = { ...asked, addressLike: await providerPatterns(ledger, options.provider) }
    return options.newest
      ? isLast(await orWrongCursor(query.after, bounces.newest(query)))
      : pollable(bounces, query)
  })
  if (options.json) for (const item of page.items) io.out(json(bounceShown(item)))
  else if (options.csv)
    for (const line of [bounceListColumns.join(','), ...page.items.map(csvOf)]) io.out(line)
  else printEvents(page.items, io)
  if (page.next !== null) io.err(`${isEnd ? 'No more events yet; later ones' : 'More'}: --after ${page.next}`)
  return 0
}

const csvOf = (event: StoredBounce): string => csvLine(bounceShown(event), bounceListColumns)

interface Listed {
  readonly page: Page<StoredBounce>
  readonly isEnd: boolean
}

const isLast = (page: Page<StoredBounce>): Listed => ({ page, isEnd: page.next === null })

/** In the order of recording a page always ends with a cursor, for those who ask again later. */
async function pollable(bounces: Ledger['bounces'], query: BounceQuery): Promise<Listed> {
  const page = await orWrongCursor(query.after, bounces.list(query))
  const rest = page.next === null ? null : await bounces.list({ ...query, after: page.next, limit: 1 })
  return { page, isEnd: rest === null || rest.next === null }
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

async function listStripped(options: EventListOptions, { io, config }: Shell): Promise<number> {
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

/** A second time changes nothing. */
async function redate(options: JsonOption, { io, config }: Shell): Promise<number> {
  const redated = await withLedger(await config(), ledger => ledger.redate())
  if (options.json) io.out(json({ redated }))
  else if (redated === 0) io.err('No event is from the future: nothing to do.')
  else io.err(`${redated} ${redated === 1 ? 'event has' : 'events have'} the present time now.`)
  return 0
}
