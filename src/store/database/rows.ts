// Rows as the database gives them, and the nouns of `model.ts` made of them.

import type { Knex } from 'knex'
import type { Campaign } from '../../model/campaign.ts'
import type { ColumnKind, RawOf, ValueOf } from '../../model/column.ts'
import type { CrmRecord } from '../../model/record.ts'
import {
  type BounceField,
  type bounceColumns,
  bounceFields,
  type StoredBounce,
} from '../../model/stored-bounce.ts'
import type { Store } from './open.ts'

/** Times are epoch milliseconds; MySQL gives booleans as 0 and 1, and numbers beyond 2^53 as strings. */
export interface RecordRow {
  readonly id: string
  readonly email: string | null
  readonly email_bounced: number | boolean
  readonly bounced_address: string | null
  readonly hard_bounces: number
  readonly soft_bounces: number
  readonly last_bounce_at: number | null
  readonly reset_at: number | null
  readonly alive_at: number | null
  readonly complaints: number
  readonly last_complaint_at: number | null
}

export interface CampaignRow {
  readonly id: string
  readonly number: number
  readonly name: string | null
  readonly sent: number
  readonly hard_bounces: number
  readonly soft_bounces: number
  readonly blocked_bounces: number
  readonly complaints: number
  readonly brake: number | boolean
}

type Columns = typeof bounceColumns

/** A row of `rebound_bounces`. */
export type BounceRow = { readonly id: number } & {
  readonly [Field in BounceField as Columns[Field]['name']]: RawOf<ValueOf<Columns[Field]>>
}

/** The columns of a StoredBounce: what lists select. */
export const bounceSelection: readonly (keyof BounceRow)[] = [
  'id',
  ...bounceFields.map(([, { name }]) => name),
]

/** A query of `rebound_bounces` for all that is shown of an event. */
export const bounceRows = ({ knex }: Pick<Store, 'knex'>): Knex.QueryBuilder<BounceRow, BounceRow[]> =>
  knex('rebound_bounces').select(bounceSelection)

/** What is read of a campaign, from `rebound_campaign_results`: exact, while `rebound_campaigns` may lag. */
export const campaignColumns = [
  'id',
  'number',
  'name',
  'sent',
  'hard_bounces',
  'soft_bounces',
  'blocked_bounces',
  'complaints',
  'brake',
] as const satisfies readonly (keyof CampaignRow)[]

export const recordColumns = [
  'id',
  'email',
  'email_bounced',
  'bounced_address',
  'hard_bounces',
  'soft_bounces',
  'last_bounce_at',
  'reset_at',
  'alive_at',
  'complaints',
  'last_complaint_at',
] as const satisfies readonly (keyof RecordRow)[]

/** One order for all servers, so that none waits for another that waits for it. */
export function byText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

const date = (at: number | null): Date | null => (at === null ? null : new Date(Number(at)))

export function toRecord(module: string, row: RecordRow): CrmRecord {
  return {
    module,
    id: row.id,
    email: row.email,
    emailBounced: Boolean(row.email_bounced),
    bouncedAddress: row.bounced_address,
    hardBounces: row.hard_bounces,
    softBounces: row.soft_bounces,
    lastBounceAt: date(row.last_bounce_at),
    resetAt: date(row.reset_at),
    aliveAt: date(row.alive_at),
    complaints: row.complaints,
    lastComplaintAt: date(row.last_complaint_at),
  }
}

export function toCampaign(row: CampaignRow): Campaign {
  return {
    id: row.id,
    number: Number(row.number),
    name: row.name,
    sent: Number(row.sent),
    hardBounces: Number(row.hard_bounces),
    softBounces: Number(row.soft_bounces),
    blockedBounces: Number(row.blocked_bounces),
    complaints: Number(row.complaints),
    brake: Boolean(row.brake),
  }
}

/** What a driver gives for a column, as the field that is shown. Words were written by us, and newer ones are kept. */
function fieldOf(kind: ColumnKind, raw: unknown): unknown {
  if (raw === null) return null
  if (kind === 'time') return new Date(Number(raw))
  return kind === 'flag' ? Boolean(raw) : raw
}

export function toBounce(row: BounceRow): StoredBounce {
  const bounce: Record<string, unknown> = { id: String(row.id) }
  for (const [field, { name, kind }] of bounceFields) bounce[field] = fieldOf(kind, row[name])
  return bounce as unknown as StoredBounce
}
