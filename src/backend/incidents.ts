// What people decide upon incidents: the held removals are made, or the held bounces are undone.

import type { By } from '../model/actor.ts'
import type { UndoBounce } from '../model/bounces.ts'
import type { IncidentDecision, Incidents } from '../model/incident.ts'
import { databaseTime } from '../store/database/clock.ts'
import { persist } from '../store/database/failures.ts'
import type { Store } from '../store/database/open.ts'
import {
  countHeld,
  findIncident,
  heldEvents,
  listIncidents,
  toIncident,
  writeDecision,
} from '../store/tables/incidents.ts'
import { applyHeld, releaseHeld } from '../store/upkeep/hold.ts'
import type { SpreadRemoval } from './spread.ts'

const atOnce = 200

/** @param spread takes an address that is removed after all off the other records that have it; null: it does not */
export function createIncidents(
  store: Store,
  undo: UndoBounce,
  spread: SpreadRemoval | null = null,
): Incidents {
  /** Was it possible? */
  const carryOut: Readonly<Record<IncidentDecision, (eventId: number, by: By) => Promise<boolean>>> = {
    apply: async (eventId, by) => {
      if ((await applyHeld(store, eventId, by)) !== 'done') return false
      await spread?.(eventId)
      return true
    },
    drop: async (eventId, by) => (await undo(String(eventId), by)).kind === 'undone',
  }
  return {
    list: options => listIncidents(store, options),
    get: async id => {
      const row = await findIncident(store, id)
      return row && toIncident(row, await countHeld(store, row))
    },
    decide: async (id, decision, { actor, reason }) => {
      const found = await findIncident(store, id)
      if (found === null) return { kind: 'absent' }
      const at = await persist(() => databaseTime(store))
      const row = await writeDecision(store, found, { decision, at, by: actor, reason })
      if (row.decision !== decision)
        return { kind: 'conflict', why: `it was decided otherwise before: ${row.decision}` }
      // Broken off and given again, the command goes on with what is left.
      let done = 0
      let kept = 0
      const by = { actor: `${actor}, incident ${row.id}` }
      const untouched: number[] = []
      for (;;) {
        const events = (await persist(
          async () =>
            await heldEvents(store, row)
              .select('id')
              .whereNotIn('id', untouched)
              .orderBy(['recorded_at', 'id'])
              .limit(atOnce),
        )) as readonly { readonly id: number }[]
        for (const event of events) {
          if (await carryOut[decision](Number(event.id), by)) done++
          else {
            kept++
            untouched.push(Number(event.id))
            if (decision === 'drop') await releaseHeld(store, Number(event.id))
          }
        }
        if (events.length === 0) break
      }
      return { kind: 'decided', incident: toIncident(row, await countHeld(store, row)), done, kept }
    },
  }
}
