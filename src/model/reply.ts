// The reply that an SMTP client gets.

import type { Recorded } from './event.ts'

/** A reply as SMTP says it (RFC 5321 §4.2, RFC 2034). */
export interface Reply {
  readonly code: number
  readonly enhanced: string
  readonly text: string
}

/** What became of a message: `accepted` is said only after the commit. */
export type IntakeOutcome =
  | { readonly kind: 'accepted'; readonly recorded: readonly Recorded[] }
  | { readonly kind: 'refused' | 'deferred'; readonly reason: string }
