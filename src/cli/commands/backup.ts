// `rebound backup`: a copy of the SQLite database, made while the server runs.

import type { Define, JsonOption, Shell } from '../shell.ts'
import { CommandError, harmless, json } from '../terminal.ts'

export const backupCommand: Define = (command, shell) => {
  command
    .argument('<file>', 'a file that is not there yet')
    .option('--json', 'file, size and where the secret is, as a JSON object')
    .addHelpText('after', `\nExample: ${shell.hints.rebound('backup /backups/rebound.sqlite')}`)
    .action(async (file: string, options: JsonOption) => shell.exit(await backup(file, options, shell)))
}

async function backup(file: string, options: JsonOption, { io, config }: Shell): Promise<number> {
  const { BackupError, backupDatabase, secretPlace } = await import('../../backend/backup.ts')
  const settings = await config()
  const secret = secretPlace(settings)
  try {
    const made = await backupDatabase(settings, file)
    if (options.json) io.out(json({ ...made, secret }))
    else io.err(`${harmless(made.file)} holds the database (${made.bytes} bytes).`)
    io.err(`Keep the secret with it: ${harmless(secret)}. Without it no return path in use verifies.`)
    return 0
  } catch (error) {
    if (error instanceof BackupError) throw new CommandError(harmless(error.message), 1)
    throw error
  }
}
