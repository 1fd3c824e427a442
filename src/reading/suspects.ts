// Mails that ended their reader: the sender brings them again for days, and they must not do so for ever.

import { LRUCache } from 'lru-cache'
import { dayMs } from '../model/day.ts'
import type { Envelope, Unaddressed } from '../model/envelope.ts'
import { networkKey } from '../model/network.ts'

/** Once may have been by chance. */
const mostEnds = 2

/** A mail is tried again for about five days (RFC 5321 §4.5.4.1). */
const keptMs = 6 * dayMs
const mostKept = 10_000

/**
 * A mail is known again by its return paths and the network that brings it, not by its bytes: every relay adds some, and
 * whoever makes such mails could change them. So a stranger spoils only the paths that he was given, for his own network.
 */
export class Suspects {
  readonly #ends = new LRUCache<string, number>({ max: mostKept, ttl: keptMs })

  /** The reader ended while it was at this mail. */
  blame(mail: Envelope | Unaddressed): void {
    for (const name of namesOf(mail)) this.#ends.set(name, (this.#ends.get(name) ?? 0) + 1)
  }

  /** Has the reader ended so often that it is not to be tried again? */
  has(mail: Envelope | Unaddressed): boolean {
    return this.#ends.size > 0 && namesOf(mail).some(name => (this.#ends.get(name) ?? 0) >= mostEnds)
  }
}

/** None of a mail in a mailbox: there, a mail that cannot be taken is set aside after some attempts. */
function namesOf(mail: Envelope | Unaddressed): readonly string[] {
  if (!('client' in mail)) return []
  const network = networkKey(mail.client.ip)
  return mail.recipients.map(path => `${network} ${'canonical' in path ? path.canonical : path.kind}`)
}
