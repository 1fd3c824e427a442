// How far removals were looked at by REBOUND_SPREAD: what was recorded before it came into force stays as it is.

import { databaseTime } from '../database/clock.ts'
import { againWhenDuplicate, persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { rowsOf } from '../database/tables.ts'
import { encodeCursor } from './cursor.ts'
import { placeIn } from './events.ts'

const only = { id: 1 }
const table = (store: Store) => rowsOf(store, 'rebound_spread')

/** The cursor behind the last event that was looked at; begins now where there is none. */
export async function spreadPlace(store: Store): Promise<string> {
  const find = async () => (await table(store).where(only))[0]
  const row =
    (await persist(find)) ??
    (await againWhenDuplicate(async () => {
      const begun = { ...only, recorded_at: await databaseTime(store), event_id: 0 }
      const there = await persist(find)
      if (there === undefined) await persist(async () => await table(store).insert(begun))
      return there ?? begun
    }))
  return encodeCursor('b', Number(row.recorded_at), Number(row.event_id))
}

/** Where several servers look, the one that is ahead tells. */
export async function moveSpreadPlace(store: Store, cursor: string): Promise<void> {
  const place = placeIn('b', cursor)
  if (place === null) return
  await persist(
    async () =>
      await table(store)
        .where(only)
        .where('recorded_at', '<=', place.at)
        .update({ recorded_at: place.at, event_id: place.id }),
  )
}

/** It is off: should it be switched on again, it begins then. */
export async function forgetSpreadPlace(store: Store): Promise<void> {
  await persist(async () => await table(store).where(only).del())
}
