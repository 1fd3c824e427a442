// Whom a refusal names. `550 <news@crm.example>: user unknown`, said to a mail from news@crm.example, is the verdict
// on a sender (a callout, a lookup of the sending domain): of the recipient it says nothing.

import { registrableDomain } from '../knowledge/providers.ts'
import type { RecipientReport } from '../model/report.ts'

const maxSearchedChars = 2048

/** The sender's address or host that the server's own words are about, where they name nothing of the recipient's. */
export function senderNamed(
  { address, originalAddress, diagnostic, explanation }: RecipientReport,
  senders: readonly string[],
): { readonly address: string | null; readonly host: string | null } {
  const own = domainsOf([address, originalAddress])
  const theirs = domainsOf(senders)
  for (const domain of own) theirs.delete(domain)
  if (theirs.size === 0) return nobody
  // An alias at the recipient's led to the sender's own domain: the address refused there is the recipient's.
  if (/\(expanded from:? /i.test(explanation.slice(0, maxSearchedChars))) return nobody
  const words = serverWords((diagnostic ?? explanation).slice(0, maxSearchedChars))
  // `mailbox ana is unknown`, and our own return path that spells the recipient.
  if ([address, originalAddress].some(mine => words.includes(localOf(mine)))) return nobody
  const addresses = [...words.matchAll(/[^\s<>"'()[\],;:@]{1,256}@[a-z0-9.-]{1,255}/g)]
  if (addresses.some(([named]) => isOf(named, own))) return nobody
  const sender = addresses.find(
    named => isOf(named[0], theirs) && !/[/?]/.test(named[0]) && !isInPassing(words, named.index),
  )
  if (sender !== undefined) return { address: sender[0], host: null }
  const hosts = [...words.matchAll(/(?<![\w.@-])(?:[a-z0-9_-]{1,63}\.){1,8}[a-z]{2,24}(?![\w@-])/g)]
  if (hosts.some(([host]) => isOf(host, own))) return nobody
  const host = hosts.find(named => isOf(named[0], theirs) && !isInPassing(words, named.index))
  return { address: null, host: host?.[0] ?? null }
}

/** `rejecting mail from <…>`, `client=…`, `?sender=…`: who it came from, not what is refused. */
function isInPassing(text: string, at: number): boolean {
  return /(?:\b(?:from|by|client|helo|ehlo|sender|connection|host|relay|via|to|von|de|contact)(?:\s+(?:is|was|address))?[\s:=("'<[]{0,4}|[=/&?])$/.test(
    text.slice(Math.max(0, at - 24), at),
  )
}

/** The local part in lower case; what no text holds where it is too short to tell anything. */
function localOf(address: string | null): string {
  const local = address?.slice(0, address.lastIndexOf('@')).toLowerCase() ?? ''
  return local.length < 3 ? '\0' : local
}

const nobody = { address: null, host: null }

/** From the reply code on: what stands before it (`host mx.example said:`, `after RCPT TO:<…>`) is the client's. */
function serverWords(text: string): string {
  const code = /(?:^|[\s:;<])[45]\d\d[\s-]/.exec(text)
  return (code === null ? text : text.slice(code.index)).toLowerCase()
}

function domainsOf(addresses: readonly (string | null)[]): Set<string> {
  return new Set(addresses.flatMap(address => (address === null ? [] : (domainOf(address) ?? []))))
}

function domainOf(addressOrHost: string): string | null {
  const host = addressOrHost.slice(addressOrHost.lastIndexOf('@') + 1).toLowerCase()
  return registrableDomain(host) ?? (host === '' ? null : host)
}

function isOf(addressOrHost: string, domains: ReadonlySet<string>): boolean {
  const domain = domainOf(addressOrHost)
  return domain !== null && domains.has(domain)
}
