// The DragonFly Mail Agent: "There was an error delivering your mail to <address>.", then what went wrong.

import type { Finding } from '../finding.ts'
import { addressesInText } from '../machine/typed-address.ts'
import type { Reading } from '../reading.ts'

/** A notice of dma's, or null. */
export function readDragonfly(reading: Reading): Finding | null {
  const opening = reading.words.indexOf('This is the DragonFly Mail Agent')
  if (opening < 0 || opening > 2000) return null
  const at = reading.lines.findIndex(line => line.includes('error delivering your mail to'))
  const sentence = reading.lines.slice(at, at + 2).join(' ')
  const address =
    at < 0 ? null : (addressesInText(sentence.slice(sentence.indexOf(' to ') + 4), 1)[0] ?? null)
  const reason = reading.lines
    .slice(at + 1)
    .filter(line => !/^Message headers follow/i.test(line.trim()))
    .join('\n')
    .trim()
  const host =
    / at ([A-Za-z0-9._-]{1,255})/
      .exec(reading.words.slice(opening, opening + 400))?.[1]
      ?.replace(/\.$/, '') ?? null
  return {
    reader: 'dragonfly',
    reportingMta: host,
    recipients: [
      { address, action: 'failed', text: reason, diagnostic: reason.replaceAll('\n', ' ') || null },
    ],
  }
}
