// The host that a lookup was about. A mistyped smarthost is not found either, and says nothing of the recipient.

import { registrableDomain } from '../knowledge/providers.ts'
import type { RecipientReport } from '../model/report.ts'

const maxSearchedChars = 2048
const host = '[<[("\']?((?:[a-z0-9_-]{1,63}\\.){1,8}[a-z][a-z0-9-]{1,62})'

/** How programs name the host they looked for: Sendmail, Postfix, Exim, qmail, OpenSMTPD. */
const named: readonly RegExp[] = [
  new RegExp(`name server: ${host}\\.?:? host (?:name lookup failure|not found)`),
  new RegExp(`name=${host} type=`),
  new RegExp(
    `(?:host|domain|hostname)(?: or domain name)? ${host} (?:not found|unknown|does not exist|lookup did not)`,
  ),
  new RegExp(
    `^(?:[45]\\d\\d[ -])?(?:[45]\\.\\d{1,3}\\.\\d{1,3} )?${host} (?:does not exist|not found|(?:is )?unknown)`,
  ),
  new RegExp(
    `(?:unknown host|host unknown|host not found|no such host|any host named|cannot resolve|could not resolve):? ${host}`,
  ),
]

/** The host that was not found, where it is neither the recipient's domain nor below it; else null. */
export function foreignHost({
  address,
  originalAddress,
  diagnostic,
  explanation,
  remoteMta,
}: RecipientReport): string | null {
  const own = new Set([address, originalAddress].flatMap(domainOf))
  if (own.size === 0) return null
  const words = wordsOf(diagnostic, explanation)
  const found = hostIn(words)
  // A server that answered was found: what it could not find is the recipient's.
  const isAnswered = /(?:^|[\s:;])[45]\d\d[ -]/.test(words)
  const looked = found ?? (isAnswered ? undefined : (remoteMta?.toLowerCase() ?? undefined))
  if (looked === undefined) return null
  const domain = registrableDomain(looked)
  return domain === null || own.has(domain) ? null : looked
}

/** A name that a server says it looked for, in whatever words around it. */
const lookedUp = new RegExp(`(?:lookup of|lookup for|query for|record for|responded for):? ${host}`)

/**
 * Do these words, which say that a name does not exist, say it of the recipient's domain? The host that they name is it,
 * or they name none and speak of a domain. A mail host of the domain that does not exist is not the domain.
 */
export function isOwnDomain(
  { address, originalAddress, diagnostic, explanation }: RecipientReport,
  told: string,
): boolean {
  const words = wordsOf(diagnostic, explanation)
  const found = hostIn(words) ?? lookedUp.exec(words)?.[1]
  if (found === undefined) return /domain|dom[aeií]|nxdomain|домен|域|ドメイン/.test(told)
  return [address, originalAddress].some(each => each?.toLowerCase().endsWith(`@${found}`))
}

const wordsOf = (diagnostic: string | null, explanation: string): string =>
  (diagnostic ?? explanation).slice(0, maxSearchedChars).toLowerCase()

const hostIn = (words: string): string | undefined =>
  named.map(pattern => pattern.exec(words)?.[1]).find(name => name !== undefined)

function domainOf(address: string | null): readonly string[] {
  if (address === null) return []
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase()
  return [registrableDomain(domain) ?? domain]
}
