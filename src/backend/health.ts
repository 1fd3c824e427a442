// Whether the database takes mail: asked now and then, so that the gauge is true between mails, and when somebody asks.

import type { Failure } from '../store/database/failures.ts'
import type { Store } from '../store/database/open.ts'
import { watchClocks } from '../store/upkeep/clocks.ts'
import { createHealth, type DatabaseTrouble } from '../store/upkeep/health.ts'
import type { Log } from '../system/log.ts'
import { startLoop } from '../system/loop.ts'

export interface DatabaseHealth {
  /** Something was written: it works. */
  readonly committed: () => void
  /** The recorder refused everybody: until the next write the database counts as not working. */
  readonly refused: (failure: Failure) => void
  /** Null when the database works, else why not, in words that anybody may read. */
  readonly notReady: () => Promise<string | null>
  /** Says that the clocks disagree, so that no return path can be judged by its age; asks nobody. */
  readonly clockFault: () => string | null
  /** Nothing was recorded for more than a day: what looks expired may be so on a wrong clock alone. Asks nobody. */
  readonly doubtsClock: () => boolean
  readonly close: () => Promise<void>
}

const askEveryMs = 5_000
const connections = 2

/** The error's own words may name user and host. */
const words: Record<DatabaseTrouble['at'], string> = {
  read: 'the database does not answer; the log says more',
  write: 'the database does not take what is to be recorded; the log says more',
  file: 'the file of the SQLite database is gone or was replaced; put it back and restart',
  clock:
    'the clocks of this machine, the database and the newest event differ by more than an hour; doctor says what to do',
}

export function watchDatabase(
  store: Store,
  { onChange, log }: { readonly onChange: (works: boolean) => void; readonly log: Pick<Log, 'warn'> },
): DatabaseHealth {
  // A probe must not wait for a connection behind slow lists: that would say nothing of the database.
  const own = store.apart(connections)
  const clocks = watchClocks(own)
  const { committed, refused, ask } = createHealth(own, onChange, clocks)
  const notReady = async (): Promise<string | null> => {
    const trouble = await ask()
    if (trouble === null) return null
    log.warn({ failure: trouble.failure, err: trouble.error }, words[trouble.at])
    return words[trouble.at]
  }
  const { close } = startLoop({
    turn: async () => {
      await notReady()
    },
    firstMs: 0,
    waitMs: () => askEveryMs,
    onError: error => log.warn({ err: error }, words.read),
  })
  const closeAll = async (): Promise<void> => {
    await close()
    await own.close()
  }
  return {
    committed,
    refused,
    notReady,
    clockFault: clocks.fault,
    doubtsClock: clocks.isDoubtful,
    close: closeAll,
  }
}
