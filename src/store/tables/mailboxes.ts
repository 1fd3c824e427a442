// `rebound_mailboxes`: which server fetches from a mailbox, and how far it has read, for all servers of a database.

import { createHash, randomBytes } from 'node:crypto'
import type { MailboxAddress, MailboxMemory, MailboxPlace } from '../../model/mailbox.ts'
import { databaseTime } from '../database/clock.ts'
import { againWhenDuplicate, persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { rowsOf } from '../database/tables.ts'

const nothing: MailboxPlace = { uidValidity: '', lastUid: 0, seen: [] }

export function createMailboxMemory(store: Store, address: MailboxAddress): MailboxMemory {
  const { protocol, host, user, folder } = address
  const name = sha256([protocol, host.toLowerCase(), user, folder].join('\n'), 64)
  const owner = randomBytes(16).toString('hex')
  const row = () => rowsOf(store, 'rebound_mailboxes').where({ name })
  const create = (): Promise<void> =>
    againWhenDuplicate(() =>
      persist(async () => {
        if ((await row().select('name')).length > 0) return
        await rowsOf(store, 'rebound_mailboxes').insert({
          name,
          owner: null,
          leased_until: 0,
          uid_validity: '',
          last_uid: 0,
          seen: '[]',
        })
      }),
    )
  return {
    claim: async leaseMs => {
      await create()
      const now = await persist(() => databaseTime(store))
      const claimed = await persist(
        async () =>
          await row()
            .where(free => free.where({ owner }).orWhere('leased_until', '<', now))
            .update({ owner, leased_until: now + leaseMs }),
      )
      return claimed > 0
    },
    read: async () => {
      const [found] = await persist(async () => await row())
      if (!found) return nothing
      return {
        uidValidity: found.uid_validity,
        lastUid: Number(found.last_uid),
        seen: JSON.parse(found.seen) as string[],
      }
    },
    // Only who holds it writes: another server that took over is further by now.
    write: async ({ uidValidity, lastUid, seen }) => {
      await persist(
        async () =>
          await row()
            .where({ owner })
            .update({ uid_validity: uidValidity, last_uid: lastUid, seen: JSON.stringify(seen) }),
      )
    },
    release: async () => {
      await persist(async () => await row().where({ owner }).update({ owner: null, leased_until: 0 }))
    },
  }
}

function sha256(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits)
}
