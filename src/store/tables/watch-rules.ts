// Keeps a process in step with the rules: its own changes at once, those of others with the next look.

import type { Rule } from '../../model/rule.ts'
import type { RulesWatch } from '../../model/rulebook.ts'
import { startLoop } from '../../system/loop.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { allRules, rulesVersion } from './rule-rows.ts'

/** A change of another process is seen within 2 s. */
const lookEveryMs = 1_000

/** Tells `onRules` of every new set of rules, the first included; looks again each second until closed. */
export function watchRules(
  store: Store,
  onRules: (rules: readonly Rule[]) => void,
  onError: (error: unknown) => void = () => {},
): RulesWatch {
  let seen: number | null = null
  let isClosed = false
  let looking: Promise<void> = Promise.resolve()

  const look = async (): Promise<void> => {
    if (isClosed) return
    // The version first: what changes between the two reads is read again with the next look.
    const version = await persist(() => rulesVersion(store))
    if (version === seen || isClosed) return
    const rules = await persist(() => allRules(store))
    if (isClosed) return
    onRules(rules)
    seen = version
  }
  /** After the look that is under way: it may have read before the change that this one is for. */
  const refresh = (): Promise<void> => {
    looking = looking.catch(() => {}).then(look)
    return looking
  }
  const loop = startLoop({ turn: refresh, waitMs: () => lookEveryMs, onError })
  return {
    refresh,
    close: async () => {
      isClosed = true
      await loop.close()
      await looking.catch(() => {})
    },
  }
}
