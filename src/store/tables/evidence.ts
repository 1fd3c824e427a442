// What is kept of messages so that rules can be tried on them: the newest so many, written beside the mail's way.

import type { EvidenceEntry, EvidenceStore } from '../../model/evidence.ts'
import type { Kind } from '../../model/report.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'

interface EvidenceRow {
  readonly id: number
  readonly at: number
  readonly kind: Kind
  readonly event_id: number | null
  readonly body: string
}

const flushEveryMs = 500
const mostAtOnce = 100
const mostWaiting = 1_000
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
      await persist(async () => await store.knex('rebound_evidence').insert(some.map(evidenceRow)))
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
        const select = store.knex('rebound_evidence').orderBy('id', 'desc').limit(limit)
        return (await (before === undefined
          ? select
          : select.where('id', '<', Number(before)))) as EvidenceRow[]
      })
      return rows.map(row => ({
        id: String(row.id),
        receivedAt: new Date(Number(row.at)),
        kind: row.kind,
        bounceId: row.event_id === null ? null : String(row.event_id),
        kept: row.body,
      }))
    },
    close: async () => {
      isClosed = true
      if (timer) clearTimeout(timer)
      await start()
    },
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
  const { knex } = store
  const [newest] = (await knex('rebound_evidence').max('id as id')) as readonly { id: number | null }[]
  const last = Number(newest?.id ?? 0) - most
  for (;;) {
    // Ids have gaps, so this keeps `most` or a few less.
    const [first] = (await knex('rebound_evidence').min('id as id')) as readonly { id: number | null }[]
    if (first?.id == null || Number(first.id) > last) return
    const end = Math.min(last, Number(first.id) + pruneStep)
    await knex('rebound_evidence').where('id', '<=', end).del()
  }
}
