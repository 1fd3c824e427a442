// How much of us one client may use: budgets and deadlines, and the counters that hold them.

import { isIPv6 } from 'node:net'

export interface SmtpLimits {
  /** Bytes of a message after dot-unstuffing. */
  readonly maxMessageBytes: number
  /** RFC 5321 §4.5.3.1.8 asks for at least 100. */
  readonly maxRecipients: number
  readonly maxConnections: number
  /** For IPv6 a /64 counts as one address. */
  readonly maxConnectionsPerIp: number
  /** Replies since the last message that we took: NOOP, RSET, RCPT and EHLO floods. */
  readonly maxCommandsWithoutMessage: number
  /** Refusals since the last message that we took: dictionary attacks. */
  readonly maxErrorsWithoutMessage: number
  /** Octets of one command line; RFC 5321 §4.5.3.1.4 asks for 512, the DSN extension for about 1,300 more. */
  readonly maxCommandBytes: number
  /** Lines of a message that begin with a dot, besides one for each 256 bytes: see `Reception`. */
  readonly maxDotLines: number
  /** From our last reply to the end of the next command (RFC 5321 §4.5.3.2.7: at least 5 minutes). */
  readonly idleMs: number
  /** From the 354 to the final dot. */
  readonly dataMs: number
  /** How long our own side may take for one RCPT, or for one message after its final dot. */
  readonly handlerMs: number
  /** The whole session; a message on its way is still finished. */
  readonly sessionMs: number
  /** How long a client may take to hear our last words and leave. */
  readonly lingerMs: number
}

const minute = 60_000

export const defaultLimits: SmtpLimits = {
  maxMessageBytes: 50 * 1024 * 1024,
  maxRecipients: 100,
  maxConnections: 1000,
  maxConnectionsPerIp: 50,
  maxCommandsWithoutMessage: 500,
  maxErrorsWithoutMessage: 100,
  maxCommandBytes: 4096,
  maxDotLines: 20_000,
  idleMs: 5 * minute,
  dataMs: 15 * minute,
  handlerMs: minute,
  sessionMs: 60 * minute,
  lingerMs: 2000,
}

/** A sender this many times past the limit is no longer drained but cut off. */
export const cutFactor = 2

/** Counts what a client does between two messages. */
export class Budget {
  readonly #maxCommands: number
  readonly #maxErrors: number
  #commands = 0
  #errors = 0

  constructor(limits: Pick<SmtpLimits, 'maxCommandsWithoutMessage' | 'maxErrorsWithoutMessage'>) {
    this.#maxCommands = limits.maxCommandsWithoutMessage
    this.#maxErrors = limits.maxErrorsWithoutMessage
  }

  /** Counts one reply by its code; says which budget it exceeds, if any. */
  spend(code: number): 'flood' | 'errors' | null {
    this.#commands += 1
    if (code >= 400) this.#errors += 1
    if (this.#errors > this.#maxErrors) return 'errors'
    return this.#commands > this.#maxCommands ? 'flood' : null
  }

  /** A message was taken: everything is forgiven. */
  refill(): void {
    this.#commands = 0
    this.#errors = 0
  }
}

/** How many connections there are, in all and by address. */
export class ConnectionCount {
  readonly #byKey = new Map<string, number>()
  #total = 0

  get total(): number {
    return this.#total
  }

  hasRoom(ip: string, limits: Pick<SmtpLimits, 'maxConnections' | 'maxConnectionsPerIp'>): boolean {
    return (
      this.#total < limits.maxConnections &&
      (this.#byKey.get(addressKey(ip)) ?? 0) < limits.maxConnectionsPerIp
    )
  }

  add(ip: string): void {
    const key = addressKey(ip)
    this.#total += 1
    this.#byKey.set(key, (this.#byKey.get(key) ?? 0) + 1)
  }

  remove(ip: string): void {
    const key = addressKey(ip)
    const left = (this.#byKey.get(key) ?? 0) - 1
    this.#total -= 1
    if (left > 0) this.#byKey.set(key, left)
    else this.#byKey.delete(key)
  }
}

/** The address a client is counted under: an IPv4 address, or the /64 of an IPv6 one, which is one customer's. */
export function addressKey(ip: string): string {
  const plain = ip.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '')
  if (!isIPv6(plain)) return plain
  const [head = '', tail] = plain.replace(/%.*$/, '').split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
  return groups
    .slice(0, 4)
    .map(group => Number.parseInt(group, 16).toString(16))
    .join(':')
}
