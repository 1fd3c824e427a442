// The return path of a mail: SendRef ⇄ address. The entry to this folder: made once from the settings, it mints and reads.

import { foldDomain, lowerAscii } from '../model/address.ts'
import { dayOf } from '../model/day.ts'
import type { SendRef } from '../model/return-path.ts'
import { checkAddress, checkBytes, createCheckTest, pseudonymOf } from './address.ts'
import type { SigningKey } from './keys.ts'
import { compileLegacy } from './legacy.ts'
import { createRecogniser, type Recogniser } from './recognise.ts'
import { isStoredLocal, storedLocal } from './stored.ts'
import { signToken } from './token.ts'
import { unwrapLocal } from './wrappers.ts'

export interface ReturnPathOptions {
  /** Newest first: the first one signs. */
  readonly keys: readonly SigningKey[]
  /** Our domains; the first one is minted. */
  readonly domains: readonly string[]
  /** REBOUND_RETURN_PATH_DAYS: a path of day D is valid through day D + days (UTC). */
  readonly days: number
  /** The index is the number in the path; an empty name is an unassigned number. */
  readonly modules: readonly string[]
  /** REBOUND_INBOX: the local part that is always accepted; empty for none. */
  readonly inbox: string
  readonly unsigned: 'reject' | 'observe'
  /** Templates of unsigned paths, see `legacy.ts`. */
  readonly legacy: readonly string[]
}

/** One mail about to be sent. */
export interface Mintable {
  readonly module: string
  readonly id: string
  /** The campaign's number, 32 bits: its id, or the number that the database gave it. */
  readonly campaign: number | null
  readonly mail: string | null
  /** The address the mail goes to. */
  readonly to: string
}

export type Minted = { readonly kind: 'signed'; readonly address: string } | { readonly kind: 'too-long' }

export interface ReturnPaths extends Recogniser {
  /**
   * A signed return path issued at `now`, or `too-long` when the ids do not fit into 64 octets: then store it.
   * Throws RangeError for an unknown module, an id that is empty or broken Unicode, and a campaign that is not a 32-bit number.
   */
  readonly mint: (item: Mintable, now: Date) => Minted
  /** The address of a stored path from 10 to 16 random bytes. */
  readonly storedAddress: (random: Uint8Array) => string
  /** The token of a local part that looks like a stored path, wrapped or not; null for any other. */
  readonly storedToken: (local: string) => string | null
  /** The check of an address under the newest key, as `SendRef.addressCheck` carries it: for paths that are stored. */
  readonly checkOf: (address: string) => string
  /** The same under every key: the checks that stored paths to this address may carry. */
  readonly checksOf: (address: string) => readonly string[]
  /** Replaces a forgotten address: the same for every spelling, and meaningless without the newest key. */
  readonly pseudonymOf: (address: string) => string
  /** Was the mail sent to this address? False when the send carries no check, or its key is gone. */
  readonly matches: (send: SendRef, address: string) => boolean
  /** `matches` for one message: the check of each address is made once, however many paths and blocks ask. */
  readonly messageMatches: () => (send: SendRef, address: string) => boolean
}

/** Everything that this folder does with addresses, under one set of keys and domains. Throws RangeError for invalid options. */
export function createReturnPaths(options: ReturnPathOptions): ReturnPaths {
  const { modules } = options
  const names = modules.filter(name => name !== '')
  const [newest, ...older] = options.keys
  if (newest === undefined) throw new RangeError('return paths need a signing key')
  const signer: SigningKey = newest
  const keys = [signer, ...older] as const
  const domains = options.domains.map(ourDomain)
  const [mintDomain] = domains
  if (mintDomain === undefined) throw new RangeError('return paths need a domain')
  const matchLegacy = compileLegacy(options.legacy, names, domains)

  function mint(item: Mintable, now: Date): Minted {
    const module = modules.indexOf(item.module)
    if (module < 0 || item.module === '')
      throw new RangeError(`module ${item.module}: write one of ${names.join(', ')}`)
    checkId('id', item.id)
    if (item.mail !== null) checkId('mail', item.mail)
    const { campaign } = item
    if (campaign !== null && campaign !== campaign >>> 0) {
      throw new RangeError(`campaign ${campaign}: write a whole number from 0 to 4294967295`)
    }
    const addressCheck = checkBytes(signer, item.to)
    const fields = { day: dayOf(now), module, campaign, addressCheck, recordId: item.id, mailId: item.mail }
    const token = signToken(fields, signer)
    return token === null ? { kind: 'too-long' } : { kind: 'signed', address: `${token}@${mintDomain}` }
  }

  function messageMatches(): (send: SendRef, address: string) => boolean {
    const isMadeFrom = createCheckTest(keys)
    return (send, address) => send.addressCheck !== null && isMadeFrom(send.addressCheck, address)
  }

  return {
    ...createRecogniser({ ...options, keys, domains, matchLegacy }),
    mint,
    storedAddress: random => `${storedLocal(random)}@${mintDomain}`,
    storedToken: local => unwrapLocal(local).map(lowerAscii).find(isStoredLocal) ?? null,
    checkOf: address => checkAddress(signer, address),
    checksOf: address => keys.map(key => checkAddress(key, address)),
    pseudonymOf: address => pseudonymOf(signer, address),
    matches: (send, address) => messageMatches()(send, address),
    messageMatches,
  }
}

function ourDomain(domain: string): string {
  const folded = foldDomain(domain)
  if (folded === null) throw new RangeError(`${JSON.stringify(domain)} is not a domain name`)
  return folded
}

function checkId(name: string, id: string): void {
  // A lone surrogate would come back as U+FFFD: another id.
  if (id === '' || Buffer.from(id, 'utf8').toString('utf8') !== id) {
    throw new RangeError(`${name} ${JSON.stringify(id)}: write at least one character of well-formed Unicode`)
  }
}
