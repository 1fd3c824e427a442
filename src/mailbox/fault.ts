// What keeps us from a mailbox, in words that say what to do about it.

import type { MailboxFaultReason } from '../model/mailbox.ts'

export class MailboxFault extends Error {
  readonly reason: MailboxFaultReason

  constructor(reason: MailboxFaultReason, message: string, cause?: unknown) {
    super(message, { cause })
    this.reason = reason
  }
}

/** Words of a server, which may be anybody's: one line of printable text. */
export function serverWords(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 200)
}
