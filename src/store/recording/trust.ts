// How far the operator trusts what nobody signed, and which soft bounces, repeated, count as hard.

import type { ThresholdsInForce } from '../../crm/thresholds.ts'
import type { BounceEvent } from '../../model/event.ts'

export interface Trust {
  /** REBOUND_TRUST_LEGACY=remove: claimed links act like proven ones. */
  readonly trustClaimed: boolean
  /** Which soft bounces, repeated, make a record hard; none unless given. */
  readonly thresholds?: ThresholdsInForce
  /** The incident for which this bounce may not remove an address now; null: it may. Asks nobody. */
  readonly heldBy?: (event: BounceEvent, campaignId: string | null) => number | null
}
