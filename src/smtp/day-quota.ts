// How much of something one site may bring in a day, so that nobody can use it up for all.

import { LRUCache } from 'lru-cache'
import { networkKey } from '../model/network.ts'

/** At most this many sites are remembered; a stranger with more of them has its own limit of connections. */
const maxSites = 10_000

export class DayQuota {
  readonly #maxPerDay: number
  readonly #isTrusted: (ip: string) => boolean
  readonly #used = new LRUCache<string, number>({ max: maxSites })
  #day = ''

  constructor(maxPerDay: number, isTrusted: (ip: string) => boolean) {
    this.#maxPerDay = maxPerDay
    this.#isTrusted = isTrusted
  }

  /** Has this client's site brought what it may today? */
  isUsedUp(ip: string, now: Date): boolean {
    return !this.#isTrusted(ip) && this.#usedBy(ip, now) >= this.#maxPerDay
  }

  /** Counts what begins; false when there was enough before. */
  take(ip: string, now: Date, count = 1): boolean {
    if (this.isUsedUp(ip, now)) return false
    this.#used.set(networkKey(ip), this.#usedBy(ip, now) + count)
    return true
  }

  /** Of what was not kept after all. */
  giveBack(ip: string, now: Date, count = 1): void {
    this.#used.set(networkKey(ip), Math.max(0, this.#usedBy(ip, now) - count))
  }

  #usedBy(ip: string, now: Date): number {
    const today = now.toISOString().slice(0, 10)
    if (today !== this.#day) this.#used.clear()
    this.#day = today
    return this.#used.get(networkKey(ip)) ?? 0
  }
}
