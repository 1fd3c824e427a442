// The envelope of a mail that comes without one: the first path of ours in its header that verifies.

import type { Envelope, Unaddressed } from '../model/envelope.ts'
import type { Trace } from '../model/read-mail.ts'
import type { ReturnPath } from '../model/return-path.ts'
import type { Base } from './open.ts'

/** The envelope of such a mail, null if it is not a mail at all. Rejects only when the database does. */
export type Addressing = (mail: Unaddressed, trace: Trace | null) => Promise<Envelope | null>

/** Nobody talked to us. */
const nobody = { ip: '', helo: '', tls: false } as const

const unaddressed: ReturnPath = { kind: 'unaddressed', raw: '', canonical: '' }

/**
 * A mail is judged by its own date: a return path counts if it was valid when the mail arrived. That is the date of the
 * topmost Received field, which the same mail has behind every door (mailboxes take a mail that is moved for new), else
 * what its place says, else now, and never a time to come. A date at which no path verifies may be wrong (exports write
 * what they like): then the next one is tried, and what is valid today is valid anyway.
 */
export function addressing({
  returnPaths,
  storedPaths,
}: Pick<Base, 'returnPaths' | 'storedPaths'>): Addressing {
  const pathAt = async (addresses: readonly string[], at: Date): Promise<ReturnPath | null> => {
    for (const address of addresses) {
      const path = await returnPaths.resolve(address, at, storedPaths.find)
      if (path.kind !== 'foreign' && 'canonical' in path && path.kind !== 'expired') return path
    }
    return null
  }
  return async (mail, trace) => {
    if (trace === null) return null
    const sender = trace.sender === undefined ? mail.mailFrom : trace.sender
    const envelope = {
      session: mail.session,
      client: nobody,
      // An unknown sender is not the null sender, which is a sign of a report.
      mailFrom: sender === undefined ? '' : sender,
    }
    const dates = datesOf(trace.receivedAt, mail.receivedAt)
    for (const receivedAt of dates) {
      const path = await pathAt(trace.addresses, receivedAt)
      if (path !== null) return { ...envelope, receivedAt, recipients: [path] }
    }
    const [receivedAt = new Date()] = dates
    return { ...envelope, receivedAt, recipients: [unaddressed] }
  }
}

/** The likeliest first, none of them to come. */
function datesOf(...known: readonly (Date | null)[]): readonly Date[] {
  const now = new Date()
  return [...known.filter(date => date !== null && date < now), now] as readonly Date[]
}
