// A command's hold on the database: opened when it is needed, closed whatever happens.

import type { Ledger } from '../backend/open.ts'
import type { Config } from '../settings/config.ts'
import { CommandError } from './terminal.ts'

/**
 * Runs `work` with what the database holds. Throws StartError, DatabaseError; CommandError (1) where there is no SQLite
 * file, unless the command `creates` it.
 */
export async function withLedger<Result>(
  config: Config,
  work: (ledger: Ledger) => Promise<Result>,
  { creates = false }: { readonly creates?: boolean } = {},
): Promise<Result> {
  if (!creates) await refuseMissing(config)
  const { openLedger } = await import('../backend/open.ts')
  const ledger = await openLedger(config)
  try {
    return await work(ledger)
  } finally {
    await ledger.close()
  }
}

/** A command in the wrong folder would make a new database, and find nothing in it. Throws CommandError (1). */
export async function refuseMissing(config: Pick<Config, 'databaseUrl'>): Promise<void> {
  const { missingFile } = await import('../backend/database.ts')
  const file = missingFile(config)
  if (file === null) return
  throw new CommandError(
    `There is no database at ${file}: name the right one with DATABASE_URL=sqlite:/path/to/rebound.sqlite or REBOUND_DATA_DIR, as the server has it. The first start of a server makes one.`,
    1,
  )
}
