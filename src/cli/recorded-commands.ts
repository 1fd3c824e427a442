// The words of `rebound records …`, `campaigns …` and `bounces …`: what came back, as it is recorded.

import { type Command, Option } from 'commander'
import type { Config } from '../settings/config.ts'
import type { Io } from './terminal.ts'

export function recordedCommands(
  program: Command,
  config: () => Config,
  io: Io,
  exit: (code: number) => void,
): void {
  const records = program.command('records').description('records and what bounced')
  records
    .command('show')
    .description('one record with its history')
    .argument('<module>')
    .argument('<id>')
    .option('--json', 'as a JSON object')
    .addHelpText('after', '\nExample: rebound records show contacts 42')
    .action(async (module: string, id: string, options: { json?: boolean }) =>
      exit(await (await import('./records.ts')).recordsShow(config(), module, id, options, io)),
    )
  records
    .command('reset')
    .description('uncheck “bounced”: the flag clears and counting starts again')
    .argument('<module>')
    .argument('<id>')
    .option('--json', 'as a JSON object')
    .addHelpText('after', '\nExample: rebound records reset contacts 42')
    .action(async (module: string, id: string, options: { json?: boolean }) =>
      exit(await (await import('./records.ts')).recordsReset(config(), module, id, options, io)),
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
    .addHelpText('after', '\nExample: rebound records list --bounced --type hard --csv > bounced.csv')
    .action(async options => exit(await (await import('./records.ts')).recordsList(config(), options, io)))

  const campaigns = program.command('campaigns').description('campaigns and their counts')
  campaigns
    .command('show')
    .description('sends, hard, soft and blocked bounces of one campaign')
    .argument('<id>')
    .option('--json', 'as a JSON object')
    .addHelpText('after', '\nExample: rebound campaigns show 7')
    .action(async (id: string, options: { json?: boolean }) =>
      exit(await (await import('./campaigns.ts')).campaignsShow(config(), id, options, io)),
    )

  const bounces = program.command('bounces').description('recorded events')
  bounces
    .command('list')
    .description('events in the order they were recorded')
    .option('--after <cursor>', 'go on where an earlier list ended; empty for the beginning')
    .option('--limit <count>', 'how many at the most (1–1000)', '100')
    .option(
      '--kind <kind>',
      'only this kind: bounce, delayed, delivered, complaint, auto-reply, receipt, ordinary',
    )
    .option('--type <type>', 'only hard or soft')
    .option('--campaign <id>', 'only this campaign')
    .option('--json', 'one JSON object a line, the cursor on stderr')
    .addHelpText('after', '\nExample: rebound bounces list --type hard --json')
    .action(async options => exit(await (await import('./bounces.ts')).bouncesList(config(), options, io)))
  bounces
    .command('undo')
    .description('take one event back: its address returns, and it leaves the counts')
    .argument('<id>')
    .option('--json', 'as a JSON object')
    .addHelpText('after', '\nExample: rebound bounces undo 17')
    .action(async (id: string, options: { json?: boolean }) =>
      exit(await (await import('./bounces.ts')).bouncesUndo(config(), id, options, io)),
    )
}
