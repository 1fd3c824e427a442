// What waits no longer, though it is reported as delayed: OpenSMTPD writes its last notice as a warning (`Action:
// delayed`, `Status: 4.4.7`), and only the recipient's line says that the envelope expired.

import type { RecipientFinding } from '../finding.ts'
import type { Reading } from '../reading.ts'
import { readEntries } from './entries.ts'

const expired = 'envelope expired'

/** The recipients, those failed whose words say that their envelope expired. */
export function withExpired(
  recipients: readonly RecipientFinding[],
  { lower, lines }: Reading,
): readonly RecipientFinding[] {
  if (!lower.includes(expired) || !recipients.some(({ action }) => action === 'delayed')) return recipients
  const entries = readEntries(lines)
  const wordsOf = ({ address }: RecipientFinding): string =>
    entries.find(entry => entry.address.toLowerCase() === address?.toLowerCase())?.words.trim() ?? ''
  return recipients.map(found => {
    const words = found.action === 'delayed' ? wordsOf(found) : ''
    if (!words.toLowerCase().startsWith(expired)) return found
    return { ...found, action: 'failed', diagnostic: found.diagnostic ?? words.split('\n', 1)[0] ?? null }
  })
}
