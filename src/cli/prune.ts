// `rebound prune`: deletes now what servers delete every hour.

import { openLedger } from '../backend/open.ts'
import type { Config } from '../settings/config.ts'
import { type Io, json, table } from './terminal.ts'

export async function prune(config: Config, options: { readonly json?: boolean }, io: Io): Promise<number> {
  const ledger = await openLedger(config)
  try {
    const pruned = await ledger.prune()
    if (options.json) io.out(json(pruned))
    else io.out(table(['what', 'deleted'], Object.entries(pruned)))
    if (config.keepDays === null)
      io.err('REBOUND_KEEP_DAYS is forever: only what expired return paths needed goes.')
    return 0
  } finally {
    await ledger.close()
  }
}
