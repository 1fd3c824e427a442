// Where sends and undos are counted: in the metrics of a server or, by a command, in a table from which a server takes them.

import type { Metrics } from '../metrics/metrics.ts'
import type { Campaigns } from '../model/campaign.ts'
import type { Kind } from '../model/report.ts'
import type { Store } from '../store/database/open.ts'
import { takeCounts, tellCounts } from '../store/tables/told-counts.ts'
import type { Log } from '../system/log.ts'
import { type Loop, startLoop } from '../system/loop.ts'

export interface Counts {
  /** Sends to these addresses. */
  readonly sends: (to: readonly string[]) => void | Promise<void>
  readonly undone: (count: number) => void | Promise<void>
}

const everyMs = 5_000
/** Whose provider nobody knows. */
const other = 'other'

/** For a command. `providerOf` is loaded when it is needed, since most commands count nothing. */
export function tellingCounts(store: Store): Counts {
  return {
    sends: async to => {
      const { providerOfDomain } = await import('../knowledge/providers.ts')
      const byProvider = new Map<string, number>()
      for (const address of to) {
        const provider = providerOfDomain(address.slice(address.lastIndexOf('@') + 1))
        byProvider.set(provider, (byProvider.get(provider) ?? 0) + 1)
      }
      await tellCounts(
        store,
        [...byProvider].map(([word, count]) => ({ what: 'sends', word, count })),
      )
    },
    undone: count => tellCounts(store, [{ what: 'undone', word: '', count }]),
  }
}

/** Takes what commands counted into the metrics of this server, every few seconds. */
export function collectCounts(
  store: Store,
  metrics: Pick<Metrics, 'sends' | 'undone' | 'imported'>,
  log: Pick<Log, 'warn'>,
): Loop {
  return startLoop({
    turn: async () => {
      for (const { what, word, count } of await takeCounts(store))
        if (what === 'sends') metrics.sends({ provider: word, count })
        else if (what === 'undone') metrics.undone(count)
        else metrics.imported(word as Kind, count)
    },
    firstMs: 0,
    waitMs: () => everyMs,
    onError: error => log.warn({ err: error }, 'counts of commands could not be taken; they are tried again'),
  })
}

/** Campaigns whose sends are counted when they are told: what `sent` grows by, and `sentAdd`. */
export function countingTold(campaigns: Campaigns, metrics: Pick<Metrics, 'sends'>): Campaigns {
  const count = (sends: number): void => {
    if (sends > 0) metrics.sends({ provider: other, count: sends })
  }
  const sentBefore = async (id: string, sent: number | undefined): Promise<number> =>
    sent === undefined ? 0 : ((await campaigns.get(id))?.sent ?? 0)
  return {
    list: campaigns.list,
    get: campaigns.get,
    change: async (id, change) => {
      const before = await sentBefore(id, change.sent)
      const changed = await campaigns.change(id, change)
      if (changed !== null && change.sent !== undefined) count(change.sent - before)
      return changed
    },
    put: async (id, change) => {
      const before = await sentBefore(id, change.sent)
      const put = await campaigns.put(id, change)
      if (put !== null && change.sent !== undefined) count(change.sent - before)
      return put
    },
    addSent: async (id, added, options) => {
      const changed = await campaigns.addSent(id, added, options)
      if (changed !== null) count(added)
      return changed
    },
  }
}
