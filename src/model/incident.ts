// Incidents: signs that bounces tell of a fault on the sending side, while which no address is removed for them.

import type { By } from './actor.ts'

/**
 * What gave it away. `host`: one host, no provider's, refused everybody. `campaign`: too much of it came back hard.
 * `provider`: one provider blocks the sender far more than usual.
 */
export const signs = ['host', 'campaign', 'provider'] as const

export type SignKind = (typeof signs)[number]

export const incidentDecisions = ['apply', 'drop'] as const

/** `apply`: the held removals are made. `drop`: the held bounces are undone. */
export type IncidentDecision = (typeof incidentDecisions)[number]

export interface Incident {
  readonly id: string
  readonly sign: SignKind
  /** The host, the campaign's id or the provider. */
  readonly subject: string
  readonly openedAt: Date
  readonly lastSignAt: Date
  /** Null while it lasts. */
  readonly endedAt: Date | null
  /** Distinct records and domains of recipients that it was seen at, when it was last seen. */
  readonly records: number
  readonly domains: number
  /** Events whose removal is held now. */
  readonly held: number
  readonly decision: IncidentDecision | null
  readonly decidedAt: Date | null
  readonly decidedBy: string | null
  readonly reason: string | null
}

/** What became of the held events. `kept`: their record has another address by now, so nothing was done. */
export type IncidentOutcome =
  | { readonly kind: 'decided'; readonly incident: Incident; readonly done: number; readonly kept: number }
  | { readonly kind: 'absent' }
  /** It was decided otherwise. */
  | { readonly kind: 'conflict'; readonly why: string }

export interface Incidents {
  /** The newest first: those that last or hold something or, with `all`, every one. */
  readonly list: (options: { readonly all: boolean }) => Promise<readonly Incident[]>
  /** Null when there is none. */
  readonly get: (id: string) => Promise<Incident | null>
  readonly decide: (
    id: string,
    decision: IncidentDecision,
    by: By & { readonly reason: string },
  ) => Promise<IncidentOutcome>
}
