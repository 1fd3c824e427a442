// What the overview shows of each day, kept beside everything else: sends as they are counted, reports once a day is over.

import { setTimeout as pause } from 'node:timers/promises'
import type { Metrics } from '../metrics/metrics.ts'
import { dayMs, hourMs } from '../model/day.ts'
import type { Store } from '../store/database/open.ts'
import type { CountDay } from '../store/tables/day-cells.ts'
import { addSends } from '../store/tables/day-sends.ts'
import type { Log } from '../system/log.ts'
import { type Loop, startLoop } from '../system/loop.ts'

/** So many days the overview shows. */
const days = 31
const flushMs = 5_000

export interface SendTally {
  /** The same metrics, of which each send is counted by its day too. */
  readonly metrics: Metrics
  /** Writes down what was counted every few seconds, and when it is closed; a server that is killed loses those of seconds. */
  readonly keep: (store: Store, log: Pick<Log, 'warn'>) => { readonly close: () => Promise<void> }
}

export function tallySends(metrics: Metrics, now: () => number = Date.now): SendTally {
  let counted = new Map<number, number>()
  const add = (day: number, count: number): void => void counted.set(day, (counted.get(day) ?? 0) + count)
  const write = async (store: Store): Promise<void> => {
    const sends = counted
    counted = new Map()
    try {
      await addSends(store, sends)
    } catch (error) {
      for (const [day, count] of sends) add(day, count)
      throw error
    }
  }
  return {
    metrics: {
      ...metrics,
      sends: to => {
        metrics.sends(to)
        const at = now()
        add(at - (at % dayMs), 'provider' in to ? to.count : to.length)
      },
    },
    keep: (store, log) => {
      const onError = (error: unknown): void =>
        log.warn({ err: error }, 'sends by day could not be written; they are tried again')
      const loop = startLoop({ turn: () => write(store), waitMs: () => flushMs, onError })
      return {
        close: async () => {
          await loop.close()
          await write(store).catch(onError)
        },
      }
    },
  }
}

/** Counts the days that are over, the newest first, so that no page has to wait for it. */
export function countDays(countDay: CountDay, log: Pick<Log, 'warn'>): Loop {
  return startLoop({
    turn: async signal => {
      const today = Date.now() - (Date.now() % dayMs)
      for (let day = today; day > today - days * dayMs && !signal.aborted; day -= dayMs) {
        const began = performance.now()
        await countDay(day, 'provider')
        // Most of the database’s time is for mail. Broken off when the loop is closed.
        await pause(4 * (performance.now() - began), null, { signal }).catch(() => {})
      }
    },
    firstMs: 0,
    waitMs: () => hourMs / 4,
    onError: error => log.warn({ err: error }, 'the days could not be counted; they are tried again'),
  })
}
