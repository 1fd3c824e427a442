// Recognises an address in RCPT TO, or a token in a returned original.

import { foldDomain, lowerAscii, splitAddress } from '../model/address.ts'
import { dayOf, dayStart } from '../model/day.ts'
import type { CampaignRef, ReturnPath, SendRef } from '../model/return-path.ts'
import { checkAddress, formatCheck } from './address.ts'
import type { SigningKey } from './keys.ts'
import type { LegacyMatcher } from './legacy.ts'
import { isStoredLocal } from './stored.ts'
import { signedPrefix, verifyToken } from './token.ts'
import { unwrapLocal } from './wrappers.ts'

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

/** A token without its domain, and the mail it vouches for. */
export interface Vouched {
  readonly token: string
  readonly send: SendRef
  readonly issuedAt: Date | null
}

export interface Recogniser {
  /** What an address in RCPT TO is. Never throws, whatever the address. */
  readonly read: (address: string, now: Date) => ReadPath
  /**
   * `read`, with a stored token looked up; a token without a row is `unknown`. A promise only for a stored token, which
   * rejects only when the lookup does.
   */
  readonly resolve: (
    address: string,
    now: Date,
    lookup: StoredLookup,
  ) => ReturnPath | Foreign | Promise<ReturnPath | Foreign>
  /**
   * A token of ours found elsewhere: a whole address of any domain or a local part, in angle brackets or not.
   * Null if nothing in it is ours and still valid. Rejects only when the lookup does.
   */
  readonly resolveReference: (text: string, now: Date, lookup: StoredLookup) => Promise<Vouched | null>
}

export interface RecogniserOptions {
  /** Never empty. */
  readonly keys: readonly [SigningKey, ...SigningKey[]]
  /** Folded by `foldDomain`. */
  readonly domains: readonly string[]
  readonly days: number
  readonly modules: readonly string[]
  readonly inbox: string
  readonly unsigned: 'reject' | 'observe'
  readonly matchLegacy: LegacyMatcher
}

/** Longer ones are not real addresses: RFC 5321 §4.5.3.1.3 allows 256 octets, and wrappers add some. */
const maxAddressLength = 1000
/** A campaign's number below this is its id; the database assigns the numbers from here on. */
const firstAllocatedCampaign = 2 ** 31

/** The reading half of `createReturnPaths`. */
export function createRecogniser(options: RecogniserOptions): Recogniser {
  const { domains } = options
  const findSigned = signedFinder(options)
  const readUnsigned = unsignedReader(options)

  const isExpired = (issuedAt: Date | null, now: Date): boolean =>
    issuedAt !== null && dayOf(now) - dayOf(issuedAt) > options.days

  function read(raw: string, now: Date): ReadPath {
    const { local, domain } = splitAddress(raw)
    if (domain === null) {
      // RFC 5321 §4.5.1: postmaster is reached without a domain too.
      const isPostmaster = lowerAscii(local) === 'postmaster'
      return isPostmaster ? { kind: 'role', raw, mailbox: 'postmaster' } : { kind: 'unknown', raw }
    }
    const ours = foldDomain(domain)
    if (ours === null || !domains.includes(ours)) return { kind: 'foreign', raw }
    if (raw.length > maxAddressLength) return { kind: 'unknown', raw }

    const layers = unwrapLocal(local)
    const lowered = layers.map(lowerAscii)
    const signed = findSigned(lowered, now)
    if (signed !== null) {
      const { token, send, issuedAt } = signed
      const kind = isExpired(issuedAt, now) ? 'expired' : 'signed'
      return { kind, raw, canonical: `${token}@${ours}`, send, issuedAt }
    }
    if (lowered.some(layer => layer.startsWith(signedPrefix))) return { kind: 'forged', raw }
    const token = lowered.find(isStoredLocal)
    if (token !== undefined) return { kind: 'stored-token', raw, canonical: `${token}@${ours}`, token }
    return readUnsigned(raw, layers, ours)
  }

  function resolve(
    raw: string,
    now: Date,
    lookup: StoredLookup,
  ): ReturnPath | Foreign | Promise<ReturnPath | Foreign> {
    const path = read(raw, now)
    return path.kind === 'stored-token' ? resolveStored(path, now, lookup) : path
  }

  async function resolveStored(
    { raw, canonical, token }: StoredToken,
    now: Date,
    lookup: StoredLookup,
  ): Promise<ReturnPath> {
    const row = await lookup(token)
    if (row === null) return { kind: 'unknown', raw }
    const { send, issuedAt } = row
    if (issuedAt === null || !isExpired(issuedAt, now)) {
      return { kind: 'stored', raw, canonical, send, issuedAt }
    }
    return { kind: 'expired', raw, canonical, send, issuedAt }
  }

  async function resolveReference(text: string, now: Date, lookup: StoredLookup): Promise<Vouched | null> {
    if (text.length > maxAddressLength) return null
    const bare = text.trim().replace(/^</, '').replace(/>$/, '')
    const layers = unwrapLocal(splitAddress(bare).local).map(lowerAscii)
    const signed = findSigned(layers, now)
    if (signed !== null) return isExpired(signed.issuedAt, now) ? null : signed
    const token = layers.find(isStoredLocal)
    const row = token === undefined ? null : await lookup(token)
    if (token === undefined || row === null || isExpired(row.issuedAt, now)) return null
    return { token, send: row.send, issuedAt: row.issuedAt }
  }

  return { read, resolve, resolveReference }
}

