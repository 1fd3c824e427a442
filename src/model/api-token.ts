// A token of the HTTP API.

export interface ApiToken {
  /** Stands in the audit; null for the one that has none, REBOUND_API_TOKEN. */
  readonly name: string | null
  readonly token: string
  /** Sees everything and changes nothing. */
  readonly isReader: boolean
}
