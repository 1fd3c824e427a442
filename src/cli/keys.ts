// `rebound keys list|forget`: which keys signed the return paths of this database, and doing without one.

import { type ForgottenKey, openKeyring } from '../backend/keys.ts'
import type { Config } from '../settings/config.ts'
import { CommandError, harmless, type Io, json, table } from './terminal.ts'

export async function keysList(
  config: Config,
  options: { readonly json?: boolean },
  io: Io,
): Promise<number> {
  const keyring = await openKeyring(config)
  try {
    const keys = await keyring.list()
    if (options.json) for (const key of keys) io.out(json(key))
    else
      io.out(
        table(
          ['id', 'state', 'first used', 'last signed', 'paths valid until', 'in REBOUND_SECRET'],
          keys.map(key => [
            key.id,
            key.state,
            day(key.firstUsedAt),
            day(key.lastSignedAt),
            day(key.validUntil),
            key.inSecret ? 'yes' : 'no',
          ]),
        ),
      )
    return 0
  } finally {
    await keyring.close()
  }
}

const day = (at: Date | null): string | null => at?.toISOString().slice(0, 10) ?? null

/** Audited. Servers that run with the key go on taking its paths until they are started anew. */
export async function keysForget(
  config: Config,
  id: string,
  options: { readonly json?: boolean },
  io: Io,
): Promise<number> {
  const keyring = await openKeyring(config)
  try {
    const done = await keyring.forget(id, { actor: 'cli' })
    if (done !== 'forgotten') throw new CommandError(whyNot(done, id), 1)
    if (options.json) io.out(json({ forgotten: id }))
    io.err(
      `The key ${harmless(id)} is forgotten: a start does without it, and its paths are forged. Restart every server that still has it.`,
    )
    return 0
  } finally {
    await keyring.close()
  }
}

function whyNot(done: Exclude<ForgottenKey, 'forgotten'>, id: string): string {
  if (done === 'absent') return `There is no key ${harmless(id)}; "rebound keys list" shows what there is.`
  if (done === 'ambiguous') return `Several keys begin with ${harmless(id)}; write more of it.`
  return `The key ${harmless(id)} is among yours, and the next start would write it down again: take it out of REBOUND_SECRET (or of the file "secret" in the data directory) first.`
}
