// Mints a return path from what an SQLite database holds already, where nothing has to be written for it.

import { modulesByNumber } from '../crm/mapping.ts'
import type { MintedMail, MintItem } from '../model/mint.ts'
import { mintAll } from '../return-path/mint.ts'
import type { Config } from '../settings/config.ts'
import { hasSecret } from '../settings/secret.ts'
import { glanceAt } from '../store/database/glance.ts'
import { returnPathsOf, usableKeys } from './signing.ts'

/** Something has to be written, or looked at closely. */
class NeedsDatabase extends Error {}

/**
 * The return path as `Ledger.mint` makes it. Null when the database must be opened for it: to write, to check a
 * mapping file, or to say what is wrong with it. Throws MintError, StartError.
 */
export async function mintFromFile(config: Config, item: MintItem): Promise<MintedMail | null> {
  if (config.crmFile !== null || config.legacy.length > 0) return null
  if (!hasSecret(config)) return null
  const seen = glanceAt(config.databaseUrl, item.campaign)
  if (seen === null) return null
  const keys = usableKeys(config)
  // Exactly our keys, as a server that ran with them left them: nothing to register, and none missing.
  const areKnown =
    seen.keys.length === keys.length &&
    keys.every(({ check }, at) => seen.keys.some(key => key.check === check && key.isRetired === at > 0))
  if (!areKnown) return null
  const returnPaths = returnPathsOf(config, keys, modulesByNumber(null, seen.modules))
  const write = (items: readonly unknown[]): void => {
    if (items.length > 0) throw new NeedsDatabase()
  }
  try {
    const [minted] = await mintAll(
      [item],
      { count: false },
      {
        modules: modulesByNumber(null).filter(name => name !== ''),
        campaignNumbers: async ids => {
          if (ids.length > 0 && seen.campaignNumber === null) throw new NeedsDatabase()
          return new Map(ids.map(id => [id, seen.campaignNumber ?? 0]))
        },
        sign: signable => {
          const path = returnPaths.mint(signable, new Date())
          return path.kind === 'signed' ? path.address : null
        },
        store: async items => {
          write(items)
          return []
        },
        register: async items => write(items),
        countSends: async () => {},
      },
    )
    return minted ?? null
  } catch (error) {
    if (error instanceof NeedsDatabase) return null
    throw error
  }
}
