// How much mail to postmaster and abuse one site may send in a day, so that nobody can fill that mailbox for all.

import { LRUCache } from 'lru-cache'
import { networkKey } from '../model/network.ts'

/** So many sites are remembered; a stranger with more of them has its own limit of connections. */
const maxSites = 10_000

export class RoleQuota {
  readonly #maxPerDay: number
  readonly #isTrusted: (ip: string) => boolean
  readonly #used = new LRUCache<string, number>({ max: maxSites })
  #day = ''

  constructor(maxPerDay: number, isTrusted: (ip: string) => boolean) {
    this.#maxPerDay = maxPerDay
    this.#isTrusted = isTrusted
  }

  /** Has this client's site sent what it may today? */
  isUsedUp(ip: string, now: Date): boolean {
    return !this.#isTrusted(ip) && this.#usedBy(ip, now) >= this.#maxPerDay
  }

  /** Counts a message that begins; false when it is one too many. */
  take(ip: string, now: Date): boolean {
    if (this.isUsedUp(ip, now)) return false
    this.#used.set(networkKey(ip), this.#usedBy(ip, now) + 1)
    return true
  }

  /** Of a message that was not kept after all. */
  giveBack(ip: string, now: Date): void {
    this.#used.set(networkKey(ip), Math.max(0, this.#usedBy(ip, now) - 1))
  }

  #usedBy(ip: string, now: Date): number {
    const today = now.toISOString().slice(0, 10)
    if (today !== this.#day) this.#used.clear()
    this.#day = today
    return this.#used.get(networkKey(ip)) ?? 0
  }
}
