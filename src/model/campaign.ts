// A campaign with its counts.

export interface Campaign {
  readonly id: string
  readonly number: number
  readonly name: string | null
  readonly sent: number
  readonly hardBounces: number
  readonly softBounces: number
  /** Part of soft: the sender was at fault. */
  readonly blockedBounces: number
  readonly complaints: number
}
