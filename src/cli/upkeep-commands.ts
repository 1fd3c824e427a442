// The words of the commands that look after what is kept; each has a file that holds what it does.

import type { Command } from 'commander'
import type { Config } from '../settings/config.ts'
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
    .addHelpText('after', '\nExample: REBOUND_KEEP_DAYS=365 rebound prune')
    .action(async (options: { json?: boolean }) =>
      exit(await (await import('./prune.ts')).prune(config(), options, io)),
    )

  const keys = program.command('keys').description('the keys that signed return paths')
  keys
    .command('list')
    .description('every key that this database knows, and whether it is in REBOUND_SECRET')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', '\nExample: rebound keys list')
    .action(async (options: { json?: boolean }) =>
      exit(await (await import('./keys.ts')).keysList(config(), options, io)),
    )
  keys
    .command('forget')
    .description('start without a key that is gone or leaked: the paths it signed are refused')
    .argument('<id>', 'as "keys list" shows it')
    .option('--json', 'as a JSON object')
    .addHelpText('after', '\nExample: REBOUND_SECRET=NEW rebound keys forget 1f3a09c2d4e5')
    .action(async (id: string, options: { json?: boolean }) =>
      exit(await (await import('./keys.ts')).keysForget(config(), id, options, io)),
    )
}
