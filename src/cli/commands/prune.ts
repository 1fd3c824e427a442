// `rebound prune`: deletes now what servers delete every hour.

import { withLedger } from '../ledger.ts'
import type { Define, JsonOption, Shell } from '../shell.ts'
import { printTable } from '../table.ts'
import { json } from '../terminal.ts'

export const pruneCommand: Define = (command, shell) => {
  command
    .option('--trust-clock', 'delete by the clock although nothing was recorded for long')
    .option('--json', 'as a JSON object')
    .addHelpText('after', `\nExample: REBOUND_KEEP_DAYS=365 ${shell.hints.rebound('prune')}`)
    .action(async (options: PruneOptions) => shell.exit(await prune(options, shell)))
}

/** The names that programs read, in words for people. */
const words: Readonly<Record<string, string>> = {
  noise: 'events that are noise',
  returnPaths: 'return paths',
  messageIds: 'Message-IDs',
}

interface PruneOptions extends JsonOption {
  readonly trustClock?: boolean
}

async function prune(options: PruneOptions, shell: Shell): Promise<number> {
  const { io } = shell
  const config = await shell.config()
  const { pruned, doubted } = await withLedger(config, ledger =>
    ledger.prune({ trustsClock: options.trustClock ?? false }),
  )
  if (options.json) io.out(json(pruned))
  else
    printTable(
      io,
      ['what', 'deleted'],
      Object.entries(pruned).map(([what, count]) => [words[what] ?? what, count]),
    )
  if (doubted !== null)
    io.err(
      `Nothing was recorded for more than a day, so what is old was judged by the newest event. If it is ${doubted.toISOString()} now, "${shell.hints.rebound('prune --trust-clock')}" goes by that.`,
    )
  if (config.keepDays === null)
    io.err(
      'REBOUND_KEEP_DAYS is forever: histories are kept; only what expired return paths needed, and what REBOUND_KEEP_NOISE_DAYS names, is deleted.',
    )
  return 0
}
