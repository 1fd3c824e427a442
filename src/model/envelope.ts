// The SMTP transaction: the client, the recipients, and the bytes of DATA.

import type { ReturnPath } from './return-path.ts'

/** Who is talking to us. */
export interface Client {
  readonly ip: string
  /** The name it gave in HELO or EHLO, as given. */
  readonly helo: string
  readonly tls: boolean
}

/** One SMTP transaction up to DATA (RFC 5321 §2.3.1). */
export interface Envelope {
  /** Names the session in the log. */
  readonly session: string
  readonly receivedAt: Date
  readonly client: Client
  /** The reverse path; null is the null sender `<>` that reports use (RFC 5321 §4.5.5). */
  readonly mailFrom: string | null
  /** Every accepted RCPT TO, decoded; refused ones never get here. */
  readonly recipients: readonly ReturnPath[]
}

/** A mail that comes without an envelope, out of a file or a mailbox: what its door knows of it. */
export interface Unaddressed {
  /** Names the door in the log: a file, a mailbox. */
  readonly session: string
  /** When its mailbox took it; null if only the mail itself may know. */
  readonly receivedAt: Date | null
  /** The reverse path, if the mail has no Return-Path of its own; undefined if nothing says. */
  readonly mailFrom: string | null | undefined
}

/** `<>`, or the name that programs without it put there. */
export function isNullSender(mailFrom: string | null): boolean {
  return mailFrom === null || /^mailer-daemon(@|$)/i.test(mailFrom)
}

/** The bytes of DATA, readable once; reading throws when the client vanishes or sends more than the limit. */
export interface Incoming {
  readonly bytes: AsyncIterable<Uint8Array>
  /** Told when the reader is done with them: what follows waits for the database, and others may be read. */
  readonly done?: () => void
}
