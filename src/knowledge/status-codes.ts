// What an enhanced status code says about the cause: the IANA registry of RFC 3463, 5248 and their successors.
// Hardness is not here: it follows from the category and the class (see `classify/ladder.ts`).

import type { Category } from '../model/categories.ts'

export interface StatusRow {
  /** Subject and detail, `1.1` for both 5.1.1 and 4.1.1. */
  readonly code: string
  readonly meaning: string
  /** Null where the code reports no failure. */
  readonly category: Category | null
  /** A class of causes rather than a cause: texts are asked before it. */
  readonly vague: boolean
  readonly source: string
}

const row = (code: string, meaning: string, category: Category | null, source: string): StatusRow => ({
  code,
  meaning,
  category,
  vague: false,
  source,
})
const vague = (code: string, meaning: string, category: Category, source: string): StatusRow => ({
  ...row(code, meaning, category, source),
  vague: true,
})

const rfc3463 = 'RFC 3463'
const registry: readonly StatusRow[] = [
  vague('0.0', 'other undefined status', 'undetermined', rfc3463),
  vague('1.0', 'other address status', 'unknown-user', rfc3463),
  row('1.1', 'bad destination mailbox address', 'unknown-user', rfc3463),
  row('1.2', 'bad destination system address', 'unknown-domain', rfc3463),
  row('1.3', 'bad destination mailbox address syntax', 'unknown-user', rfc3463),
  row('1.4', 'destination mailbox address ambiguous', 'unknown-user', rfc3463),
  row('1.5', 'destination address valid', null, rfc3463),
  row('1.6', 'destination mailbox has moved, no forwarding address', 'moved', rfc3463),
  row('1.7', "bad sender's mailbox address syntax", 'sender-rejected', rfc3463),
  row('1.8', "bad sender's system address", 'sender-rejected', rfc3463),
  vague('1.9', 'message relayed to non-compliant mailer', 'protocol-error', 'RFC 5248'),
  row('1.10', 'recipient address has null MX', 'not-accepting', 'RFC 7505 §4.2'),
  vague('2.0', 'other or undefined mailbox status', 'undetermined', rfc3463),
  vague('2.1', 'mailbox disabled, not accepting messages', 'mailbox-disabled', rfc3463),
  row('2.2', 'mailbox full', 'mailbox-full', rfc3463),
  vague('2.3', 'message length exceeds administrative limit', 'too-big', rfc3463),
  row('2.4', 'mailing list expansion problem', 'filtered', rfc3463),
  vague('3.0', 'other or undefined mail system status', 'system-error', rfc3463),
  row('3.1', 'mail system full', 'system-full', rfc3463),
  vague('3.2', 'system not accepting network messages', 'system-error', rfc3463),
  row('3.3', 'system not capable of selected features', 'protocol-error', rfc3463),
  row('3.4', 'message too big for system', 'too-big', rfc3463),
  row('3.5', 'system incorrectly configured', 'system-error', rfc3463),
  row('3.6', 'requested priority was changed', null, 'RFC 6710 §5'),
  vague('4.0', 'other or undefined network or routing status', 'network-error', rfc3463),
  vague('4.1', 'no answer from host', 'network-error', rfc3463),
  row('4.2', 'bad connection', 'network-error', rfc3463),
  row('4.3', 'directory server failure', 'network-error', rfc3463),
  // Only words that the recipient's domain does not exist make it hard.
  vague('4.4', 'unable to route', 'network-error', rfc3463),
  row('4.5', 'mail system congestion', 'network-error', rfc3463),
  row('4.6', 'routing loop detected', 'network-error', rfc3463),
  row('4.7', 'delivery time expired', 'expired', rfc3463),
  vague('5.0', 'other or undefined protocol status', 'protocol-error', rfc3463),
  vague('5.1', 'invalid command', 'protocol-error', rfc3463),
  row('5.2', 'syntax error', 'protocol-error', rfc3463),
  row('5.3', 'too many recipients', 'rate-limited', rfc3463),
  row('5.4', 'invalid command arguments', 'protocol-error', rfc3463),
  row('5.5', 'wrong protocol version', 'protocol-error', rfc3463),
  row('5.6', 'authentication exchange line is too long', 'protocol-error', 'RFC 4954 §6'),
  vague('6.0', 'other or undefined media error', 'content', rfc3463),
  row('6.1', 'media not supported', 'content', rfc3463),
  row('6.2', 'conversion required and prohibited', 'content', rfc3463),
  row('6.3', 'conversion required but not supported', 'content', rfc3463),
  row('6.4', 'conversion with loss performed', null, rfc3463),
  row('6.5', 'conversion failed', 'content', rfc3463),
  row('6.6', 'message content not available', 'content', 'RFC 4468 §5'),
  row('6.7', 'non-ASCII addresses not permitted', 'non-compliant', 'RFC 6531 §3.5'),
  row('6.8', 'UTF-8 string reply is required', 'non-compliant', 'RFC 6531 §3.5'),
  row('6.9', 'UTF-8 header message cannot be transferred', 'non-compliant', 'RFC 6531 §3.5'),
  row('6.10', 'UTF-8 string reply is required (deprecated)', 'non-compliant', 'RFC 6531 §3.5'),
  vague('7.0', 'other or undefined security status', 'policy', rfc3463),
  vague('7.1', 'delivery not authorized, message refused', 'policy', rfc3463),
  row('7.2', 'mailing list expansion prohibited', 'policy', rfc3463),
  row('7.3', 'security conversion required but not possible', 'security', rfc3463),
  row('7.4', 'security features not supported', 'security', rfc3463),
  row('7.5', 'cryptographic failure', 'security', rfc3463),
  row('7.6', 'cryptographic algorithm not supported', 'security', rfc3463),
  row('7.7', 'message integrity failure', 'security', rfc3463),
  row('7.8', 'authentication credentials invalid', 'security', 'RFC 4954 §6'),
  row('7.9', 'authentication mechanism is too weak', 'security', 'RFC 4954 §6'),
  row('7.10', 'encryption needed', 'security', 'RFC 5248'),
  row('7.11', 'encryption required for requested authentication mechanism', 'security', 'RFC 4954 §6'),
  row('7.12', 'a password transition is needed', 'security', 'RFC 4954 §6'),
  row('7.13', 'user account disabled', 'mailbox-disabled', 'RFC 5248'),
  row('7.14', 'trust relationship required', 'security', 'RFC 5248'),
  row('7.15', 'priority level is too low', 'rate-limited', 'RFC 6710 §5'),
  row('7.16', 'message is too big for the specified priority', 'too-big', 'RFC 6710 §5'),
  row('7.17', 'mailbox owner has changed', 'moved', 'RFC 7293 §9'),
  row('7.18', 'domain owner has changed', 'moved', 'RFC 7293 §9'),
  row('7.19', 'RRVS test cannot be completed', 'policy', 'RFC 7293 §9'),
  row('7.20', 'no passing DKIM signature found', 'auth-failure', 'RFC 7372 §3.1'),
  row('7.21', 'no acceptable DKIM signature found', 'auth-failure', 'RFC 7372 §3.1'),
  row('7.22', 'no valid author-matched DKIM signature found', 'auth-failure', 'RFC 7372 §3.1'),
  row('7.23', 'SPF validation failed', 'auth-failure', 'RFC 7372 §3.2'),
  row('7.24', 'SPF validation error', 'auth-failure', 'RFC 7372 §3.2'),
  row('7.25', 'reverse DNS validation failed', 'no-ptr', 'RFC 7372 §3.3'),
  row('7.26', 'multiple authentication checks failed', 'auth-failure', 'RFC 7372 §3.4'),
  row('7.27', 'sender address has null MX', 'sender-rejected', 'RFC 7505 §4.2'),
  row('7.28', 'mail flood detected', 'rate-limited', 'RFC 8617'),
  row('7.29', 'ARC validation failure', 'auth-failure', 'RFC 8617 §8'),
  row('7.30', 'REQUIRETLS support required', 'security', 'RFC 8689 §5'),
]

