// `rebound keys list|forget`: which keys signed the return paths of this database, and doing without one.

import type { ForgottenKey, Keyring } from '../../backend/keys.ts'
import type { Hints } from '../hints.ts'
import { refuseMissing } from '../ledger.ts'
import type { Define, JsonOption, Shell } from '../shell.ts'
import { printTable } from '../table.ts'
import { CommandError, harmless, json } from '../terminal.ts'

export const keysCommands: Define = (keys, shell) => {
  const { hints, exit } = shell
  keys
    .command('list')
    .description('every key that this database knows, and whether it is in REBOUND_SECRET')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', `\nExample: ${hints.rebound('keys list')}`)
    .action(async (options: JsonOption) => exit(await list(options, shell)))
  keys
    .command('forget')
    .description('start without a key that is lost or leaked: the paths it signed are refused')
    .argument('<id>', 'as "keys list" shows it')
    .option('--json', 'as a JSON object')
    .addHelpText('after', `\nExample: REBOUND_SECRET=NEW ${hints.rebound('keys forget 1f3a09c2d4e5')}`)
    .action(async (id: string, options: JsonOption) => exit(await forget(id, options, shell)))
}

async function withKeyring<Result>(
  { config }: Shell,
  work: (keyring: Keyring) => Promise<Result>,
): Promise<Result> {
  const { openKeyring } = await import('../../backend/keys.ts')
  const settings = await config()
  await refuseMissing(settings)
  const keyring = await openKeyring(settings)
  try {
    return await work(keyring)
  } finally {
    await keyring.close()
  }
}

async function list(options: JsonOption, shell: Shell): Promise<number> {
  const { io } = shell
  const keys = await withKeyring(shell, keyring => keyring.list())
  if (options.json) for (const key of keys) io.out(json(key))
  else
    printTable(
      io,
      ['id', 'state', 'first used', 'last signed', 'paths valid until', 'in REBOUND_SECRET'],
      keys.map(key => [
        key.id,
        key.state,
        day(key.firstUsedAt),
        day(key.lastSignedAt),
        day(key.validUntil),
        key.inSecret ? 'yes' : 'no',
      ]),
    )
  return 0
}

const day = (at: Date | null): string | null => at?.toISOString().slice(0, 10) ?? null

/** Audited. Servers that run with the key go on taking its paths until they are restarted. */
async function forget(id: string, options: JsonOption, shell: Shell): Promise<number> {
  const { io, hints } = shell
  const result = await withKeyring(shell, keyring => keyring.forget(id, { actor: 'cli' }))
  if (result !== 'forgotten') throw new CommandError(whyNot(result, id, hints), 1)
  if (options.json) io.out(json({ forgotten: id }))
  io.err(
    `The key ${harmless(id)} is forgotten: Rebound starts without it and refuses the paths it signed. Restart every server that still has it.`,
  )
  return 0
}

function whyNot(result: Exclude<ForgottenKey, 'forgotten'>, id: string, hints: Hints): string {
  if (result === 'absent')
    return `There is no key ${harmless(id)}; "${hints.rebound('keys list')}" shows what there is.`
  if (result === 'ambiguous') return `Several keys begin with ${harmless(id)}; write more of it.`
  return `The key ${harmless(id)} is still in use, and the next start would register it again: first take it out of REBOUND_SECRET (or of the file "secret" in the data directory).`
}
