// Mails that are held in memory and taken in together, so that they share a commit: how many, and how much of each.

import type { FoundMail } from './session.ts'

/** At most this many mails, and this many bytes of them, are held at once. */
export const groupMails = 50
export const groupBytes = 16 * 1024 * 1024
/** The reader looks at no more of a mail (message/parts.ts); one byte more tells it that there is more. */
export const mailBytes = 9 * 1024 * 1024

/** What is held of a mail. */
export async function* held(bytes: Uint8Array): FoundMail['bytes'] & AsyncGenerator<Uint8Array> {
  yield bytes
}
