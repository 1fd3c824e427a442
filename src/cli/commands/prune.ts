// `rebound prune`: deletes now what servers delete every hour.

import { withLedger } from '../ledger.ts'
import type { Define, JsonOption, Shell } from '../shell.ts'
import { printTable } from '../table.ts'
import { json } from '../terminal.ts'

export const pruneCommand: Define = (command, shell) => {
  command
    .option('--json', 'as a JSON object')
    .addHelpText('after', `\nExample: REBOUND_KEEP_DAYS=365 ${shell.hints.rebound('prune')}`)
    .action(async (options: JsonOption) => shell.exit(await prune(options, shell)))
}

async function prune(options: JsonOption, shell: Shell): Promise<number> {
  const { io } = shell
  const config = await shell.config()
  const pruned = await withLedger(config, ledger => ledger.prune())
  if (options.json) io.out(json(pruned))
  else printTable(io, ['what', 'deleted'], Object.entries(pruned))
  if (config.keepDays === null)
    io.err('REBOUND_KEEP_DAYS is forever: only what expired return paths needed is deleted.')
  return 0
}
