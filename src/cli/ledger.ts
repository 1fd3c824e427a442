// A command's hold on the database: opened when it is needed, closed whatever happens.

import type { Ledger } from '../backend/open.ts'
import type { Config } from '../settings/config.ts'

/** Runs `work` with what the database holds. Throws StartError, DatabaseError. */
export async function withLedger<Result>(
  config: Config,
  work: (ledger: Ledger) => Promise<Result>,
): Promise<Result> {
  const { openLedger } = await import('../backend/open.ts')
  const ledger = await openLedger(config)
  try {
    return await work(ledger)
  } finally {
    await ledger.close()
  }
}
