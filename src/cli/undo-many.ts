// `rebound bounces undo --since …`: many events taken back at once.

import type { StoredBounce } from '../model/stored-bounce.ts'
import { bounceShown } from '../view/shown.ts'
import { type EventListOptions, printEvents, providerPatterns, queryOf } from './event-list.ts'
import { withLedger } from './ledger.ts'
import { timeOf } from './names.ts'
import type { JsonOption, Shell } from './shell.ts'
import { CommandError, harmless, json } from './terminal.ts'

export interface UndoOptions
  extends JsonOption,
    Pick<EventListOptions, 'category' | 'type' | 'effect' | 'campaign' | 'module'> {
  readonly since?: string
  readonly until?: string
  readonly provider?: string
  readonly host?: string
  readonly dryRun?: boolean
}

/** Prints what is, or would be, taken back. @returns the exit code: 1 if some could not be */
export async function undoAll(options: UndoOptions, shell: Shell): Promise<number> {
  const { since, until, provider, host, dryRun = false, json: asJson } = options
  const { io } = shell
  if (since === undefined)
    throw new CommandError('Write the id of an event or, for many, since when: --since 2026-01-31T12:00Z', 2)
  const { category, type, effect, campaign, module } = options
  const filters = Object.entries({ category, type, effect, campaign, module }).filter(
    ([, value]) => value !== undefined,
  )
  const { limit: _, ...query } = await queryOf({ ...Object.fromEntries(filters), limit: '1' }, shell)
  const times = { from: timeOf('since', since), to: timeOf('until', until) }
  return await withLedger(await shell.config(), async ledger => {
    const addressLike = await providerPatterns(ledger, provider)
    const filter = { ...query, ...times, addressLike, host }
    const shown: StoredBounce[] = []
    const done = await ledger.undoMany(filter, { dryRun, actor: 'cli' }, event => {
      if (asJson) io.out(json(bounceShown(event)))
      else if (dryRun) shown.push(event)
    })
    if (!asJson && dryRun) printEvents(shown, io)
    for (const { id, why } of done.left) io.err(`Event ${id} was left as it is: ${harmless(why)}.`)
    io.err(
      dryRun
        ? `${done.found} events would be undone; ${done.removed} of them removed an address.`
        : `${done.undone} of ${done.found} events were undone; ${done.removed} of them had removed an address.`,
    )
    return done.left.length === 0 ? 0 : 1
  })
}
