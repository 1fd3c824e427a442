// Many bounces taken back at once, found by what they have in common: for what happened before anybody looked.

import type { Bounces, UndoBounce, UndoBounces, UndoneMany, UndoQuery } from '../model/bounces.ts'
import type { StoredBounce } from '../model/stored-bounce.ts'

const pageSize = 500

export function undoMany(bounces: Pick<Bounces, 'list'>, undo: UndoBounce): UndoBounces {
  return async (query, { actor, dryRun, most = Number.POSITIVE_INFINITY }, seen) => {
    let [found, removed, undone] = [0, 0, 0]
    const left: { id: string; why: string }[] = []
    const sofar = (hasMore: boolean): UndoneMany => ({ found, removed, undone, left, hasMore })
    for await (const event of meant(bounces, query)) {
      // Events that cannot be undone do not count, so that the next call gets further.
      if ((dryRun ? found : undone) >= most) return sofar(true)
      found++
      if (event.effect === 'removed') removed++
      seen?.(event)
      if (dryRun) continue
      const result = await undo(event.id, { actor })
      if (result.kind === 'undone') undone++
      else left.push({ id: event.id, why: result.kind === 'conflict' ? result.why : 'it is gone' })
    }
    return sofar(false)
  }
}

async function* meant(
  bounces: Pick<Bounces, 'list'>,
  { host, ...query }: UndoQuery,
): AsyncGenerator<StoredBounce> {
  const isMeant = (event: StoredBounce): boolean =>
    event.undoneAt === null &&
    event.effect !== 'none' &&
    (host === undefined || event.remoteMta?.toLowerCase() === host.toLowerCase())
  let after: string | undefined
  do {
    const page = await bounces.list({ ...query, kind: 'bounce', limit: pageSize, after })
    yield* page.items.filter(isMeant)
    after = page.next ?? undefined
  } while (after !== undefined)
}
