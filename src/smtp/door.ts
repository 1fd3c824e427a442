// Who gets in: connections counted, the surplus told why and shut out before it costs anything.

import type { Socket } from 'node:net'
import { ConnectionCount, type SmtpLimits } from './limits.ts'
import { type DeferReason, deferrals, wireText } from './replies.ts'

/** How many refused clients may linger to hear why; more are dropped without a word. */
const maxLingering = 100

export class Door {
  readonly #limits: SmtpLimits
  readonly #count = new ConnectionCount()
  readonly #lingering = new Set<Socket>()
  #isShut = false

  constructor(limits: SmtpLimits) {
    this.#limits = limits
  }

  /** Connections inside. */
  get inside(): number {
    return this.#count.total
  }

  /** From now on nobody gets in. */
  shut(): void {
    this.#isShut = true
  }

  /** Counts the client in, or says why not. `left` must follow with the same address. */
  enter(ip: string): DeferReason | null {
    if (this.#isShut) return 'draining'
    if (!this.#count.hasRoom(ip, this.#limits)) return 'too-many-connections'
    this.#count.add(ip)
    return null
  }

  left(ip: string): void {
    this.#count.remove(ip)
  }

  /** Says 421 in place of the greeting (RFC 5321 §3.8) and closes. */
  turnAway(socket: Socket, reason: DeferReason): void {
    socket.on('error', () => {})
    if (this.#lingering.size >= maxLingering) {
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
}
