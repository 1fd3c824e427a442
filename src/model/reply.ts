// The reply that an SMTP client gets.

import type { Recorded } from './event.ts'

/** A reply as SMTP says it (RFC 5321 §4.2, RFC 2034). */
export interface Reply {
  readonly code: number
  readonly enhanced: string
  readonly text: string
}

/**
 * What became of a message: `accepted` is said only after the commit; `refused` never of what SMTP brought. `unproven`:
 * the client's network has brought enough reports today that no path of ours proves.
 */
export type IntakeOutcome =
  | { readonly kind: 'accepted'; readonly recorded: readonly Recorded[] }
  | { readonly kind: 'deferred'; readonly reason: 'no-memory' | 'unproven' }
  | { readonly kind: 'refused'; readonly reason: 'not-a-mail' }
