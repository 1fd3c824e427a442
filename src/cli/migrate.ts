// `rebound migrate`: brings the database to this version's shape and exits.

import { migrateDatabase } from '../backend/open.ts'
import type { Config } from '../settings/config.ts'
import { type Io, json } from './terminal.ts'

/** Prints the names of the migrations applied. */
export async function migrate(config: Config, options: { readonly json?: boolean }, io: Io): Promise<number> {
  const applied = await migrateDatabase(config)
  if (options.json) io.out(json({ applied }))
  else for (const name of applied) io.out(name)
  io.err(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.length} migrations.`)
  return 0
}
