// Keeps a process in step with the rules: its own changes at once, those of others with the next look.

import type { Rule } from '../../model/rule.ts'
import type { RulesWatch } from '../../model/rulebook.ts'
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
  let closed = false
  let looking: Promise<void> = Promise.resolve()
  let underWay = 0

  const look = async (): Promise<void> => {
    // The version first: what changes between the two reads is read again with the next look.
    const version = await persist(() => rulesVersion(store))
    if (version === seen || closed) return
    onRules(await persist(() => allRules(store)))
    seen = version
  }
  const refresh = (): Promise<void> => {
    underWay++
    looking = looking
      .catch(() => {})
      .then(look)
      .finally(() => {
        underWay--
      })
    return looking
  }
  const timer = setInterval(() => {
    if (underWay === 0) refresh().catch(onError)
  }, lookEveryMs)
  timer.unref()
  return {
    refresh,
    close: () => {
      closed = true
      clearInterval(timer)
    },
  }
}
