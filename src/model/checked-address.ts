// What a CRM asks before it mails: what became of mail to an address before.

import type { Advice } from './categories.ts'
import type { StoredBounce } from './stored-bounce.ts'

export interface CheckedAddress {
  readonly address: string
  /** Its last bounce that was not taken back; null when it never bounced. */
  readonly bounce: StoredBounce | null
  /** Whose move it is; null when it never bounced. */
  readonly advice: Advice | null
}
