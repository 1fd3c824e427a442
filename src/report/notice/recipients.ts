// Whom a notice in words is about: its list, else its sentences, else what its header and the original say.

import { addresses } from '../../message/header.ts'
import type { Finding, RecipientFinding } from '../finding.ts'
import { replyCodeIn } from '../machine/codes.ts'
import { isNamedAddress } from '../machine/typed-address.ts'
import type { Reading } from '../reading.ts'
import { isDelay } from './delay.ts'
import { deniedAddresses } from './denied-address.ts'
import { readEntries, toFindings } from './entries.ts'
import { withExpired } from './expired.ts'
import { failedMentions, originalRecipients, ownAddresses } from './mentions.ts'

/** The recipients that failed or wait; one without an address when the notice names nobody. */
export function failedRecipients(reading: Reading, delayed = isDelay(reading)): readonly RecipientFinding[] {
  const action = delayed ? 'delayed' : 'failed'
  const named = namedRecipients(reading, action)
  if (named.length > 0) return named
  return [{ address: addressedTo(reading), action }]
}

/** Those whom the notice names itself. */
function namedRecipients(reading: Reading, action: 'delayed' | 'failed'): readonly RecipientFinding[] {
  const own = ownAddresses(reading)
  const listed = readEntries(reading.lines)
  const others = listed.filter(entry => !own.has(entry.address.toLowerCase()))
  // A mail to oneself: the only address there is.
  if (others.length > 0) return toFindings(others, action)
  const mentioned = failedMentions(reading)
  const denied = mentioned.length > 0 ? mentioned : deniedAddresses(reading)
  if (denied.length > 0) return denied.map(address => ({ address, action }))
  return toFindings(listed, action)
}

/** Programs that list a recipient twice, for people and for administrators: once, with what both say of it. */
export function withoutRepeats(recipients: readonly RecipientFinding[]): readonly RecipientFinding[] {
  const byAddress = new Map<string, RecipientFinding>()
  recipients.forEach((found, index) => {
    const key = found.address?.toLowerCase() ?? ` ${index}`
    const known = byAddress.get(key)
    byAddress.set(key, known === undefined ? found : merged(known, found))
  })
  return [...byAddress.values()]
}

/** A diagnostic with a code says more than one without. */
function merged(one: RecipientFinding, other: RecipientFinding): RecipientFinding {
  const diagnostics = [one.diagnostic, other.diagnostic].filter(words => words)
  const coded = diagnostics.find(words => words && replyCodeIn(words, 'diagnostic') !== null)
  const texts = [one.text, other.text].filter(words => words !== undefined)
  return {
    ...other,
    ...one,
    originalAddress: one.originalAddress ?? other.originalAddress ?? null,
    diagnostic: coded ?? diagnostics[0] ?? null,
    ...(texts.length > 0 ? { text: texts.join('\n') } : {}),
  }
}

/** The one to whom the returned message was addressed, never one of those to whom the notice is. */
function addressedTo(reading: Reading): string | null {
  const notified = new Set(addresses(reading.message.header, 'to').map(address => address.toLowerCase()))
  const sentTo = originalRecipients(reading).filter(address => !notified.has(address.toLowerCase()))
  return sentTo.length === 1 ? (sentTo[0] ?? null) : null
}

/** Fills in what a machine part leaves out, as far as the notice and the returned message tell. */
export function completed(finding: Finding, reading: Reading): Finding {
  if (finding.kind !== undefined) return finding
  const recipients = withExpired(withDomains(named(finding, reading), reading), reading)
  return recipients === finding.recipients ? finding : { ...finding, recipients }
}

/** A machine part that does not name its one recipient (a pipe, a file, a broken field): the notice may. */
function named({ recipients, problems = [] }: Finding, reading: Reading): readonly RecipientFinding[] {
  const nameless = recipients.filter(found => found.address === null && !found.originalAddress)
  if (nameless.length !== 1) return recipients
  const known = new Set(recipients.flatMap(found => [found.address, found.originalAddress]))
  const failed = addresses(reading.message.header, 'x-failed-recipients').filter(isNamedAddress)
  const told = failed.length > 0 ? failed : namedRecipients(reading, 'failed').map(found => found.address)
  const others = told.filter(address => address !== null && !known.has(address))
  // A field that cannot be read named somebody: whoever the original was addressed to need not be it.
  const isUnread = problems.some(({ detail }) => /^(?:final|original)-recipient:/.test(detail ?? ''))
  const original = others.length === 0 && !isUnread ? addressedTo(reading) : null
  const only = others.length === 1 ? others[0] : original
  if (!only || known.has(only)) return recipients
  return recipients.map(found => (found === nameless[0] ? { ...found, address: only } : found))
}

/** A recipient by its local name alone is the one of that name to whom the original was addressed. */
function withDomains(recipients: readonly RecipientFinding[], reading: Reading): readonly RecipientFinding[] {
  if (!recipients.some(isLocal)) return recipients
  const sentTo = originalRecipients(reading)
  return recipients.map(found => {
    if (!isLocal(found)) return found
    const prefix = `${found.address?.toLowerCase()}@`
    const matches = sentTo.filter(address => address.toLowerCase().startsWith(prefix))
    return matches.length === 1 ? { ...found, originalAddress: matches[0] ?? null } : found
  })
}

function isLocal(found: RecipientFinding): boolean {
  return found.address !== null && !found.address.includes('@') && !found.originalAddress
}
