// Mail to postmaster and abuse (RFC 5321 §4.5.1, RFC 2142), as it is taken in and as it is shown.

import type { Page, PageQuery } from './page.ts'

/** Of a longer mail the rest is not kept. */
export const maxRoleMailBytes = 256 * 1024

/** One mail on its way in. */
export interface RoleMail {
  readonly receivedAt: Date
  readonly ip: string
  /** Of the whole mail. */
  readonly bytes: number
  /** Our trace on top, and the mail behind it, up to `maxRoleMailBytes`. */
  readonly raw: Buffer
}

/** `full`: there is no room. `quota`: its network has brought enough today. */
export type RoleMailOutcome = 'kept' | 'full' | 'quota'

/** Where it is kept. */
export interface RoleMailbox {
  readonly isFull: () => Promise<boolean>
  /** Resolves once the mail is stored; rejects when the database does not take it. */
  readonly keep: (mail: RoleMail) => Promise<RoleMailOutcome>
}

export interface KeptMail {
  readonly id: string
  readonly receivedAt: Date
  /** Null: nobody has looked at it. */
  readonly seenAt: Date | null
  readonly bytes: number
  /** Less than `bytes` where the mail was too long. */
  readonly keptBytes: number
  /** `postmaster@…`, `abuse@…`, as the trace says. */
  readonly deliveredTo: readonly string[]
  /** The envelope sender; empty for the null sender. */
  readonly returnPath: string
  /** Decoded (RFC 2047); empty if there is none. A stranger's text. */
  readonly from: string
  readonly subject: string
}

/** What people see of it all. */
export interface RoleMails {
  /** The newest first. */
  readonly list: (query: PageQuery) => Promise<Page<KeptMail>>
  /** The mail as it is kept, from now on seen; null when there is none of that id. */
  readonly read: (id: string) => Promise<Buffer | null>
}

export interface KeptMails extends RoleMails {
  /** @returns whether there was one of that id */
  readonly remove: (id: string) => Promise<boolean>
  readonly count: () => Promise<{ readonly new: number; readonly seen: number }>
}
