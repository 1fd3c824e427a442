// `rebound migrate`: brings the database to this version's shape and exits.

import type { Config } from '../config.ts'
import { migrateDatabase } from '../ledger.ts'
import { type Io, json } from './terminal.ts'

export async function migrate(config: Config, io: Io): Promise<number> {
  const done = await migrateDatabase(config)
  io.err(done.length === 0 ? 'The database is up to date.' : `Applied ${done.length} migrations.`)
  for (const name of done) io.out(json({ applied: name }))
  return 0
}
