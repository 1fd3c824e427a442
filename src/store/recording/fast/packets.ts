// The fast path on MySQL and MariaDB: what is read is one packet, what is written another, and COMMIT comes alone.

import { literal, Sql, tuple } from '../../database/literal.ts'
import type { Store } from '../../database/open.ts'
import { insertHead, insertTail, type RowWrite } from '../../database/row-write.ts'
import type { RecordRow } from '../../database/rows.ts'
import { inTransaction } from '../../database/transaction.ts'
import type { BatchResult } from '../batch-result.ts'
import { deltaRows } from '../campaign-deltas.ts'
import { type PastRow, selectPasts } from '../pasts.ts'
import { addRepeats, type TodayRow } from '../repeats.ts'
import type { StandingRow } from '../standings.ts'
import { type FastBatch, groundOf, type Outcome, outcomeOf, type Plan, planOf, type Read } from './plan.ts'
import { reads } from './reads.ts'

/** Far below what servers take (`max_allowed_packet`); a group with more words than that is none of every day. */
const mostCharacters = 1_000_000

type Send = (statements: readonly string[]) => Promise<readonly unknown[]>

/**
 * Writes a batch in one transaction; throws whatever goes wrong. It waits for no lock: whoever does next waits instead.
 * @param store one of `packets` (open.ts)
 * @param onWritten told what is written before COMMIT is sent, whose answer may never come
 */
export async function writePackets(
  store: Store,
  batch: FastBatch,
  onWritten: (result: BatchResult) => void,
): Promise<BatchResult> {
  const plan = planOf(batch)
  return await inTransaction(
    store,
    async transaction => {
      const send: Send = async statements => {
        const text = statements.join(';\n')
        if (text.length > mostCharacters) throw new Error('The batch is too long for one packet')
        const answer = await transaction.send(text)
        return statements.length === 1 ? [answer] : (answer as readonly unknown[])
      }
      const { read, step } = await readAll(send, plan)
      const ground = groundOf(plan, read)
      const outcome = outcomeOf(ground, await readToday(send, ground.today))
      const result = outcome.result(await writeAll(send, outcome, step))
      onWritten(result)
      return result
    },
    { begins: false },
  )
}

const lists = (values: readonly string[]): string => tuple(values)

/** `step`: how far apart the ids of one insert are. */
async function readAll(
  send: Send,
  { batch, distinct, records, standings, campaigns, pasts }: Plan,
): Promise<{ readonly read: Read; readonly step: number }> {
  const modules = [...records]
  const keys = standings.map(({ campaignId, module, recordId }) => tuple([campaignId, module, recordId]))
  const statements = [
    'start transaction',
    reads.stored(lists([...distinct.keys()])),
    ...modules.map(([module, ids]) => `${reads.records(module, lists(ids))} for update`),
    ...(keys.length > 0 ? [`${reads.standings(`(${keys.join(', ')})`)} for update`] : []),
    ...(campaigns.length > 0 ? [reads.campaigns(lists(campaigns))] : []),
    ...[...pasts].map(([module, ids]) => selectPasts(literal(module), lists(ids), batch.trust)),
    'select floor(unix_timestamp(now(3)) * 1000) as now, @@auto_increment_increment as step',
  ]
  const [, stored, ...rest] = (await send(statements)) as (readonly unknown[])[]
  const rows = <Row>(): readonly Row[] => (rest.shift() ?? []) as readonly Row[]
  const recordRows = new Map(modules.map(([module]) => [module, rows<RecordRow>()]))
  const standingRows = keys.length > 0 ? rows<StandingRow>() : []
  const campaignRows = campaigns.length > 0 ? rows<{ readonly id: string }>() : []
  const pastRows = new Map([...pasts].map(([module]) => [module, rows<PastRow>()]))
  const [clock] = rows<{ readonly now: number | string; readonly step: number }>()
  return {
    read: {
      stored: byFingerprint(stored as readonly EventId[]),
      records: recordRows,
      standings: standingRows,
      campaigns: campaignRows.map(({ id }) => id),
      pasts: pastRows,
      now: Number(clock?.now),
    },
    step: Number(clock?.step),
  }
}

async function readToday(
  send: Send,
  { since, records }: { readonly since: number; readonly records: ReadonlyMap<string, readonly string[]> },
): Promise<readonly TodayRow[]> {
  if (records.size === 0) return []
  const statements = [...records].map(([module, ids]) =>
    reads.today(literal(module), lists(ids), literal(since)),
  )
  return (await send(statements)).flatMap(rows => rows as readonly TodayRow[])
}

/** Answers the ids of the inserted events. Other rows name them before they are known: as so many after the first. */
async function writeAll(
  send: Send,
  { events, fingerprints, counts, writes }: Outcome,
  step: number,
): Promise<ReadonlyMap<string, number>> {
  const count = fingerprints.length
  const places = new Map(
    fingerprints.map((fingerprint, at) => [fingerprint, new Sql(`@first + ${at * step}`)]),
  )
  const { rows, repeated } = writes(fingerprint => places.get(fingerprint) ?? new Sql('null'))
  const told = repeated.map(({ id, count: more }) => ({ id: literal(id), count: more }))
  const statements = [
    ...(count > 0 ? [insertText(events), 'set @first = last_insert_id()'] : []),
    ...[...rows, deltaRows(counts)].filter(some => some.rows.length > 0).map(insertText),
    ...(told.length > 0 ? [addRepeats(told)] : []),
    ...(count > 0 ? [reads.stored(lists(fingerprints))] : []),
  ]
  if (statements.length === 0) return new Map()
  const answers = await send(statements)
  if (count === 0) return new Map()
  const { insertId } = answers[0] as { readonly insertId: number }
  const ids = byFingerprint(answers.at(-1) as readonly EventId[])
  // A cluster may change the step, and a server is free to leave gaps: then nothing of it is kept.
  for (const [at, fingerprint] of fingerprints.entries())
    if (ids.get(fingerprint) !== insertId + at * step) throw new Error('Ids are not in a row')
  return ids
}

interface EventId {
  readonly id: number
  readonly fingerprint: string
}

const byFingerprint = (rows: readonly EventId[]): ReadonlyMap<string, number> =>
  new Map(rows.map(({ id, fingerprint }) => [fingerprint, id]))

const insertText = (write: RowWrite<string | number | null | Sql>): string =>
  insertHead(write) + write.rows.map(tuple).join(', ') + insertTail('mysql', write)
