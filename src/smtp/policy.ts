// Whom we accept and what we refuse, as pure functions (RFC 5321 §4.1.2, §4.5.1, §4.5.3).

import { foldDomain, lowerAscii } from '../model/address.ts'
import type { ReturnPath } from '../model/return-path.ts'
import type { FoundPath } from './ports.ts'
import { type Answer, accept, defer, reject } from './replies.ts'

/** RFC 5321 §4.5.3.1.1 allows 64 octets; wrappers such as SRS and BATV make longer ones, so we bear more. */
const maxLocalOctets = 256
/** RFC 5321 §4.5.3.1.2. */
const maxDomainOctets = 255

const controlCharacters = /[\u0000-\u001f\u007f-\u009f]/

/** A quoted string that holds only what an atom may hold (RFC 5321 §4.1.2, RFC 6531 §3.3). */
const needlessQuotes = /^"([^\s"\\@<>()[\]:;,]+)"$/

/** What RCPT TO or MAIL FROM named, ready to be compared. */
export interface Mailbox {
  /** As received. */
  readonly local: string
  /** Lower-cased A-labels without a trailing dot; empty for the domainless postmaster. */
  readonly domain: string
}

/**
 * Splits and checks an address of RCPT TO or MAIL FROM. Null when it has control characters, no domain or no local
 * part, or is longer than anything that could be ours; lenient in everything else.
 * A quoted local part that needs no quotes loses them (RFC 5321 §4.1.2: both forms are the same mailbox).
 */
export function readMailbox(address: string): Mailbox | null {
  if (controlCharacters.test(address)) return null
  if (address.toLowerCase() === 'postmaster') return { local: address, domain: '' } // RFC 5321 §4.5.1
  const at = address.lastIndexOf('@')
  if (at < 1) return null
  const local = address.slice(0, at).replace(needlessQuotes, '$1')
  const given = address.slice(at + 1).replace(/\.$/, '')
  // An address literal is compared as it stands.
  const domain = foldDomain(given) ?? lowerAscii(given)
  if (domain === '' || Buffer.byteLength(domain) > maxDomainOctets) return null
  if (Buffer.byteLength(local) > maxLocalOctets) return null
  return { local, domain }
}

const quotedString = /"(?:[^"\\]|\\.)*"/g
/** Where in the private use area the characters that need quotes are hidden. */
const hidden = 0xe000

/** Puts stand-ins for the spaces, brackets and at-signs inside quoted strings; `showQuoted` is the way back. */
export const hideQuoted = (command: string): string =>
  command.replace(quotedString, quoted =>
    quoted.replace(/[ <>@]/g, character => String.fromCharCode(hidden + character.charCodeAt(0))),
  )

export const showQuoted = (address: string): string =>
  address.replace(/[\ue020\ue03c\ue03e\ue040]/g, standIn =>
    String.fromCharCode(standIn.charCodeAt(0) - hidden),
  )

/** Gives a sender without a domain one, for a parser that wants it; `withoutDomain` is the way back. */
export const withDomain = (command: string): string =>
  command.replace(/^(mail from: ?<[^<>@\s]+)>/i, '$1@invalid>')

export const withoutDomain = (address: string): string => address.slice(0, address.lastIndexOf('@'))

/** A name without a domain, as old programs give in place of the null sender. */
const bareName = /^[^\s"\\@<>()[\]:;,]+$/

/**
 * MAIL FROM: the null sender is expected, any other is accepted that could be one. Programs send their reports as
 * `<MAILER-DAEMON>`, `<postmaster>` or `<"">` too: to refuse the sender would be to lose the report.
 */
export function senderAnswer(address: string): Answer {
  if (isEmptySender(address) || readMailbox(address)) return accept('sender')
  const isBare = bareName.test(address) && !controlCharacters.test(address)
  return isBare && Buffer.byteLength(address) <= maxLocalOctets ? accept('sender') : reject('bad-sender')
}

/** `<>` (RFC 5321 §4.5.5), or the same in quotes. */
export const isEmptySender = (address: string): boolean => address === '' || address === '""'

/** The state that decides a RCPT besides the address itself. */
export interface RecipientState {
  readonly draining: boolean
  /** Recipients that this transaction has already. */
  readonly accepted: number
  readonly maxRecipients: number
  /** Has this client's site sent enough mail to postmaster and abuse today? */
  readonly quotaUsedUp: boolean
  /** Is the mailbox of postmaster and abuse full? */
  readonly mailboxFull: boolean
}

/** RCPT TO: refused here or never (invariants 5 and 8). `found` is what the address turned out to be. */
export function recipientAnswer(found: FoundPath, state: RecipientState): Answer {
  if (state.draining) return defer('draining')
  switch (found.kind) {
    case 'foreign':
    case 'unknown':
    case 'forged':
    case 'expired':
      return reject(found.kind)
    case 'role':
      if (state.quotaUsedUp) return defer('role-quota')
      if (state.mailboxFull) return defer('mailbox-full')
      break
    case 'signed':
    case 'stored':
    case 'legacy':
    case 'inbox':
    case 'observed':
      break
  }
  return state.accepted >= state.maxRecipients ? defer('too-many-recipients') : accept('recipient')
}

/** What names a recipient once: two spellings of one return path are one recipient. */
export function recipientKey(path: ReturnPath): string {
  if (path.kind === 'role') return `role ${path.mailbox}`
  return 'canonical' in path ? path.canonical : path.raw
}
