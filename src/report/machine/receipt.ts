// Read receipts: message disposition notifications (RFC 8098). Proof of life, and no bounce unless they refuse the mail.

import { first } from '../../message/header.ts'
import type { Finding } from '../finding.ts'
import { markLength, titlePhrases } from '../notice/phrases.ts'
import { ownPhrases } from '../notice/statements.ts'
import { machineParts, type Reading } from '../reading.ts'
import { readBlocks } from './fields.ts'
import { originalAddress, recipientAddress } from './typed-address.ts'

const types = ['message/disposition-notification', 'message/global-disposition-notification']

/** A receipt, or null. */
export function readReceipt(reading: Reading): Finding | null {
  const part = machineParts(reading.message, types)[0]
  if (!part) return inWords(reading) ? { reader: 'receipt', kind: 'receipt', recipients: [] } : null
  const fields = readBlocks(part.text).flat()
  const value = (name: string): string => fields.find(field => field.name === name)?.value ?? ''
  const final = recipientAddress(value('final-recipient'), false)
  const original = originalAddress(value('original-recipient'))
  const address = final ?? original
  if (isRefusal(reading, value('disposition'))) {
    return { reader: 'receipt', recipients: [{ address, originalAddress: original, action: 'failed' }] }
  }
  const recipients = address === null ? [] : [{ address, originalAddress: original, action: null, text: '' }]
  return { reader: 'receipt', kind: 'receipt', recipients }
}

/** `Read: …`, "was read on …": Outlook and Notes without the machine part. */
function inWords(reading: Reading): boolean {
  const title = titlePhrases(reading)
  const own = markLength(title.text)
  const isTitled = title
    .of('subjects.read')
    .some(({ start, end }) => start === own && /^\s?[:(]/.test(title.text.slice(end, end + 2)))
  return isTitled && ownPhrases(reading).between('sentences.read', 0, maxSentencePlace).length > 0
}

/** It says so at its top. */
const maxSentencePlace = 4000

/** RFC 5429 §2.1.1: Sieve's `reject` answers with a receipt of an automatic deletion whose words say that it refused. */
function isRefusal(reading: Reading, disposition: string): boolean {
  const value = disposition.toLowerCase().replace(/\s/g, '')
  if (!value.startsWith('automatic-action/') || !value.includes(';deleted')) return false
  const said =
    `${first(reading.message.header, 'auto-submitted') ?? ''}\n${reading.words.slice(0, 4000)}`.toLowerCase()
  return said.includes('reject') || said.includes('refused')
}
