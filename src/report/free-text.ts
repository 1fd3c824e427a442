// The last reader: a notice in free words by a program we do not know.

import { enough, weighEvidence } from './evidence.ts'
import type { Finding } from './finding.ts'
import type { Reading } from './reading.ts'
import { failedRecipients } from './recipients.ts'

/** A bounce or warning in free words, or null. */
export function readFreeText(reading: Reading): Finding | null {
  const evidence = weighEvidence(reading)
  if (evidence.score < enough || !evidence.machine || !(evidence.text || evidence.subject)) return null
  return { reader: 'free-text', recipients: failedRecipients(reading) }
}
