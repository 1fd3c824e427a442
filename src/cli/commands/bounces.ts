// `rebound bounces list|undo|apply`: recorded events, taking one back, and giving one its effects.

import { CursorError } from '../../model/page.ts'
import { kinds } from '../../model/report.ts'
import { bounceTypes } from '../../model/verdict.ts'
import { bounceShown } from '../../view/shown.ts'
import { withLedger } from '../ledger.ts'
import { checkId, wholeNumber, wordOf } from '../names.ts'
import type { Define, JsonOption, Shell } from '../shell.ts'
import { printTable } from '../table.ts'
import { CommandError, harmless, json } from '../terminal.ts'

interface ListOptions extends JsonOption {
  readonly after?: string
  readonly limit: string
  readonly kind?: string
  readonly type?: string
  readonly campaign?: string
  readonly stripped?: boolean
}

export const bouncesCommands: Define = (bounces, shell) => {
  const { hints, exit } = shell
  bounces
    .command('list')
    .description('events in the order they were recorded')
    .option('--after <cursor>', 'go on where an earlier list ended; empty for the beginning')
    .option('--limit <count>', 'how many at the most (1–1000)', '100')
    .option('--kind <kind>', `only this kind: ${kinds.join(', ')}`)
    .option('--type <type>', 'only hard or soft')
    .option('--campaign <id>', 'only this campaign')
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

async function list(options: ListOptions, { io, config }: Shell): Promise<number> {
  const limit = wholeNumber('--limit', options.limit, 1000)
  const kind = wordOf('--kind', options.kind, kinds)
  const type = wordOf('--type', options.type, bounceTypes)
  const { after = '', campaign } = options
  if (campaign !== undefined) checkId('--campaign', campaign)
  const { page, isEnd } = await withLedger(await config(), async ledger => {
    // Empty for the beginning, as over HTTP: what a script keeps the cursor in is empty at first.
    const query = { limit, kind, type, campaignId: campaign }
    const page = await ledger.bounces.list({ ...query, after: after === '' ? undefined : after })
    const isEnd =
      page.next === null ||
      page.items.length < limit ||
      (await ledger.bounces.list({ ...query, after: page.next, limit: 1 })).items.length === 0
    return { page, isEnd }
  }).catch((error: unknown) => {
    if (!(error instanceof CursorError)) throw error
    throw new CommandError(`--after ${harmless(after)}: write the cursor that an earlier list ended with`, 2)
  })
  if (options.json) for (const item of page.items) io.out(json(bounceShown(item)))
  else
    printTable(
      io,
      ['event', 'received', 'kind', 'type', 'category', 'effect', 'address', 'module', 'record', 'campaign'],
      page.items.map(item => [
        item.id,
        item.receivedAt,
        item.kind,
        item.type,
        item.category,
        item.undoneAt === null ? item.effect : 'undone',
        item.address ?? item.reportedAddress,
        item.module,
        item.recordId,
        item.campaignId,
      ]),
    )
  if (page.next !== null) io.err(`${isEnd ? 'No more events yet; later ones' : 'More'}: --after ${page.next}`)
  return 0
}

/** Takes one event back; a second time changes nothing. */
async function undo(id: string, options: JsonOption, { io, config, hints }: Shell): Promise<number> {
  const { before, result } = await withLedger(await config(), async ledger => ({
    before: await ledger.bounces.get(id),
    result: await ledger.undo(id, { actor: 'cli' }),
  }))
  if (result.kind === 'absent')
    throw new CommandError(
      `There is no event ${harmless(id)}; "${hints.rebound('bounces list')}" shows what there is.`,
      1,
    )
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
