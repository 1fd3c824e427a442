// What people and thresholds changed, as it is listed.

import type { Page, PageQuery } from './page.ts'

export interface AuditRow {
  readonly id: string
  readonly at: Date
  /** `cli`, or `http` and a name or an address. */
  readonly actor: string
  /** What was done: `reset`, `undo`, `promote`, `forget`, `rule-add`, … */
  readonly action: string
  readonly module: string | null
  readonly recordId: string | null
  readonly bounceId: string | null
  /** What was there before. */
  readonly before: unknown
}

export interface AuditQuery extends PageQuery {
  readonly module?: string | undefined
  readonly recordId?: string | undefined
  readonly bounceId?: string | undefined
}

/** The newest first; `next` is null at the end. */
export type ListAudit = (query: AuditQuery) => Promise<Page<AuditRow>>
