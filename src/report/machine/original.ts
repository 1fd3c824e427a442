// The returned message: ids only. What it says is never searched for causes.

import { addresses, all, first } from '../../message/header.ts'
import { cleanLine } from '../../message/text.ts'
import type { Header } from '../../model/message.ts'
import type { Original } from '../../model/report.ts'
import type { Finding } from '../finding.ts'
import { decodeXtext, isNamedAddress, stripEnds } from './typed-address.ts'

const maxIdChars = 998
const maxReferences = 10
const maxSenders = 6

/** Fields of a returned message that may hold one of our return paths or tokens, strongest first. */
const referenceFields = [
  'x-rebound-ref',
  'return-path',
  'x-envelope-from',
  'envelope-from',
  'x-original-sender',
  'errors-to',
  'x-return-path',
  'sender',
]

/**
 * Ids and senders of the returned message, from its header and from what the report says of it. A notice is addressed
 * to the envelope sender (RFC 3464 §2): its own `notified` addresses are senders too.
 */
export function readOriginal(header: Header, finding: Finding, notified: readonly string[]): Original {
  const named = referenceFields.flatMap(name => all(header, name))
  const references = [...named, ...(finding.senders ?? [])].map(cap).filter(value => value !== '')
  const envelopeId = finding.envelopeId ?? null
  return {
    messageId: idOrNull(first(header, 'message-id')),
    envelopeId: envelopeId === null ? null : idOrNull(cleanLine(decodeXtext(envelopeId))),
    subject: idOrNull(first(header, 'subject')),
    references: [...new Set(references)].slice(0, maxReferences),
    senders: bareAddresses([...references.map(stripEnds), ...addresses(header, 'from'), ...notified]),
  }
}

function bareAddresses(values: readonly string[]): readonly string[] {
  const known = values.map(value => value.toLowerCase()).filter(isNamedAddress)
  return [...new Set(known)].slice(0, maxSenders)
}

const cap = (value: string): string => value.slice(0, maxIdChars)

function idOrNull(value: string | null): string | null {
  return value === null || value === '' ? null : cap(value)
}
