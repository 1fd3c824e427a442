// `rebound migrate`: brings the database to this version's shape and exits.

import type { Define, JsonOption, Shell } from '../shell.ts'
import { json } from '../terminal.ts'

export const migrateCommand: Define = (command, shell) => {
  command
    .option('--json', 'what was applied, as a JSON object')
    .addHelpText(
      'after',
      `\nExample: DATABASE_URL=mysql://rebound:PASSWORD@127.0.0.1/rebound ${shell.hints.rebound('migrate')}`,
    )
    .action(async (options: JsonOption) => shell.exit(await migrate(options, shell)))
}

/** Prints the names of the migrations applied. */
async function migrate(options: JsonOption, { io, config }: Shell): Promise<number> {
  const { migrateDatabase } = await import('../../backend/open.ts')
  const applied = await migrateDatabase(await config())
  if (options.json) io.out(json({ applied }))
  else for (const name of applied) io.out(name)
  io.err(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.length} migrations.`)
  return 0
}
