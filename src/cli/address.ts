// `rebound address mint|read`: return paths by hand.

import { addressOf, openLedger } from '../backend/open.ts'
import { MintError } from '../model/mint.ts'
import type { Config } from '../settings/config.ts'
import { checkModule } from './naming.ts'
import { CommandError, type Io, json } from './terminal.ts'

export interface MintOptions {
  readonly module?: string
  readonly id?: string
  readonly to?: string
  readonly campaign?: string
  readonly mail?: string
  readonly json?: boolean
}

const needed = {
  module: 'contacts, companies, leads, or a module of the mapping file',
  id: 'your id of the record',
  to: 'the address that the mail goes to',
} as const

/** Prints the return path alone, so that a shell can use it as it is; all there is with `json`. Minting here counts no send. */
export async function addressMint(config: Config, options: MintOptions, io: Io): Promise<number> {
  const { module, id, to, campaign, mail } = options
  if (module === undefined || id === undefined || to === undefined)
    throw new CommandError(
      (['module', 'id', 'to'] as const)
        .filter(name => options[name] === undefined)
        .map(name => `--${name} is needed: write ${needed[name]}`)
        .join('\n'),
      2,
    )
  checkModule(config, '--module', module)
  const ledger = await openLedger(config)
  try {
    const [minted] = await ledger
      .mint([{ module, id, to, campaign, mail }], { count: false })
      .catch((error: unknown) => {
        if (error instanceof MintError) throw new CommandError(`--${error.field}: ${error.message}`, 2)
        throw error
      })
    if (minted === undefined) throw new CommandError('no address was minted', 1)
    io.out(options.json ? json(minted) : minted.address)
    return 0
  } finally {
    await ledger.close()
  }
}

/** Prints what the address says; exits 1 when it is no valid return path of ours. */
export async function addressRead(config: Config, text: string, io: Io): Promise<number> {
  const path = await addressOf(config, text)
  io.out(json(path))
  return path.valid ? 0 : 1
}
