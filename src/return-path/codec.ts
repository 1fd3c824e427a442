// The return path of a mail: SendRef ⇄ address. Mints signed and stored paths, and tells what an address in RCPT TO is.

import type { CampaignRef, ReturnPath, SendRef } from '../model.ts'
import { checkBytes, checkMatches, foldDomain, formatCheck, lowerAscii, splitAddress } from './address.ts'
import { decodeBase32, encodeBase32 } from './base32.ts'
import type { SigningKey } from './keys.ts'
import { compileLegacy } from './legacy.ts'
import { signedPrefix, signToken, verifyToken } from './token.ts'
import { unwrapLocal } from './wrappers.ts'

/** What the setting-dependent parts of reading and minting are. */
export interface ReturnPathOptions {
  /** Newest first: the first one signs. */
  readonly keys: readonly SigningKey[]
  /** Our domains; the first one is minted. */
  readonly domains: readonly string[]
  /** REBOUND_RETURN_PATH_DAYS: a path of day D is good up to and including day D + days. */
  readonly days: number
  /** Their place is their number in the path, so this list only ever grows at its end. */
  readonly modules: readonly string[]
  /** REBOUND_INBOX: the local part that is always accepted. */
  readonly inbox: string
  readonly unsigned: 'reject' | 'observe'
  /** Templates of unsigned paths, see `legacy.ts`. */
  readonly legacy: readonly string[]
}

export interface Mintable {
  readonly module: string
  readonly id: string
  /** The campaign's number, 32 bits (§3.4). */
  readonly campaign: number | null
  readonly mail: string | null
  /** The address the mail goes to. */
  readonly to: string
}

export type Minted = { readonly kind: 'signed'; readonly address: string } | { readonly kind: 'too-long' }

/** A token whose meaning is in the database; `resolve` asks for it. */
export interface StoredToken {
  readonly kind: 'stored-token'
  readonly raw: string
  readonly canonical: string
  /** Lower-cased local part: the key of `rebound_return_paths`. */
  readonly token: string
}

/** An address at a domain that is not ours: relaying denied. */
export interface Foreign {
  readonly kind: 'foreign'
  readonly raw: string
}

export type ReadPath = ReturnPath | StoredToken | Foreign

/** What a stored token stands for; null when the database has no such row. */
export type StoredLookup = (token: string) => Promise<{ send: SendRef; issuedAt: Date | null } | null>

export interface ReturnPaths {
  /**
   * A signed return path issued at `now`, or `too-long` when the ids do not fit into 64 octets: then store it.
   * Throws RangeError for an unknown module, an empty id and a campaign that is no 32-bit number.
   */
  readonly mint: (item: Mintable, now: Date) => Minted
  /** The address of a stored path from 10 to 16 random bytes. */
  readonly storedAddress: (random: Uint8Array) => string
  /** The token of a local part that looks like a stored path, wrapped or not; null for any other. */
  readonly storedToken: (local: string) => string | null
  /** What an address in RCPT TO is. Never throws for what the address says. */
  readonly read: (address: string, now: Date) => ReadPath
  /** `read`, with a stored token looked up; one that has no row is `unknown`. Rejects only when the lookup does. */
  readonly resolve: (address: string, now: Date, lookup: StoredLookup) => Promise<ReturnPath | Foreign>
  /**
   * A token of ours found elsewhere: a whole address of any domain or a local part, in angle brackets or not.
   * Null when nothing in it is ours and still good. Rejects only when the lookup does.
   */
  readonly resolveReference: (text: string, now: Date, lookup: StoredLookup) => Promise<Vouched | null>
  /** The check of an address under the newest key, as `SendRef.addressCheck` carries it: for paths that are stored. */
  readonly checkOf: (address: string) => string
  /** Was the mail sent to this address? False when the send carries no check. */
  readonly matches: (send: SendRef, address: string) => boolean
}

