// What is kept of messages so that rules can be tried on them: the newest so many, written beside the mail's way.

import type { EvidenceEntry, EvidenceStore, StoredEvidence } from '../../model/evidence.ts'
import { rowNumber } from '../database/columns.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { type EvidenceRow, rowsOf } from '../database/tables.ts'

const flushEveryMs = 500
const mostAtOnce = 100
const mostWaiting = 1_000
/** A message has at most a hundred recipients, and a batch holds messages of others between them. */
const mostOfOneMessage = 200
/** Rows pruned in one statement. */
const pruneStep = 500

/** @param most how many entries to keep; 0 keeps none */
export function createEvidence(
  store: Store,
  most: number,
  onError: (error: unknown) => void = () => {},
): EvidenceStore {
  const waiting: EvidenceEntry[] = []
  let flushing: Promise<void> = Promise.resolve()
  let sincePruned = 0

  const flush = async (): Promise<void> => {
    while (waiting.length > 0) {
      const some = waiting.splice(0, mostAtOnce)
      await persist(async () => await rowsOf(store, 'rebound_evidence').insert(some.map(evidenceRow)))
      sincePruned += some.length
    }
    if (sincePruned < Math.min(pruneStep, most)) return
    sincePruned = 0
    await persist(() => pruneEvidence(store, most))
  }
  const start = (): Promise<void> => {
    flushing = flushing.then(flush).catch(error => {
      waiting.length = 0
      onError(error)
    })
    return flushing
  }
  let timer: NodeJS.Timeout | null = null
  let isClosed = false
  return {
    keep: entry => {
      if (isClosed || most === 0 || waiting.length >= mostWaiting) return
      waiting.push(entry)
      timer ??= setTimeout(() => {
        timer = null
        void start()
      }, flushEveryMs).unref()
    },
    newest: async ({ before, limit }) => {
      const rows = await persist(async () => {
        const select = rowsOf(store, 'rebound_evidence').orderBy('id', 'desc').limit(limit)
        return await (before === undefined ? select : select.where('id', '<', Number(before)))
      })
      return rows.map(toEvidence)
    },
    find: async ({ id, receivedAt }) => {
      const number = rowNumber(id)
      if (number === null) return null
      // Who looks at an event of this very moment finds it too.
      await start()
      // One piece is kept of a message, under its first new event; its others have the next numbers.
      const rows = await persist(
        async () =>
          await rowsOf(store, 'rebound_evidence')
            .where('event_id', '<=', number)
            .where('event_id', '>', number - mostOfOneMessage)
            .orderBy('event_id', 'desc')
            .limit(mostOfOneMessage),
      )
      const found = rows.find(row => Number(row.at) === receivedAt.getTime())
      return found ? toEvidence(found) : null
    },
    close: async () => {
      isClosed = true
      if (timer) clearTimeout(timer)
      await start()
    },
  }
}

function toEvidence(row: EvidenceRow): StoredEvidence {
  return {
    id: String(row.id),
    receivedAt: new Date(Number(row.at)),
    kind: row.kind,
    bounceId: row.event_id === null ? null : String(row.event_id),
    kept: row.body,
  }
}

function evidenceRow(entry: EvidenceEntry): Omit<EvidenceRow, 'id'> {
  return {
    at: entry.receivedAt.getTime(),
    kind: entry.kind,
    event_id: entry.bounceId === null ? null : Number(entry.bounceId),
    body: entry.kept,
  }
}

/** Deletes all but the newest `most`, in small steps. */
export async function pruneEvidence(store: Store, most: number): Promise<void> {
  const [newest] = (await rowsOf(store, 'rebound_evidence').max('id as id')) as readonly {
    id: number | null
  }[]
  const last = Number(newest?.id ?? 0) - most
  for (;;) {
    // Ids have gaps, so this keeps `most` or a few less.
    const [first] = (await rowsOf(store, 'rebound_evidence').min('id as id')) as readonly {
      id: number | null
    }[]
    if (first?.id == null || Number(first.id) > last) return
    const end = Math.min(last, Number(first.id) + pruneStep)
    await rowsOf(store, 'rebound_evidence').where('id', '<=', end).del()
  }
}
