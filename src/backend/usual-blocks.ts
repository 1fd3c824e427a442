// How often each provider blocks mail on an ordinary day: the brake's measure of what is a flood of it.

import { windowMs } from '../crm/brake.ts'
import { dayMs } from '../model/day.ts'
import type { Store } from '../store/database/open.ts'
import { blockedAddresses } from '../store/tables/sightings.ts'

export interface UsualBlocks {
  /** Blocks in a window of the brake's, on average; 0 for a provider that blocked nothing. */
  readonly of: (provider: string) => number
  /** Counts anew, where the counts are old. */
  readonly learn: (now: number) => Promise<void>
}

const spanMs = dayMs
const everyMs = 600_000

/** @param providerOf the provider behind an address */
export function usualBlocks(store: Store, providerOf: (address: string) => string): UsualBlocks {
  let usual: ReadonlyMap<string, number> = new Map()
  let learntAt = Number.NEGATIVE_INFINITY
  return {
    of: provider => usual.get(provider) ?? 0,
    learn: async now => {
      if (now - learntAt < everyMs) return
      learntAt = now
      const blocks = new Map<string, number>()
      // What is in the window now is not yet usual.
      const span = { from: now - spanMs, to: now - windowMs }
      for (const address of await blockedAddresses(store, span)) {
        const provider = providerOf(address)
        blocks.set(provider, (blocks.get(provider) ?? 0) + 1)
      }
      const windows = (span.to - span.from) / windowMs
      usual = new Map([...blocks].map(([provider, count]) => [provider, count / windows]))
    },
  }
}
