// The identity of an event: the same report is one event, however often it arrives and by whatever route.

import { createHash } from 'node:crypto'
import { dayOf } from '../model/day.ts'
import type { RecipientReport, ReportIdentity } from '../model/report.ts'

const noField = 0xffff_ffff

export interface FingerprintFields {
  /** Unwrapped and lower-cased. */
  readonly returnPath: string
  /** When the path was issued; null where nobody knows: such events share day 0. */
  readonly issuedAt: Date | null
  readonly recipient: RecipientReport
  /** What `digestIdentity` gave for the report. */
  readonly identity: string
}

/**
 * What makes the report this report: its Message-ID, or where it has none its date, author, subject and words.
 * Hashed once a message, for a message may make many events.
 */
export function digestIdentity(identity: ReportIdentity): string {
  const messageId = identity.messageId?.trim() ?? ''
  // An empty `<>` would make all reports of a broken program one.
  if (messageId !== '' && messageId !== '<>') return sha256('message-id', messageId)
  return sha256('content', identity.date, identity.from, identity.subject, identity.text)
}

/** 8 hex digits of the issue day, so that the unique index grows at its edge, then SHA-256 in hex: 72 characters. */
export function fingerprintOf(fields: FingerprintFields): string {
  const { returnPath, issuedAt, recipient, identity } = fields
  const day = issuedAt === null ? 0 : Math.max(0, dayOf(issuedAt))
  const digest = sha256(returnPath, recipient.address, recipient.action, recipient.status, identity)
  return day.toString(16).padStart(8, '0') + digest
}

/** Every field behind its length in bytes, so that no two lists of fields run together into the same bytes. */
function sha256(...fields: readonly (string | null)[]): string {
  const hash = createHash('sha256')
  for (const field of fields) {
    const bytes = Buffer.from(field ?? '', 'utf8')
    const length = Buffer.alloc(4)
    length.writeUInt32BE(field === null ? noField : bytes.length)
    hash.update(length).update(bytes)
  }
  return hash.digest('hex')
}
