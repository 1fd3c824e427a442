// A record of the CRM as the store holds it: a contact, a company, a lead, or one of a mapped module.

export interface CrmRecord {
  readonly module: string
  readonly id: string
  readonly email: string | null
  readonly emailBounced: boolean
  readonly bouncedAddress: string | null
  readonly hardBounces: number
  readonly softBounces: number
  readonly lastBounceAt: Date | null
  readonly resetAt: Date | null
}
