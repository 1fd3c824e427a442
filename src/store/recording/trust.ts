// How far the operator trusts what nobody signed, and which soft bounces, repeated, count as hard.

import type { Thresholds } from '../../crm/thresholds.ts'

export interface Trust {
  /** REBOUND_TRUST_LEGACY=remove: claimed links act like proven ones. */
  readonly trustClaimed: boolean
  /** Which soft bounces, repeated, make a record hard; none unless given. */
  readonly thresholds?: Thresholds
}
