// Where a person's address was erased, as they may ask for.

/** How many rows were changed or deleted. */
export interface Forgotten {
  readonly records: number
  readonly bounces: number
  readonly campaigns: number
  readonly evidence: number
  readonly returnPaths: number
  readonly outbox: number
  /** People's answers that name the address, or are about it: they are deleted. */
  readonly replies: number
  /** Operators' rules that named the address: they are removed. */
  readonly rules: number
  /** Saved views that named it: they are removed. */
  readonly views: number
  readonly audit: number
  /** Mails to postmaster and abuse that held it: they are deleted. */
  readonly mails: number
}

export interface ForgottenAddress extends Forgotten {
  /** False: the file of the database was busy and still holds remains; null: nothing was tried. */
  readonly isWiped: boolean | null
}

export type ForgetAddress = (
  address: string,
  options: { readonly actor: string; readonly dryRun: boolean },
) => Promise<ForgottenAddress>
