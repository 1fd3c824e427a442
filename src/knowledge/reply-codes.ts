// What a three-digit SMTP reply says about the cause when nothing better is known (RFC 5321 §4.2.3 and its extensions).
// Codes that say "refused" and no more (450, 550, 553, 554) are null: the digit alone is no reason to give up an address.

import type { Category } from '../model/categories.ts'

export interface ReplyCodeRow {
  readonly code: number
  readonly meaning: string
  /** Null where the code alone names no cause. */
  readonly category: Category | null
  readonly source: string
}

const row = (code: number, meaning: string, category: Category | null, source: string): ReplyCodeRow => ({
  code,
  meaning,
  category,
  source,
})

const smtp = 'RFC 5321 §4.2.3'
export const replyCodes: readonly ReplyCodeRow[] = [
  row(421, 'service not available, closing channel', 'network-error', smtp),
  row(422, 'mailbox full, or any refusal', null, 'Exchange, not registered'),
  row(431, 'not enough disk space', 'system-full', 'Exchange, not registered'),
  row(432, 'a password transition is needed', 'security', 'RFC 4954 §6'),
  row(441, 'no answer from host', 'network-error', 'Exchange, not registered'),
  row(442, 'connection dropped', 'network-error', 'Exchange, not registered'),
  row(446, 'routing loop', 'network-error', 'Exchange, not registered'),
  row(447, 'delivery time expired', 'expired', 'Exchange, not registered'),
  row(450, 'mailbox unavailable', null, smtp),
  row(451, 'local error in processing', 'system-error', smtp),
  row(452, 'insufficient system storage', 'system-full', smtp),
  row(453, 'no mail for you (ETRN, ATRN)', null, 'RFC 2645 §5'),
  row(454, 'temporary authentication failure or TLS not available', 'starttls-failed', 'RFC 3207 §4'),
  row(455, 'parameters cannot be accommodated', 'protocol-error', smtp),
  row(458, 'unable to queue messages', 'system-error', 'RFC 1985 §5.3'),
  row(471, 'refused for the moment', 'policy', 'not registered'),
  row(500, 'command unrecognised', 'protocol-error', smtp),
  row(501, 'syntax error in parameters', 'protocol-error', smtp),
  row(502, 'command not implemented', 'protocol-error', smtp),
  row(503, 'bad sequence of commands', 'protocol-error', smtp),
  row(504, 'parameter not implemented', 'protocol-error', smtp),
  row(510, 'bad address', 'unknown-user', 'not registered'),
  row(511, 'bad address', 'unknown-user', 'not registered'),
  row(512, 'host not found', 'unknown-domain', 'not registered'),
  row(521, 'host does not accept mail', 'not-accepting', 'RFC 7504 §3'),
  row(522, 'mailbox full', 'mailbox-full', 'not registered'),
  row(523, 'message too big', 'too-big', 'not registered'),
  row(525, 'user account disabled', 'mailbox-disabled', 'RFC 5248 §3.3'),
  row(530, 'authentication or STARTTLS required', 'security', 'RFC 3207 §4'),
  row(534, 'authentication mechanism too weak', 'security', 'RFC 4954 §6'),
  row(535, 'authentication credentials invalid', 'security', 'RFC 4954 §6'),
  row(538, 'encryption required for authentication', 'security', 'RFC 4954 §6'),
  row(541, 'refused by the recipient', 'spam', 'not registered'),
  row(550, 'mailbox unavailable, or refused for policy', null, smtp),
  row(551, 'user not local', 'relaying-denied', smtp),
  row(552, 'exceeded storage allocation', 'mailbox-full', smtp),
  row(553, 'mailbox name not allowed', null, smtp),
  row(554, 'transaction failed', null, smtp),
  row(555, 'parameters not recognised', 'protocol-error', smtp),
  row(556, 'domain does not accept mail', 'not-accepting', 'RFC 7504 §4'),
  row(571, 'refused', 'policy', 'not registered'),
]

const byCode = new Map(replyCodes.map(known => [known.code, known]))

/** The row of a reply code; undefined for one nobody uses. */
export function replyRow(code: number): ReplyCodeRow | undefined {
  return byCode.get(code)
}
