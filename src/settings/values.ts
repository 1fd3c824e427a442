// Reads the text of each kind of setting; an error says what to write instead.

import { accessSync, constants } from 'node:fs'
import { isIP } from 'node:net'
import { createSecureContext } from 'node:tls'
import type { Threshold, Thresholds } from '../crm/thresholds.ts'
import { type Category, promotable } from '../model/categories.ts'
import { type Network, parseNetwork } from '../model/network.ts'

/** Text of an environment variable to a value; throws a SettingError that says what to write instead. */
export type Parse<T> = (text: string) => T

/** Says what to write instead. */
export class SettingError extends Error {}

export const integer =
  (from: number, to: number): Parse<number> =>
  text => {
    if (!/^\d{1,15}$/.test(text) || Number(text) < from || Number(text) > to)
      throw new SettingError(`write a whole number from ${from} to ${to}`)
    return Number(text)
  }

/** Of a door that is closed unless a port is set. */
export const port: Parse<number | null> = text => (text === '' ? null : integer(0, 65_535)(text))

/** `sun_path` of sockaddr_un: 107 bytes on Linux, 103 elsewhere. */
const maxSocketBytes = 103

export const socketPath: Parse<string | null> = text => {
  if (text === '') return null
  if (!text.startsWith('/') || Buffer.byteLength(text) > maxSocketBytes)
    throw new SettingError(
      `write the whole path of a socket, at most ${maxSocketBytes} bytes, such as /run/rebound/lmtp`,
    )
  return text
}

/** A word, or the name of an IMAP folder. */
export const folderOr =
  (word: string): Parse<string> =>
  text => {
    if (text === '' || /[\r\n\0]/.test(text)) throw new SettingError(`write ${word}, or the name of a folder`)
    return text
  }

export const oneOf =
  <const Word extends string>(...words: readonly Word[]): Parse<Word> =>
  text => {
    const word = words.find(each => each === text)
    if (word === undefined) throw new SettingError(`write one of ${words.join(', ')}`)
    return word
  }

export const list = (text: string): readonly string[] =>
  text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '')

/** Characters that every client can send in `Authorization: Bearer …` (RFC 9110 §11.2). */
export const token: Parse<string | null> = text => {
  if (!/^[\x21-\x7e]*$/.test(text))
    throw new SettingError('write printable ASCII without blanks; make one with: openssl rand -hex 32')
  return text === '' ? null : text
}

/** A shorter token can be guessed, however it was made. */
export const leastTokenCharacters = 16

/** `anna:TOKEN`: who has it, for the audit. */
export function namedToken(text: string): NamedToken {
  const colon = text.indexOf(':')
  const name = text.slice(0, Math.max(colon, 0))
  const value = text.slice(colon + 1)
  if (!/^[\p{L}\p{N}._-]{1,40}$/u.test(name) || !isLongToken(value))
    throw new SettingError(
      `write name:token, the name of letters and digits, the token of at least ${leastTokenCharacters} printable characters; make one with: openssl rand -hex 32`,
    )
  return { name, token: value }
}

const isLongToken = (text: string): boolean =>
  text.length >= leastTokenCharacters && /^[\x21-\x7e]+$/.test(text)

export interface NamedToken {
  readonly name: string
  readonly token: string
}

export const namedTokens: Parse<readonly NamedToken[]> = text => {
  const tokens = list(text).map(namedToken)
  const twice = tokens.find(({ name }, at) => tokens.findIndex(other => other.name === name) < at)
  if (twice !== undefined)
    throw new SettingError(`"${twice.name}" is listed twice; give each token its own name`)
  return tokens
}

