// The barest form of a mail: that it came, and no word of it.

import { createHash } from 'node:crypto'
import { type Envelope, isNullSender, type Unaddressed } from '../model/envelope.ts'
import type { ReadMail } from '../model/read-mail.ts'
import { emptyReport } from '../model/report.ts'

/** Reads to the end without looking. Its digest identifies it, so that the same bytes are one event. Rejects when `bytes` does. */
export async function readNothing(
  bytes: AsyncIterable<Uint8Array>,
  { mailFrom }: Envelope | Unaddressed,
): Promise<ReadMail> {
  const digest = createHash('sha256')
  let length = 0
  for await (const chunk of bytes) {
    digest.update(chunk)
    length += chunk.length
  }
  return {
    letter: { from: null, replyTo: null, subject: null, bytes: length },
    trace: null,
    report: {
      ...emptyReport,
      identity: { ...emptyReport.identity, text: digest.digest('hex') },
      nullSender: mailFrom !== undefined && isNullSender(mailFrom),
      problems: [{ code: 'not-read' }],
    },
    judgement: { kind: 'ordinary', recipients: [] },
    seconds: 0,
  }
}
