// Addresses as they are compared everywhere: split at the last @, A-Z folded, domains in one spelling.

import { domainToASCII } from 'node:url'

/** Lower-cases only A-Z: `toLowerCase` would also fold the Kelvin sign to k, and a changed token would pass. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, letters => letters.toLowerCase())
}

/** Splits at the last @ (a quoted local part may hold others); `domain` is null if there is none. */
export function splitAddress(address: string): { local: string; domain: string | null } {
  const at = address.lastIndexOf('@')
  if (at < 0) return { local: address, domain: null }
  return { local: address.slice(0, at), domain: address.slice(at + 1) }
}

/** A domain in one spelling: lower case, A-labels (RFC 5890 §2.3.2.1), no trailing dot. Null when it is not a domain name. */
export function foldDomain(domain: string): string | null {
  const bare = domain.endsWith('.') ? domain.slice(0, -1) : domain
  // domainToASCII parses as URLs do: it would cut at / ? #, drop tabs and decode %61.
  if (bare.length > 255 || !/^[a-zA-Z0-9._\-\u0080-\u{10ffff}]+$/u.test(bare)) return null
  if (/^[a-zA-Z0-9._-]+$/.test(bare)) return bare.toLowerCase()
  const ascii = domainToASCII(bare)
  return ascii === '' ? null : ascii
}

/**
 * The spelling of an address over which its check is made: trimmed, A-Z lower-cased in the local part,
 * the domain folded. Few mail systems distinguish `Ana@` from `ana@`; more of them change the case.
 */
export function normalAddress(address: string): string {
  const { local, domain } = splitAddress(address.trim())
  if (domain === null) return lowerAscii(local)
  return `${lowerAscii(local)}@${foldDomain(domain) ?? lowerAscii(domain)}`
}
