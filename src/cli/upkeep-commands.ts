// The words of the commands that look after what is kept; each has a file that holds what it does.

import type { Command } from 'commander'
import type { Config } from '../config.ts'
import type { Io } from './terminal.ts'

export function upkeepCommands(
  program: Command,
  config: () => Config,
  io: Io,
  exit: (code: number) => void,
): void {
  program
    .command('forget')
    .description('erase a person’s address everywhere; the counts stay')
    .argument('<address>')
    .option('--dry-run', 'only say where it is')
    .option('--json', 'as a JSON object')
    .addHelpText('after', '\nExample: rebound forget ana@example.org')
    .action(async (address: string, options: { dryRun?: boolean; json?: boolean }) =>
      exit(await (await import('./forget.ts')).forget(config(), address, options, io)),
    )

  program
    .command('prune')
    .description(
      'delete what is older than REBOUND_KEEP_DAYS and return paths allow; servers do it every hour',
    )
    .option('--json', 'as a JSON object')
    .action(async (options: { json?: boolean }) =>
      exit(await (await import('./prune.ts')).prune(config(), options, io)),
    )
}
