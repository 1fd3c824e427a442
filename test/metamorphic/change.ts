// What a change of a mail is.

import type { Entity } from './mail.ts'

export interface Change {
  readonly name: string
  /** The changed mail, null where the change does not apply. */
  readonly apply: (mail: Entity) => Entity | null
  /** The mail as it is sent, where lines do not end with LF. */
  readonly send?: (text: string) => string
}
