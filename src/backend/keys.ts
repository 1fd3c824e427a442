// The signing keys that the database knows, for the operator. Works even if a missing key stops the start.

import { dayOf, dayStart } from '../model/day.ts'
import type { KeyState, ListedKey } from '../model/signing-key.ts'
import { signingKeys } from '../return-path/keys.ts'
import type { Config } from '../settings/config.ts'
import { hasSecret, signingSecrets } from '../settings/secret.ts'
import type { Store } from '../store/database/open.ts'
import { forgetKey, listKeys } from '../store/tables/keys.ts'
import { openDatabase } from './database.ts'

export type ForgottenKey = 'forgotten' | 'absent' | 'in-secret' | 'ambiguous'

export interface Keyring {
  /** The oldest first. */
  readonly list: () => Promise<readonly ListedKey[]>
  /** Afterwards a start no longer requires the key. `id` may be shortened while it is unambiguous. */
  readonly forget: (id: string, by: { readonly actor: string }) => Promise<ForgottenKey>
  readonly close: () => Promise<void>
}

const nameLength = 12

/** The id under which people see a key. */
export const keyName = (check: string): string => check.slice(0, nameLength)

/** Looking makes no secret: it would stand in the way of the one that is restored. */
const ourChecks = (config: Config): readonly string[] =>
  hasSecret(config) ? signingKeys(signingSecrets(config)).map(key => key.check) : []

/** Every key that the database knows or the settings have, the oldest first. */
export async function listedKeys(store: Store, config: Config): Promise<readonly ListedKey[]> {
  const ours = ourChecks(config)
  const validUntil = (retiredAt: Date | null): Date | null =>
    retiredAt === null
      ? null
      : // A path is valid until the end of its last day (docs/return-path.md).
        dayStart(dayOf(retiredAt) + config.returnPathDays + 1)
  const stateOf = (check: string, until: Date | null): KeyState => {
    if (ours.includes(check)) return ours[0] === check ? 'signs' : 'verifies'
    return until !== null && until.getTime() <= Date.now() ? 'expired' : 'missing'
  }
  const known = await listKeys(store)
  const fresh = ours.filter(check => !known.some(key => key.check === check))
  return [
    ...known.map(({ check, firstUsedAt, retiredAt }) => ({
      id: keyName(check),
      state: stateOf(check, validUntil(retiredAt)),
      firstUsedAt,
      lastSignedAt: retiredAt,
      validUntil: validUntil(retiredAt),
      inSecret: ours.includes(check),
    })),
    ...fresh.map(check => ({
      id: keyName(check),
      state: stateOf(check, null),
      firstUsedAt: null,
      lastSignedAt: null,
      validUntil: null,
      inSecret: true,
    })),
  ]
}

export async function openKeyring(config: Config): Promise<Keyring> {
  const ours = ourChecks(config)
  const { store } = await openDatabase(config)
  return {
    list: () => listedKeys(store, config),
    forget: async (id, by) => {
      const found = (await listKeys(store)).filter(key => id !== '' && key.check.startsWith(id.toLowerCase()))
      if (found.length > 1) return 'ambiguous'
      const [key] = found
      if (!key) return 'absent'
      if (ours.includes(key.check)) return 'in-secret'
      return (await forgetKey(store, key.check, by)) ? 'forgotten' : 'absent'
    },
    close: () => store.close(),
  }
}
