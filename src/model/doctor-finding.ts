// What the doctor finds: one sentence of what is, and one of what to do.

/** `unknown`: it cannot be known from here. */
export const findingStates = ['ok', 'unknown', 'warning', 'fault'] as const

export type FindingState = (typeof findingStates)[number]

export interface DoctorFinding {
  /** What was looked at, such as `MX bounces.crm.example`. */
  readonly check: string
  readonly state: FindingState
  readonly says: string
  /** What to do; null where nothing is to be done. */
  readonly fix: string | null
}
