// REBOUND_SPREAD at work: follows the removals that were recorded, and takes each address off the other records that have it.

import type { Metrics } from '../metrics/metrics.ts'
import type { Recorded } from '../model/event.ts'
import type { Config } from '../settings/config.ts'
import { forgetSpreadPlace, moveSpreadPlace, spreadPlace } from '../store/tables/spread-place.ts'
import { spreadRemoval } from '../store/upkeep/spread.ts'
import { type Loop, startLoop } from '../system/loop.ts'
import type { Announcer } from './announcer.ts'
import type { Brake } from './brake.ts'
import type { Base } from './open.ts'

/** Takes the address that this event removed off the other records that have it; answers what it did. */
export type SpreadRemoval = (eventId: number) => Promise<readonly Recorded[]>

export interface SpreadParts {
  readonly brake: Pick<Brake, 'heldBy'> | null
  readonly announcer: Pick<Announcer, 'wake'> | null
  readonly metrics: Pick<Metrics, 'shared'>
  readonly log: Record<'info' | 'warn' | 'error', (details: object, words: string) => void>
}

const everyMs = 1_000
const pageSize = 200
/** A CRM that refuses one change must not keep the others waiting. */
const mostTries = 5

/**
 * Beside mail: recording waits for none of it, and a crash loses none, since the next start goes on where this one was.
 * Null where the setting is off.
 */
export async function startSpreading(
  { store, bounces }: Pick<Base, 'store' | 'bounces'>,
  config: Pick<Config, 'spread' | 'webhookUrl'>,
  { brake, announcer, metrics, log }: SpreadParts,
): Promise<Loop | null> {
  if (config.spread === 'no') {
    await forgetSpreadPlace(store)
    return null
  }
  await spreadPlace(store)
  const settings = { outbox: config.webhookUrl !== null, ...(brake ? { heldBy: brake.heldBy } : {}) }
  let failing = { eventId: '', tries: 0 }

  const spread = async (eventId: string): Promise<void> => {
    try {
      const recorded = await spreadRemoval(store, Number(eventId), settings)
      if (recorded.length === 0) return
      metrics.shared(recorded)
      announcer?.wake()
      log.info(
        { event: eventId, records: recorded.map(({ event: { link } }) => recordIn(link?.send)) },
        'other records had the address that a bounce removed: it is taken from them too',
      )
    } catch (error) {
      failing = { eventId, tries: failing.eventId === eventId ? failing.tries + 1 : 1 }
      if (failing.tries < mostTries) throw error
      log.error(
        { event: eventId, err: error },
        'an address could not be taken off the other records that have it',
      )
    }
  }
  const turn = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      const after = await spreadPlace(store)
      const { items, next } = await bounces.list({
        kind: 'bounce',
        effect: 'removed',
        after,
        limit: pageSize,
      })
      for (const { id } of items) {
        if (signal.aborted) return
        await spread(id)
      }
      if (next === null || next === after) return
      await moveSpreadPlace(store, next)
    }
  }
  return startLoop({
    turn,
    waitMs: () => everyMs,
    onError: error =>
      log.warn(
        { err: error },
        'other records with removed addresses could not be looked at; it is tried again',
      ),
  })
}

const recordIn = (send: { readonly module: string; readonly recordId: string } | undefined): string =>
  send === undefined ? '' : `${send.module} ${send.recordId}`
