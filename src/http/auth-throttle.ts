// Wrong tokens: how many a network may send in a minute. Who sends the right one is not held back for its neighbours.

import { LRUCache } from 'lru-cache'
import { clientKey, networkKey } from '../model/network.ts'

const minuteMs = 60_000
/** How long a client that had the right token is known. */
const knownMs = 60 * minuteMs
/** At most this many networks and clients are remembered. */
const maxRemembered = 10_000

export interface AuthThrottle {
  /** Seconds until this client may try again; null when it may. */
  readonly waitSeconds: (ip: string) => number | null
  /** A wrong token came from it. */
  readonly failed: (ip: string) => void
  /** The right token came from it. */
  readonly succeeded: (ip: string) => void
}

interface Minute {
  readonly since: number
  readonly failures: number
}

/** @param now milliseconds that never go back */
export function createAuthThrottle(
  maxFailures: number,
  isTrusted: (ip: string) => boolean,
  now: () => number = () => performance.now(),
): AuthThrottle {
  const minutes = new LRUCache<string, Minute>({ max: maxRemembered })
  const known = new LRUCache<string, number>({ max: maxRemembered })

  const current = (ip: string): Minute => {
    const found = minutes.get(networkKey(ip))
    return found && now() - found.since < minuteMs ? found : { since: now(), failures: 0 }
  }
  const isKnown = (ip: string): boolean => {
    const since = known.get(clientKey(ip))
    return since !== undefined && now() - since < knownMs
  }
  return {
    waitSeconds: ip => {
      const { since, failures } = current(ip)
      if (failures < maxFailures || isKnown(ip) || isTrusted(ip)) return null
      return Math.ceil((since + minuteMs - now()) / 1000)
    },
    failed: ip => {
      const { since, failures } = current(ip)
      minutes.set(networkKey(ip), { since, failures: failures + 1 })
      // One that had the right token and now guesses is like any other.
      known.delete(clientKey(ip))
    },
    succeeded: ip => {
      known.set(clientKey(ip), now())
    },
  }
}
