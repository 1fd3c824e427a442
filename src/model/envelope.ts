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

/** `<>`, or the name that programs without it put there. */
export function isNullSender(mailFrom: string | null): boolean {
  return mailFrom === null || /^mailer-daemon(@|$)/i.test(mailFrom)
}

/** The bytes of DATA, readable once, and whether they exceed our limit (known only at the end). */
export interface Incoming {
  readonly bytes: AsyncIterable<Uint8Array>
  readonly isTooBig: () => boolean
}