/** Finds the first of the layers that a key of ours signed; null when there is none, or its day lies ahead. */
function signedFinder({ keys, modules }: RecogniserOptions) {
  return (layers: readonly string[], now: Date): (Vouched & { issuedAt: Date }) | null => {
    for (const token of layers) {
      const verified = verifyToken(token, keys)
      if (verified === null) continue
      const { fields, keyId } = verified
      // A number that no module has, any more or yet, has an empty name.
      const module = modules[fields.module]
      // Clocks differ, and so do time zones: one day ahead is tolerated, more is forged.
      if (!module || fields.day > dayOf(now) + 1) return null
      const { recordId, mailId } = fields
      const addressCheck = formatCheck(keyId, fields.addressCheck)
      const send = { module, recordId, campaign: campaignRef(fields.campaign), mailId, addressCheck }
      return { token, send, issuedAt: dayStart(fields.day) }
    }
    return null
  }
}

/** Reads addresses at a domain of ours that vouch for nothing. */
function unsignedReader({ keys, matchLegacy, unsigned, ...options }: RecogniserOptions) {
  const inbox = lowerAscii(options.inbox)
  return (raw: string, layers: readonly string[], ours: string): ReturnPath => {
    const lowered = layers.map(lowerAscii)
    for (const mailbox of ['postmaster', 'abuse'] as const) {
      if (lowered.includes(mailbox)) return { kind: 'role', raw, mailbox } // RFC 2142 §4, §5
    }
    if (inbox !== '' && lowered.includes(inbox)) return { kind: 'inbox', raw, canonical: `${inbox}@${ours}` }
    for (const layer of layers) {
      const claimed = matchLegacy(layer, ours)
      if (claimed === null) continue
      const { send, address } = claimed
      const path = { kind: 'legacy', raw, canonical: `${lowerAscii(layer)}@${ours}` } as const
      if (address === null) return { ...path, send }
      return { ...path, send: { ...send, addressCheck: checkAddress(keys[0], address) }, address }
    }
    if (unsigned === 'reject') return { kind: 'unknown', raw }
    return { kind: 'observed', raw, canonical: `${lowered[0] ?? ''}@${ours}` }
  }
}

function campaignRef(number: number | null): CampaignRef | null {
  if (number === null) return null
  return number < firstAllocatedCampaign ? { id: String(number) } : { number }
}
