// The signing keys that the database knows, for the operator. Works even if a missing key stops the start.

import { dayOf, dayStart } from '../model/day.ts'
import { signingKeys } from '../return-path/keys.ts'
import type { Config } from '../settings/config.ts'
import { hasSecret, signingSecrets } from '../settings/secret.ts'
import { forgetKey, listKeys } from '../store/tables/keys.ts'
import { openDatabase } from './database.ts'

/** `signs`: the newest of ours. `verifies`: ours too. `missing`: not ours, and paths signed with it may be under way. `expired`: nor those. */
export type KeyState = 'signs' | 'verifies' | 'missing' | 'expired'

export interface ListedKey {
  /** The id that `forget` takes; reveals nothing about the key. */
  readonly id: string
  readonly state: KeyState
  /** When this database first saw it; null: no server has run with it yet. */
  readonly firstUsedAt: Date | null
  /** When a newer one took over; null: none has. */
  readonly lastSignedAt: Date | null
  /** When the last path that it may have signed expires, exclusive; null while it may sign. */
  readonly validUntil: Date | null
  readonly inSecret: boolean
}

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

export async function openKeyring(config: Config): Promise<Keyring> {
  // Looking makes no secret: it would stand in the way of the one that is restored.
  const ours = hasSecret(config) ? signingKeys(signingSecrets(config)).map(key => key.check) : []
  const { store } = await openDatabase(config)
  const validUntil = (retiredAt: Date | null): Date | null =>
    retiredAt === null
      ? null
      : // A path is valid until the end of its last day (docs/return-path.md).
        dayStart(dayOf(retiredAt) + config.returnPathDays + 1)
  const stateOf = (check: string, until: Date | null): KeyState => {
    if (ours.includes(check)) return ours[0] === check ? 'signs' : 'verifies'
    return until !== null && until.getTime() <= Date.now() ? 'expired' : 'missing'
  }

  const list: Keyring['list'] = async () => {
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

  return {
    list,
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
