// Trying it: a mail of the harness is sent to this server, about a record that is there for nothing else.

import type { By } from './actor.ts'

/** The record that tries are about; it is made anew for each. */
export const tryRecord = { module: 'contacts', id: 'rebound-test' } as const
export const tryAddress = 'rebound-test@example.org'

export interface TryChoice {
  /** Whose words: `postfix`, `gmail`, … */
  readonly writer: string
  /** What each can report: `unknown-user`, … */
  readonly scenarios: readonly string[]
}

/** What became of it; `bounceId` null: the answer names no event. */
export type Tried =
  | {
      readonly kind: 'sent'
      /** What the server said. */
      readonly response: string
      readonly isTaken: boolean
      readonly bounceId: string | null
    }
  /** There is no such writer, or it never writes that; `why` says what to write instead. */
  | { readonly kind: 'unknown'; readonly why: string }

export interface TryOut {
  readonly choices: () => Promise<readonly TryChoice[]>
  readonly send: (writer: string, scenario: string, by: By) => Promise<Tried>
}
