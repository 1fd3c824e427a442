// Who asks for a change.

/** Goes into the audit: `cli`, or `http` and an address. */
export interface By {
  readonly actor: string
}