/** Seen in the world though not registered; a provider's own reading (`providers/*.json`) is asked before. */
const unregistered: readonly StatusRow[] = [
  row('4.12', 'routing loop detected', 'network-error', 'Exchange'),
  row('4.13', 'routing loop detected', 'network-error', 'Exchange'),
  row('4.14', 'routing loop detected', 'network-error', 'Exchange'),
  row('4.300', 'delivery time expired', 'expired', 'Office 365'),
  row('4.310', 'recipient domain does not exist', 'unknown-domain', 'Office 365'),
  row('4.311', 'recipient domain loops back to itself', 'network-error', 'Office 365'),
  row('4.312', 'DNS query failed', 'network-error', 'Office 365'),
  row('4.316', 'connection failed or timed out', 'expired', 'Office 365'),
  row('7.509', 'sending domain fails DMARC', 'auth-failure', 'Office 365'),
  row('7.511', 'sending address is banned', 'blocked', 'Office 365'),
  row('7.512', 'message is not RFC 5322 §3.6.2 compliant', 'non-compliant', 'Office 365'),
  row('7.515', 'sending domain is not authenticated as required', 'auth-failure', 'Office 365'),
]

/** The registry and what stands beside it, in order of the codes. */
export const statusCodes: readonly StatusRow[] = [...registry, ...unregistered]

const byCode = new Map(statusCodes.map(known => [known.code, known]))

export interface StatusCode {
  /** 2 success, 4 temporary, 5 permanent. */
  readonly class: 2 | 4 | 5
  readonly subject: number
  readonly detail: number
}

/** Reads `5.1.1` or `5.7.509`: class 2, 4 or 5, subject and detail of 1–3 digits (RFC 3463 §2). Null otherwise. */
export function parseStatus(text: string): StatusCode | null {
  const match = /^([245])\.(\d{1,3})\.(\d{1,3})$/.exec(text.trim())
  if (match === null) return null
  return { class: Number(match[1]) as 2 | 4 | 5, subject: Number(match[2]), detail: Number(match[3]) }
}

/**
 * The row of a code. A detail nobody registered means no more than its subject (`X.1.99` is read as `X.1.0`),
 * a subject nobody registered no more than its class (RFC 3463 §2).
 */
export function statusRow(code: StatusCode): StatusRow {
  const known = byCode.get(`${code.subject}.${code.detail}`)
  // 4.7.3 is what Microsoft answers when it is busy.
  if (known !== undefined && code.class === 4 && known.code === '7.3') return { ...known, vague: true }
  if (known !== undefined) return known
  // 5.7.5xx, 5.7.6xx, 5.7.7xx and 4.7.500, 4.7.650 are Microsoft's: a sender or its address is not welcome.
  if (code.subject === 7 && code.detail >= 500) return senderNotWelcome
  return byCode.get(`${code.subject}.0`) ?? undefinedStatus
}

const senderNotWelcome = vague('7.5xx', 'sender not welcome', 'policy', 'Office 365')
const undefinedStatus = vague('0.0', 'other undefined status', 'undetermined', rfc3463)
