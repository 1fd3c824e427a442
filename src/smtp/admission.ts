// Who gets in: connections counted by client and by site, the surplus told why, and a place made for newcomers when
// one site holds most of them.

import type { Socket } from 'node:net'
import { clientKey, networkKey } from '../model/network.ts'
import type { SmtpLimits } from './limits.ts'
import { type DeferReason, deferrals, wireText } from './replies.ts'

/** How many refused clients may linger to hear why; more are dropped without a word. */
const maxLingering = 100
/** Stress ends below this part of where it begins, so that one connection more or less does not change it. */
const calmShare = 0.9

/** A connection that was let in. */
export interface Place {
  /** Frees the place; a second call does nothing. */
  readonly leave: () => void
}

/** What a connection in a place is asked. */
export interface Occupant {
  /** Since when it waits for the next command; null while a message is on its way or we are at work for it. */
  readonly idleSince: () => number | null
  /** Says goodbye and goes, so that somebody else may have its place. */
  readonly evict: () => void
}

interface Occupancy {
  readonly client: string
  readonly network: string
  readonly occupant: Occupant
}

export class Admission {
  readonly #limits: SmtpLimits
  readonly #isTrusted: (ip: string) => boolean
  readonly #places = new Set<Occupancy>()
  readonly #clients = new Map<string, number>()
  readonly #networks = new Map<string, Set<Occupancy>>()
  readonly #lingering = new Set<Socket>()
  #isShut = false
  #isStressed = false

  constructor(limits: SmtpLimits, isTrusted: (ip: string) => boolean) {
    this.#limits = limits
    this.#isTrusted = isTrusted
  }

  /** Connections inside. */
  get inside(): number {
    return this.#places.size
  }

  get isStressed(): boolean {
    return this.#isStressed
  }

  /** From now on nobody gets in. */
  shut(): void {
    this.#isShut = true
  }

  /** Null when this client may come in, or why not. When all places are taken, one is made where that is fair. */
  refusal(ip: string): DeferReason | null {
    if (this.#isShut) return 'draining'
    if (!this.#isTrusted(ip)) {
      const { maxConnectionsPerIp, maxConnectionsPerNetwork } = this.#limits
      if ((this.#clients.get(clientKey(ip)) ?? 0) >= maxConnectionsPerIp) return 'too-many-per-ip'
      if ((this.#networks.get(networkKey(ip))?.size ?? 0) >= maxConnectionsPerNetwork)
        return 'too-many-per-network'
    }
    if (this.inside < this.#limits.maxConnections) return null
    return this.#makePlace(ip) ? null : 'too-many-connections'
  }

  /** Takes a place for a client that `refusal` had nothing against. */
  enter(ip: string, occupant: Occupant): Place {
    const entry: Occupancy = { client: clientKey(ip), network: networkKey(ip), occupant }
    this.#places.add(entry)
    // Trusted networks are nobody's rival: they are counted in the whole alone.
    if (!this.#isTrusted(ip)) this.#count(entry)
    this.#updateStress()
    return {
      leave: () => {
        if (this.#places.delete(entry)) this.#forget(entry)
        this.#updateStress()
      },
    }
  }

  /** Says 421 in place of the greeting (RFC 5321 §3.8) and closes. */
  turnAway(socket: Socket, reason: DeferReason): void {
    socket.on('error', () => {})
    if (this.#lingering.size >= Math.min(maxLingering, Math.ceil(this.#limits.maxConnections / 4))) {
      socket.destroy()
      return
    }
    const { code } = deferrals[reason]
    socket.end(`${code} ${wireText(deferrals[reason])}\r\n`)
    socket.resume()
    this.#lingering.add(socket)
    const timer = setTimeout(() => socket.destroy(), this.#limits.lingerMs)
    socket.once('close', () => {
      clearTimeout(timer)
      this.#lingering.delete(socket)
    })
  }

  /** The site that holds most loses the connection that has been idle longest, unless the newcomer is of it. */
  #makePlace(ip: string): boolean {
    const own = this.#networks.get(networkKey(ip))?.size ?? 0
    const rivals = [...this.#networks.values()].filter(places => places.size > own + 1)
    for (const places of rivals.sort((one, other) => other.size - one.size)) {
      const idle = longestIdle(places)
      if (!idle) continue
      this.#places.delete(idle)
      this.#forget(idle)
      idle.occupant.evict()
      return true
    }
    return false
  }

  #count(entry: Occupancy): void {
    this.#clients.set(entry.client, (this.#clients.get(entry.client) ?? 0) + 1)
    const network = this.#networks.get(entry.network) ?? new Set()
    this.#networks.set(entry.network, network.add(entry))
  }

  #forget(entry: Occupancy): void {
    const network = this.#networks.get(entry.network)
    if (!network?.delete(entry)) return
    if (network.size === 0) this.#networks.delete(entry.network)
    const left = (this.#clients.get(entry.client) ?? 0) - 1
    if (left > 0) this.#clients.set(entry.client, left)
    else this.#clients.delete(entry.client)
  }

  #updateStress(): void {
    const bound = this.#limits.maxConnections * this.#limits.stressShare
    this.#isStressed = this.inside > (this.#isStressed ? bound * calmShare : bound)
  }
}

function longestIdle(places: Iterable<Occupancy>): Occupancy | null {
  let longest: { readonly entry: Occupancy; readonly since: number } | null = null
  for (const entry of places) {
    const since = entry.occupant.idleSince()
    if (since !== null && (longest === null || since < longest.since)) longest = { entry, since }
  }
  return longest?.entry ?? null
}
