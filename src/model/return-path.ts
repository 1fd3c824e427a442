// The return path: which mail an address belongs to, and how an event came to belong to a record.

/** Which mail a return path belongs to: the record it was sent to and the campaign that sent it. */
export interface SendRef {
  /** `contacts`, `companies`, `leads`, or a module of the mapping file. */
  readonly module: string
  readonly recordId: string
  readonly campaign: CampaignRef | null
  /** The CRM's own id of this one mail. */
  readonly mailId: string | null
  /** Short keyed check of the address the mail was sent to; opaque, compared by `return-path/codec`. */
  readonly addressCheck: string | null
}

/** A campaign by its id, or by the 32-bit number under which a signed path carries it. */
export type CampaignRef = { readonly id: string } | { readonly number: number }

/** What an address in RCPT TO turned out to be. `raw` is as received; `canonical` unwrapped and lower-cased. */
export type ReturnPath =
  | {
      readonly kind: 'signed' | 'expired'
      readonly raw: string
      readonly canonical: string
      readonly send: SendRef
      readonly issuedAt: Date
    }
  | {
      readonly kind: 'stored'
      readonly raw: string
      readonly canonical: string
      readonly send: SendRef
      readonly issuedAt: Date | null
    }
  /** An unsigned pattern; where it names an `address` alone, `recordId` is empty until `linkOf` has looked it up. */
  | {
      readonly kind: 'legacy'
      readonly raw: string
      readonly canonical: string
      readonly send: SendRef
      readonly address?: string
    }
  /** `unknown` at our domain in observe mode, or the setting REBOUND_INBOX: no send of its own. */
  | { readonly kind: 'inbox' | 'observed'; readonly raw: string; readonly canonical: string }
  /** A mail without an envelope whose header names no path of ours: what it returns may still belong to a record. */
  | { readonly kind: 'unaddressed'; readonly raw: ''; readonly canonical: '' }
  | { readonly kind: 'forged' | 'unknown'; readonly raw: string }
  | { readonly kind: 'role'; readonly raw: string; readonly mailbox: 'postmaster' | 'abuse' }

/** How an event came to belong to a record, in the order tried; `signed` to `envelope-id` are proven. */
export const linkedBys = [
  'signed',
  'stored',
  'original',
  'envelope-id',
  'legacy',
  'message-id',
  'address',
] as const

export type LinkedBy = (typeof linkedBys)[number]

/** Links that a signature or a random token vouches for; the others are claims. */
export const provenLinks: readonly LinkedBy[] = ['signed', 'stored', 'original', 'envelope-id']

export interface Link {
  readonly by: LinkedBy
  /** Only a proven link may remove an address or promote (a signature or a random token vouches for it). */
  readonly proven: boolean
  readonly send: SendRef
  /** The canonical return path or token that vouched. */
  readonly token: string
  readonly issuedAt: Date | null
}
