// Incidents: opened once by whichever server sees the sign first, kept open while it lasts, and decided upon by people.

import type { Sign } from '../../crm/brake.ts'
import { dayMs } from '../../model/day.ts'
import type { Incident, IncidentDecision } from '../../model/incident.ts'
import { chunks } from '../database/chunks.ts'
import { fitText, rowNumber } from '../database/columns.ts'
import { againWhenDuplicate, persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { type IncidentRow, rowsOf } from '../database/tables.ts'
import { inTransaction } from '../database/transaction.ts'

/** How far before its beginning an incident may hold events: the brake reaches back. */
export const reachMs = 3_600_000

const table = 'rebound_incidents'
const date = (at: number | null): Date | null => (at === null ? null : new Date(Number(at)))

export async function openIncidents(store: Store): Promise<readonly IncidentRow[]> {
  return await persist(async () => await rowsOf(store, table).whereNull('ended_at').orderBy('id'))
}

/** Those that people decided upon since then, epoch milliseconds. */
export async function decidedSince(store: Store, since: number): Promise<readonly IncidentRow[]> {
  return await persist(async () => await rowsOf(store, table).where('decided_at', '>', since))
}

/**
 * Opens an incident for a sign, or notes that it still lasts.
 * @param at epoch milliseconds of the database
 * @param quietMs for this long after somebody decided that the removals are right, nothing counts as a sign
 * @returns the incident if it is new
 */
export async function noteSign(
  store: Store,
  { sign, subject, records, domains }: Sign,
  { at, quietMs }: { readonly at: number; readonly quietMs: number },
): Promise<IncidentRow | null> {
  const key = `${sign} ${subject}`
  const note = () =>
    inTransaction(store, async transaction => {
      const lasting = await transaction.run(
        rowsOf(store, table).where({ open_key: key }).update({ last_sign_at: at, records, domains }),
      )
      if (lasting > 0) return null
      const approved = await transaction.run(
        rowsOf(store, table)
          .select('id')
          .where({ sign, subject, decision: 'apply' })
          .where('decided_at', '>', at - quietMs)
          .limit(1),
      )
      if (approved.length > 0) return null
      const row = { sign, subject: fitText(subject, 255), opened_at: at, last_sign_at: at, records, domains }
      await transaction.run(rowsOf(store, table).insert({ ...row, open_key: key }))
      const [made] = await transaction.run(rowsOf(store, table).where({ open_key: key }))
      return made ?? null
    })
  return await againWhenDuplicate(() => persist(note))
}

/** Ends those whose last sign was before `before`; answers them. */
export async function endIncidents(
  store: Store,
  open: readonly IncidentRow[],
  { before, at }: { readonly before: number; readonly at: number },
): Promise<readonly IncidentRow[]> {
  const over = open.filter(row => Number(row.last_sign_at) < before)
  const ended: IncidentRow[] = []
  for (const row of over) {
    const changed = await persist(
      async () =>
        await rowsOf(store, table)
          .where({ id: row.id })
          .whereNull('ended_at')
          .where('last_sign_at', '<', before)
          .update({ ended_at: at, open_key: null }),
    )
    if (changed > 0) ended.push({ ...row, ended_at: at })
  }
  return ended
}

/** Those of which the receiver of webhooks has not heard everything, opened since then (epoch milliseconds). */
export async function untoldIncidents(store: Store, since: number): Promise<readonly IncidentRow[]> {
  return await persist(
    async () =>
      await rowsOf(store, table)
        .where('opened_at', '>', since)
        .where(either =>
          either.where('told', 0).orWhere(both => both.where('told', 1).whereNotNull('ended_at')),
        )
        .orderBy('id')
        .limit(20),
  )
}

export async function markTold(store: Store, { id }: IncidentRow, told: number): Promise<void> {
  await persist(
    async () => await rowsOf(store, table).where({ id }).where('told', '<', told).update({ told }),
  )
}

/** Events that an incident holds. */
export function heldEvents(store: Store, { id }: IncidentRow) {
  return rowsOf(store, 'rebound_bounces').where({ incident_id: id, effect: 'held' }).whereNull('undone_at')
}

export async function listIncidents(
  store: Store,
  { all }: { readonly all: boolean },
): Promise<readonly Incident[]> {
  // An incident decided long ago holds nothing any more.
  const recently = Date.now() - dayMs
  const rows = await persist(async () => {
    const query = rowsOf(store, table).orderBy('id', 'desc').limit(1_000)
    if (!all) query.where(either => either.whereNull('decision').orWhere('decided_at', '>', recently))
    return await query
  })
  const held = await countsHeld(store, rows)
  return rows
    .map(row => toIncident(row, held.get(Number(row.id)) ?? 0))
    .filter(incident => all || incident.endedAt === null || incident.held > 0)
}

/** By incident; those that hold nothing are left out. */
async function countsHeld(store: Store, rows: readonly IncidentRow[]): Promise<ReadonlyMap<number, number>> {
  const counts = new Map<number, number>()
  for (const ids of chunks(
    store,
    rows.map(({ id }) => Number(id)),
  )) {
    const count = async () =>
      await store
        .knex('rebound_bounces')
        .select('incident_id')
        .count('* as held')
        .whereIn('incident_id', ids)
        .where({ effect: 'held' })
        .whereNull('undone_at')
        .groupBy('incident_id')
    for (const { incident_id, held } of await persist(count)) counts.set(Number(incident_id), Number(held))
  }
  return counts
}

export async function findIncident(store: Store, id: string): Promise<IncidentRow | null> {
  const number = rowNumber(id)
  if (number === null) return null
  const rows = await persist(async () => await rowsOf(store, table).where({ id: number }))
  return rows[0] ?? null
}

/** Writes the decision down, unless another one is there. @returns the incident as it stands then */
export async function writeDecision(
  store: Store,
  row: IncidentRow,
  decision: {
    readonly decision: IncidentDecision
    readonly at: number
    readonly by: string
    readonly reason: string
  },
): Promise<IncidentRow> {
  const { at, by, reason } = decision
  await persist(
    async () =>
      await rowsOf(store, table)
        .where({ id: row.id })
        .whereNull('decision')
        .update({
          decision: decision.decision,
          decided_at: at,
          decided_by: fitText(by, 100),
          reason: fitText(reason, 500),
          open_key: null,
          ended_at: row.ended_at ?? at,
        }),
  )
  return (await findIncident(store, String(row.id))) ?? row
}

export async function countHeld(store: Store, row: IncidentRow): Promise<number> {
  const [counted] = (await persist(async () => await heldEvents(store, row).count('* as held'))) as readonly {
    readonly held: number | string
  }[]
  return Number(counted?.held ?? 0)
}

export function toIncident(row: IncidentRow, held: number): Incident {
  return {
    id: String(row.id),
    sign: row.sign,
    subject: row.subject,
    openedAt: new Date(Number(row.opened_at)),
    lastSignAt: new Date(Number(row.last_sign_at)),
    endedAt: date(row.ended_at),
    records: row.records,
    domains: row.domains,
    held,
    decision: row.decision,
    decidedAt: date(row.decided_at),
    decidedBy: row.decided_by,
    reason: row.reason,
  }
}