/** A token without its domain, and the mail it vouches for. */
export interface Vouched {
  readonly token: string
  readonly send: SendRef
  readonly issuedAt: Date | null
}

const storedPrefix = 's-'
const storedDigits = { least: 16, most: 26 }
const maxAddressLength = 1000
const dayMs = 86_400_000
/** Below it a campaign's number is its id; from it on the database knows whose it is (§3.4). */
const firstAllocatedCampaign = 2 ** 31

/** The UTC day that an instant is in, counted from 1970-01-01. */
export function dayOf(instant: Date): number {
  return Math.floor(instant.getTime() / dayMs)
}

/** All that this room does with addresses, under one set of keys and domains. Throws RangeError for options that cannot work. */
export function createReturnPaths(options: ReturnPathOptions): ReturnPaths {
  const { keys, modules } = options
  const [newest] = keys
  if (newest === undefined) throw new RangeError('return paths need a signing key')
  const key: SigningKey = newest
  const domains = options.domains.map(ourDomain)
  const [mintDomain] = domains
  if (mintDomain === undefined) throw new RangeError('return paths need a domain')
  const inbox = lowerAscii(options.inbox)
  const matchLegacy = compileLegacy(options.legacy, modules, domains)

  const isExpired = (issuedAt: Date | null, now: Date): boolean =>
    issuedAt !== null && dayOf(now) - dayOf(issuedAt) > options.days

  /** What one unwrapped local part is by its signature; null when no key of ours signed it or its day lies ahead. */
  function signedBy(
    layer: string,
    now: Date,
  ): { token: string; send: SendRef; day: number; expired: boolean } | null {
    const token = lowerAscii(layer)
    const verified = verifyToken(token, keys)
    if (verified === null) return null
    const { fields, keyId } = verified
    const module = modules[fields.module]
    const age = dayOf(now) - fields.day
    // Clocks differ and days begin apart: one day ahead is a neighbour, more is a lie.
    if (module === undefined || age < -1) return null
    const send: SendRef = {
      module,
      recordId: fields.recordId,
      campaign: campaignRef(fields.campaign),
      mailId: fields.mailId,
      addressCheck: formatCheck(keyId, fields.addressCheck),
    }
    return { token, send, day: fields.day, expired: age > options.days }
  }

  function read(raw: string, now: Date): ReadPath {
    const { local, domain } = splitAddress(raw)
    if (domain === null) {
      // RFC 5321 §4.5.1: postmaster is reached without a domain too.
      return lowerAscii(local) === 'postmaster'
        ? { kind: 'role', raw, mailbox: 'postmaster' }
        : { kind: 'unknown', raw }
    }
    const ours = foldDomain(domain)
    if (ours === null || !domains.includes(ours)) return { kind: 'foreign', raw }
    if (raw.length > maxAddressLength) return { kind: 'unknown', raw }

    const layers = unwrapLocal(local)
    for (const layer of layers) {
      const signed = signedBy(layer, now)
      if (signed === null) continue
      const canonical = `${signed.token}@${ours}`
      const kind = signed.expired ? 'expired' : 'signed'
      return { kind, raw, canonical, send: signed.send, issuedAt: new Date(signed.day * dayMs) }
    }
    const lowered = layers.map(lowerAscii)
    if (lowered.some(layer => layer.startsWith(signedPrefix))) return { kind: 'forged', raw }
    const token = lowered.find(isStoredToken)
    if (token !== undefined) return { kind: 'stored-token', raw, canonical: `${token}@${ours}`, token }
    for (const mailbox of ['postmaster', 'abuse'] as const) {
      if (lowered.includes(mailbox)) return { kind: 'role', raw, mailbox }
    }
    if (inbox !== '' && lowered.includes(inbox)) return { kind: 'inbox', raw, canonical: `${inbox}@${ours}` }
    for (const layer of layers) {
      const claimed = matchLegacy(layer, ours)
      if (claimed === null) continue
      const canonical = `${lowerAscii(layer)}@${ours}`
      const { send, address } = claimed
      if (address === null) return { kind: 'legacy', raw, canonical, send }
      return { kind: 'legacy', raw, canonical, send: { ...send, addressCheck: checkOf(address) }, address }
    }
    if (options.unsigned === 'reject') return { kind: 'unknown', raw }
    return { kind: 'observed', raw, canonical: `${lowerAscii(local)}@${ours}` }
  }

  async function resolve(raw: string, now: Date, lookup: StoredLookup): Promise<ReturnPath | Foreign> {
    const path = read(raw, now)
    if (path.kind !== 'stored-token') return path
    const row = await lookup(path.token)
    if (row === null) return { kind: 'unknown', raw }
    const { canonical } = path
    const { send, issuedAt } = row
    if (issuedAt !== null && isExpired(issuedAt, now)) {
      return { kind: 'expired', raw, canonical, send, issuedAt }
    }
    return { kind: 'stored', raw, canonical, send, issuedAt }
  }

  async function resolveReference(text: string, now: Date, lookup: StoredLookup): Promise<Vouched | null> {
    if (text.length > maxAddressLength) return null
    const bare = text.trim().replace(/^</, '').replace(/>$/, '')
    const layers = unwrapLocal(splitAddress(bare).local)
    for (const layer of layers) {
      const signed = signedBy(layer, now)
      if (signed === null || signed.expired) continue
      return { token: signed.token, send: signed.send, issuedAt: new Date(signed.day * dayMs) }
    }
    const token = layers.map(lowerAscii).find(isStoredToken)
    const row = token === undefined ? null : await lookup(token)
    return token === undefined || row === null || isExpired(row.issuedAt, now) ? null : { token, ...row }
  }

  function mint(item: Mintable, now: Date): Minted {
    const module = modules.indexOf(item.module)
    if (module < 0) throw new RangeError(`module ${item.module}: write one of ${modules.join(', ')}`)
    if (item.id === '' || item.mail === '') throw new RangeError('an id has at least one character')
    if (item.campaign !== null && item.campaign !== item.campaign >>> 0) {
      throw new RangeError(`campaign ${item.campaign}: write a whole number from 0 to 4294967295`)
    }
    const token = signToken(
      {
        day: dayOf(now),
        module,
        campaign: item.campaign,
        addressCheck: checkBytes(key, item.to),
        recordId: item.id,
        mailId: item.mail,
      },
      key,
    )
    return token === null ? { kind: 'too-long' } : { kind: 'signed', address: `${token}@${mintDomain}` }
  }

  const checkOf = (address: string): string => formatCheck(key.id, checkBytes(key, address))

  return {
    mint,
    storedAddress: random => `${storedToken(random)}@${mintDomain}`,
    storedToken: local => unwrapLocal(local).map(lowerAscii).find(isStoredToken) ?? null,
    read,
    resolve,
    resolveReference,
    checkOf,
    matches: (send, address) => send.addressCheck !== null && checkMatches(keys, send.addressCheck, address),
  }
}

function ourDomain(domain: string): string {
  const folded = foldDomain(domain)
  if (folded === null) throw new RangeError(`${JSON.stringify(domain)} is no domain name`)
  return folded
}

function campaignRef(number: number | null): CampaignRef | null {
  if (number === null) return null
  return number < firstAllocatedCampaign ? { id: String(number) } : { number }
}

function storedToken(random: Uint8Array): string {
  // 80 bits cannot be guessed; beyond 16 bytes a stored token would be as long as a signed one.
  if (random.length < 10 || random.length > 16)
    throw new RangeError('a stored path takes 10 to 16 random bytes')
  return storedPrefix + encodeBase32(random)
}

function isStoredToken(local: string): boolean {
  const digits = local.length - storedPrefix.length
  if (digits < storedDigits.least || digits > storedDigits.most || !local.startsWith(storedPrefix))
    return false
  return decodeBase32(local.slice(storedPrefix.length)) !== null
}
