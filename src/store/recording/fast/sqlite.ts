// The fast path on SQLite: prepared statements, and nothing awaited between BEGIN and COMMIT, which is flushed afterwards.

import { jsonList } from '../../database/chunks.ts'
import { sqliteNow } from '../../database/clock.ts'
import type { Store } from '../../database/open.ts'
import { insertHead, insertTail, placesOf, type RowWrite, type Value } from '../../database/row-write.ts'
import type { RecordRow } from '../../database/rows.ts'
import type { SqliteHandle } from '../../database/sqlite-flush.ts'
import { SqliteFileGone } from '../../database/sqlite-watch.ts'
import type { BatchResult } from '../batch-result.ts'
import { deltaRows } from '../campaign-deltas.ts'
import { type PastRow, selectPasts } from '../pasts.ts'
import type { TodayRow } from '../repeats.ts'
import type { StandingRow } from '../standings.ts'
import { type FastBatch, groundOf, outcomeOf, type Plan, planOf, type Read } from './plan.ts'
import { reads } from './reads.ts'

interface Statement {
  all(...values: readonly Value[]): unknown
  run(...values: readonly (Value | readonly Value[])[]): { readonly lastInsertRowid: number }
}

interface Handle extends SqliteHandle {
  /** Keeps what it prepared, by its text (open.ts). */
  prepare(sql: string): Statement
  __knex__disposed?: unknown
}

/**
 * Writes a batch in one transaction; throws whatever goes wrong, and then nothing of it is stored, or UnknownOutcome.
 * @param onWritten told what is written before it is flushed
 */
export async function writeOnSqlite(
  store: Store,
  batch: FastBatch,
  onWritten: (result: BatchResult) => void,
): Promise<BatchResult> {
  const plan = planOf(batch)
  const handle = (await store.knex.client.acquireConnection()) as Handle
  const transact = (): BatchResult => {
    handle.prepare('begin immediate').run()
    try {
      const result = writeInside(handle, plan)
      const fault = store.fileFault()
      if (fault !== null) throw new SqliteFileGone(fault)
      handle.prepare('commit').run()
      onWritten(result)
      return result
    } catch (error) {
      rollBack(handle)
      throw error
    }
  }
  try {
    return await (store.flush ? store.flush.around(handle, transact) : transact())
  } finally {
    await store.knex.client.releaseConnection(handle)
  }
}

function rollBack(handle: Handle): void {
  try {
    if (handle.inTransaction) handle.prepare('rollback').run()
  } catch (error) {
    // Nobody else is handed a connection in mid-transaction.
    handle.__knex__disposed = error
  }
}

function writeInside(handle: Handle, plan: Plan): BatchResult {
  const ground = groundOf(plan, readAll(handle, plan))
  const { since, records } = ground.today
  const today = [...records].flatMap(
    ([module, ids]) =>
      handle.prepare(reads.today('?', jsonList, '?')).all(module, JSON.stringify(ids), since) as TodayRow[],
  )
  const outcome = outcomeOf(ground, today)
  const inserted = write(handle, outcome.events)
  const ids = new Map(outcome.fingerprints.map((fingerprint, at) => [fingerprint, inserted[at] ?? 0]))
  const { rows, repeated } = outcome.writes(fingerprint => ids.get(fingerprint) ?? null)
  for (const some of rows) write(handle, some)
  // Nobody else writes meanwhile, so a campaign's row holds nobody up, and what is added here need not be folded later.
  const add = handle.prepare(addCounts)
  for (const [id = null, ...counts] of deltaRows(outcome.counts).rows) add.run(...counts, id)
  const repeat = handle.prepare('update rebound_bounces set repeats = repeats + ? where id = ?')
  for (const { id, count } of repeated) repeat.run(count, id)
  return outcome.result(ids)
}

const addCounts = `update rebound_campaigns set hard_bounces = hard_bounces + ?, soft_bounces = soft_bounces + ?,
  blocked_bounces = blocked_bounces + ?, complaints = complaints + ? where id = ?`

const triples = '(select value ->> 0, value ->> 1, value ->> 2 from json_each(?))'

function readAll(handle: Handle, plan: Plan): Read {
  const { batch, distinct, records, standings, campaigns, pasts } = plan
  const all = <Row>(sql: string, keys: readonly unknown[]): readonly Row[] =>
    keys.length === 0 ? [] : (handle.prepare(sql).all(JSON.stringify(keys)) as readonly Row[])
  const stored = all<{ id: number; fingerprint: string }>(reads.stored(jsonList), [...distinct.keys()])
  const [last] = handle.prepare('select max(recorded_at) as at from rebound_bounces').all() as readonly {
    readonly at: number | null
  }[]
  return {
    stored: new Map(stored.map(({ id, fingerprint }) => [fingerprint, id])),
    records: new Map(
      [...records].map(([module, ids]) => [module, all<RecordRow>(reads.records(module, jsonList), ids)]),
    ),
    standings: all<StandingRow>(
      reads.standings(triples),
      standings.map(({ campaignId, module, recordId }) => [campaignId, module, recordId]),
    ),
    campaigns: all<{ id: string }>(reads.campaigns(jsonList), campaigns).map(({ id }) => id),
    pasts: new Map(
      [...pasts].map(([module, ids]) => {
        const past = handle.prepare(selectPasts('?', jsonList, batch.trust))
        return [module, past.all(module, JSON.stringify(ids)) as readonly PastRow[]]
      }),
    ),
    now: sqliteNow(last?.at ?? 0),
  }
}

/** One row a run, which costs a third of many rows a statement. Answers the rows' ids. */
function write(handle: Handle, rows: RowWrite): readonly number[] {
  const statement = handle.prepare(insertHead(rows) + placesOf(rows) + insertTail('sqlite', rows))
  return rows.rows.map(row => statement.run(row).lastInsertRowid)
}
