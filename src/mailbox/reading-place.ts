// How far a mailbox has been read by IMAP: up to a uid, and some above it while one between cannot be read.

import type { MailboxPlace } from '../model/mailbox.ts'

/** How far this mailbox has been read. */
export interface ReadingPlace {
  readonly isRead: (uid: number) => boolean
  readonly read: (uids: readonly number[]) => void
  readonly now: () => MailboxPlace
}

/** @param uids what waits above `from`, ascending; `seen`: which of it was read before */
export function openPlace(
  uidValidity: string,
  from: number,
  uids: readonly number[],
  seen: readonly string[],
): ReadingPlace {
  let lastUid = from
  let next = 0
  const before = new Set(seen.map(Number))
  // Those that are gone need not be remembered.
  const above = new Set(uids.filter(uid => before.has(uid)))
  const read: ReadingPlace['read'] = more => {
    for (const uid of more) above.add(uid)
    for (let uid = uids[next]; uid !== undefined && above.delete(uid); uid = uids[++next]) lastUid = uid
  }
  read([])
  return {
    isRead: uid => uid <= lastUid || above.has(uid),
    read,
    now: () => ({ uidValidity, lastUid, seen: [...above].map(String) }),
  }
}
