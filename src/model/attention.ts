// What waits for a person.

export interface Attention {
  /** Counted up to a thousand. */
  readonly webhooksGivenUp: number
  /** Events that were stored without their text, or without effects too; counted up to a thousand. */
  readonly strippedBounces: number
  /** Mail to postmaster and abuse that nobody has looked at. */
  readonly rolesUnread: number
  /** When the certificate of STARTTLS expires; null: there is none. */
  readonly certificateExpires: Date | null
}
