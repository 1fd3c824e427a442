// The events that go back to another's removal (REBOUND_SPREAD): how they are named, and how they are found.

import { createHash } from 'node:crypto'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { rowsOf } from '../database/tables.ts'

/** So much of a fingerprint an event has in common with its shares: day of issue and 128 bits. */
const common = 40

/** Beside that of the event it goes back to, so that the unique index finds them together. */
export function shareFingerprint(
  fingerprint: string,
  { module, recordId }: { readonly module: string; readonly recordId: string },
): string {
  const own = createHash('sha256').update(`${module}\0${recordId}`).digest('hex')
  return `${fingerprint.slice(0, common)}${own}`.slice(0, fingerprint.length)
}

/** Ids of what was shared from an event, and was not taken back. None are shared from a share. */
export async function sharesOf(store: Store, eventId: number): Promise<readonly number[]> {
  const bounces = () => rowsOf(store, 'rebound_bounces')
  const [event] = (await persist(
    async () => await bounces().select('fingerprint', 'concern').where({ id: eventId }),
  )) as readonly { readonly fingerprint: string; readonly concern: string }[]
  if (event === undefined || event.concern === 'shared') return []
  const prefix = event.fingerprint.slice(0, common)
  // Digits of hexadecimal come before `g`.
  const rows = (await persist(
    async () =>
      await bounces()
        .select('id')
        .whereBetween('fingerprint', [prefix, `${prefix}g`])
        .where({ concern: 'shared' })
        .whereNull('undone_at')
        .orderBy('id'),
  )) as readonly { readonly id: number }[]
  return rows.map(({ id }) => Number(id))
}
