// Checks of what people and programs give us to store, the same for HTTP, command line and import.

import { dayMs } from './day.ts'

const maxAddressBytes = 320
const maxRuleText = 100

/** Characters that text must not contain: control characters and lone surrogates. */
export const unprintable = /\p{Cc}|\p{Cs}/u

const maxIdCharacters = 64

/** What an id must be: the message for an invalid one. */
export const idFault = `must be text of 1 to ${maxIdCharacters} characters without control characters`

/** Could this be the id of a record, a campaign or a mail? */
export function isId(text: string): boolean {
  const length = [...text].length
  return length >= 1 && length <= maxIdCharacters && !unprintable.test(text)
}

/**
 * Could this be a bare address? Only mailing it shows whether it works. RFC 5321 §4.1.2 loosely: a local part,
 * quoted where it holds spaces, an at sign, and a domain of any script (RFC 6531) or a literal; at most 320 octets.
 */
export function isAddress(text: string): boolean {
  if (Buffer.byteLength(text) > maxAddressBytes || unprintable.test(text)) return false
  const at = text.lastIndexOf('@')
  if (at < 1) return false
  return isLocalPart(text.slice(0, at)) && isDomain(text.slice(at + 1))
}

function isLocalPart(local: string): boolean {
  return /^"(?:[^"\\]|\\.)+"$/u.test(local) || /^[^\s"(),:;<>@[\\\]]+$/u.test(local)
}

/** Labels are not empty and neither begin nor end with a hyphen (RFC 5321 §4.1.2); servers write underscores too. */
function isDomain(domain: string): boolean {
  if (/^\[[0-9a-f.:ipvx]{3,50}\]$/i.test(domain)) return true
  // The root's dot may stand at the end of a name (RFC 1034 §3.1).
  const name = domain.endsWith('.') ? domain.slice(0, -1) : domain
  return /^[\p{L}\p{M}\p{N}._-]+$/u.test(name) && !/^[.-]|\.\.|\.-|-\.|[.-]$/.test(name)
}

/** What the text of an operators' rule should be instead; null if it is valid. */
export function ruleTextFault(text: string): string | null {
  const length = [...text].length
  if (length < 1) return 'should have at least 1 character'
  if (length > maxRuleText) return `should have at most ${maxRuleText} characters, not ${length}`
  // A header that a rule searches may contain a tab; any other control character is a mistake.
  if (unprintable.test(text.replaceAll('\t', ' ')))
    return 'should be one line of text without control characters'
  return null
}

export const timeFault = 'must be ISO 8601: a date such as 2026-01-31, or a time such as 2026-01-31T08:00:00Z'
const day = /^\d{4}-\d{2}-\d{2}$/
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/
/**
 * A bound of a time range; null if it is not valid. A date is a whole day in UTC: it begins at midnight, and as `to` it
 * ends at the next. A time is itself.
 */
export function timeBound(text: string, bound: 'from' | 'to'): Date | null {
  const isDay = day.test(text)
  if ((!isDay && !instant.test(text)) || !isRealTime(text)) return null
  const at = Date.parse(text)
  return new Date(isDay && bound === 'to' ? at + dayMs : at)
}

/** 31 February parses as 3 March: a text that does not print back unchanged is not a date. */
function isRealTime(text: string): boolean {
  const parsed = Date.parse(`${text.slice(0, 10)}T00:00:00Z`)
  if (Number.isNaN(parsed) || Number.isNaN(Date.parse(text))) return false
  return new Date(parsed).toISOString().startsWith(text.slice(0, 10))
}