/** `https://crm.example/{module}/{id}`. */
export const recordUrl: Parse<string | null> = text => {
  if (text === '') return null
  if (!/^https?:\/\//.test(text) || !text.includes('{id}') || !URL.canParse(text.replace(/[{}]/g, '')))
    throw new SettingError('write a URL with {id} in it, for example https://crm.example/{module}/{id}')
  return text
}

export const domains: Parse<readonly string[]> = text => {
  const given = list(text)
  if (given.length === 0)
    throw new SettingError('write at least one domain name, for example bounces.crm.example')
  const names = given.map(toAscii)
  const faults = given.flatMap((name, at) => domainFault(name, names[at] ?? '') ?? [])
  const twice = names.find((name, at) => names.indexOf(name) < at)
  if (twice !== undefined) faults.push(`"${twice}" is listed twice; write each domain once`)
  if (text.split(',').some(item => item.trim() === ''))
    faults.push('nothing stands before or after a comma; leave that comma out')
  if (faults.length > 0) throw new SettingError(faults.join('; '))
  return names
}

/** What is wrong with the domain of an address (RFC 5321 §4.1.2: letters, digits and hyphens); null if nothing. */
function domainFault(name: string, ascii: string): string | null {
  if (isIP(ascii) !== 0) return `"${name}" is an IP address; write a domain name such as bounces.crm.example`
  if (ascii.includes('_'))
    return `"${name}" has an underscore, which mail servers refuse in an address; write for example bounces.crm.example`
  const labels = ascii.split('.')
  const isName =
    ascii.length <= 253 && labels.every(label => /^(?!-)[a-z0-9-]{1,63}$/.test(label) && !label.endsWith('-'))
  return isName ? null : `"${name}" is not a domain name; write for example bounces.crm.example`
}

/** U-labels and A-labels are the same domain (RFC 5890 §2.3.2.1); the URL parser knows the mapping. */
function toAscii(name: string): string {
  const bare = name.replace(/\.$/, '').toLowerCase()
  try {
    return new URL(`http://${bare}`).hostname
  } catch {
    return bare
  }
}

export const databaseUrl: Parse<string> = text => {
  if (/^sqlite:.+/.test(text)) return text
  try {
    const url = new URL(text)
    if (url.protocol === 'mysql:' && url.hostname !== '' && url.pathname.length > 1) return text
  } catch {}
  throw new SettingError('write sqlite:./data/rebound.sqlite or mysql://user:password@host:3306/database')
}

export const secrets: Parse<readonly string[]> = text => {
  const keys = list(text)
  if (keys.some(key => Buffer.byteLength(key) < 32))
    throw new SettingError('every key needs at least 32 bytes; make one with: openssl rand -hex 32')
  return keys
}

export const webhookUrl: Parse<string | null> = text => {
  if (text === '') return null
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new SettingError('write an absolute URL such as https://crm.example/hooks/rebound')
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new SettingError('write a URL that begins with https:// (or http://)')
  if (url.username !== '' || url.password !== '')
    throw new SettingError(
      'leave out user and password: the signature identifies the sender; a token may be part of the path',
    )
  if (url.hash !== '') throw new SettingError(`leave out "${url.hash}": what follows a # is never sent`)
  return url.href
}

export const webhookSecrets: Parse<readonly string[]> = text => {
  const secrets = list(text)
  for (const secret of secrets) {
    const coded = secret.startsWith('whsec_') ? secret.slice('whsec_'.length) : null
    if (coded !== null && !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(coded))
      throw new SettingError(
        'whsec_ must be followed by padded Base64; make one with: echo "whsec_$(openssl rand -base64 32)"',
      )
    // Standard Webhooks: 24 to 64 random bytes.
    const isLong = coded === null ? Buffer.byteLength(secret) >= 32 : Buffer.byteLength(coded, 'base64') >= 24
    if (!isLong)
      throw new SettingError(
        'every secret needs at least 32 bytes (24 in Base64 after whsec_); make one with: echo "whsec_$(openssl rand -base64 32)"',
      )
  }
  return secrets
}

export const days: Parse<number | null> = text => {
  if (text === 'forever') return null
  if (!/^\d{1,5}$/.test(text) || Number(text) < 1 || Number(text) > 36_500)
    throw new SettingError('write forever, or a whole number of days from 1 to 36500')
  return Number(text)
}

export const bytes: Parse<number> = text => {
  const match = /^(\d{1,12})\s*(k|m|g)?b?$/i.exec(text)
  const unit = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }[match?.[2]?.toLowerCase() ?? ''] ?? 1
  const value = Number(match?.[1]) * unit
  if (!(value >= 65_536 && value <= 2 ** 31))
    throw new SettingError('write a size from 64 KB to 2 GB, for example 50 MB or 52428800')
  return value
}

/** What a server that cannot be reached may take to come back. */
const networkDays = 30

/** `mailbox-full=5/30d, expired=5/14d`, or `off` */
export const thresholds: Parse<Thresholds> = text => {
  if (text === 'off') return {}
  const found: Partial<Record<Category, Threshold>> = {}
  for (const item of list(text)) {
    const [, name, count, span] = /^([a-z-]+)\s*=\s*(\d{1,4})\s*\/\s*(\d{1,4})d$/.exec(item) ?? []
    if (name === undefined)
      throw new SettingError(
        `"${item}" is not a threshold; write category=bounces/days, for example mailbox-full=5/30d, or off`,
      )
    const category = promotable.find(each => each === name)
    if (category === undefined)
      throw new SettingError(`"${name}" cannot make an address hard; write one of ${promotable.join(', ')}`)
    if (found[category] !== undefined)
      throw new SettingError(`"${name}" is listed twice; write one threshold for each category`)
    const [bounces, days] = [Number(count), Number(span)]
    // One bounce is not a repetition, and repetitions within a day are one outage.
    if (bounces < 2 || bounces > 1000 || days < 1 || days > 3650)
      throw new SettingError(`"${item}": write 2 to 1000 bounces over 1 to 3650 days, such as ${name}=5/14d`)
    if (category === 'network-error' && days < networkDays)
      throw new SettingError(
        `"${item}": a server that cannot be reached is often back within weeks, with all its addresses; write ${networkDays} days or more, such as ${name}=5/${networkDays}d`,
      )
    found[category] = { bounces, days }
  }
  return found
}

/** The local part that is always accepted; empty: there is none. */
export const inbox: Parse<string> = text => {
  if (text === '') return text
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(text) || text === 'postmaster' || text === 'abuse')
    throw new SettingError('write a lower-case local part such as returns (not postmaster or abuse)')
  // These prefixes belong to return paths, genuine or forged.
  if (/^[bs]-/.test(text))
    throw new SettingError(
      'return paths begin with b- and s-; write a local part that does not, such as returns',
    )
  return text
}

export const networks: Parse<readonly Network[]> = text => {
  if (text === 'none') return []
  return list(text).map(item => {
    const network = parseNetwork(item)
    if (network === null)
      throw new SettingError(
        `"${item}" is not a network; write for example 192.0.2.0/24, 2001:db8::/32 or 192.0.2.7, or none`,
      )
    return network
  })
}

/** A list of cipher suites as `openssl ciphers` takes it. */
export const ciphers: Parse<string> = text => {
  if (text === 'default') return text
  try {
    createSecureContext({ ciphers: text, maxVersion: 'TLSv1.2' })
    return text
  } catch {
    throw new SettingError(
      'OpenSSL knows none of these; write for example ECDHE-RSA-AES128-GCM-SHA256:AES128-GCM-SHA256, or default',
    )
  }
}

export const readableFile: Parse<string | null> = text => {
  if (text === '') return null
  try {
    accessSync(text, constants.R_OK)
    return text
  } catch {
    throw new SettingError(`the file "${text}" cannot be read; write the path of a readable file`)
  }
}
