// Exim before it wrote RFC 3464 parts: "This message was created automatically by mail delivery software".

import { addressesIn, all } from '../../message/header.ts'
import { addressesInText, isAddress, stripEnds } from '../address.ts'
import type { Finding, Found } from '../finding.ts'
import type { Reading } from '../reading.ts'

const openings = [
  'this message was created automatically by mail delivery software',
  'message was created automatically by the smtp relay',
]
/** Sentences that end with the list of recipients, failed or delayed. */
const delays = ['has not yet been delivered', 'delivery attempts will continue', 'have been delayed']

/** A notice of Exim's in words, or null. */
export function readExim(reading: Reading): Finding | null {
  const note = reading.note.toLowerCase()
  const named = all(reading.message.header, 'x-failed-recipients').flatMap(addressesIn)
  if (!openings.some(words => note.includes(words)) && named.length === 0) return null
  const delayed = named.length === 0 && delays.some(words => note.includes(words))
  const action = delayed ? 'delayed' : 'failed'
  const listed = entries(reading.lines, action)
  if (listed.length > 0) return { reader: 'exim', recipients: listed }
  if (named.length === 0) return null
  return { reader: 'exim', recipients: named.map(address => ({ address, action })) }
}

/** A recipient stands alone on a line indented by two, what happened to it on the lines indented deeper. */
function entries(lines: readonly string[], action: 'failed' | 'delayed'): readonly Found[] {
  const found: Found[] = []
  let address: string | null = null
  let original: string | null = null
  let words: string[] = []
  const finish = (): void => {
    if (address !== null) {
      const text = words.join('\n')
      found.push({
        address,
        originalAddress: original,
        action,
        text,
        diagnostic: text.replaceAll('\n', ' ').trim() || null,
      })
    }
    address = null
    original = null
    words = []
  }
  for (const line of lines) {
    const indent = line.length - line.trimStart().length
    const trimmed = line.trim()
    if (trimmed === '') continue
    if (indent === 0) {
      finish()
      continue
    }
    const head = indent <= 3 ? headAddress(trimmed) : null
    if (head !== null) {
      finish()
      address = head
    } else if (trimmed.startsWith('(generated from ') || trimmed.startsWith('(ultimately generated from ')) {
      original = addressesInText(trimmed)[0] ?? null
    } else if (address !== null) {
      words.push(trimmed)
    }
  }
  finish()
  return found
}

function headAddress(trimmed: string): string | null {
  if (/\s/.test(trimmed.replace(/\s*[:(].*$/, ''))) return null
  const word = stripEnds(trimmed.split(/\s/, 1)[0] ?? '')
  return isAddress(word) ? word : null
}
