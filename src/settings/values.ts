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

export const domains: Parse<readonly string[]> = text => {
  const names = list(text).map(name => {
    const ascii = toAscii(name)
    if (isIP(ascii) !== 0)
      throw new SettingError(`"${name}" is an IP address; write a domain name such as bounces.crm.example`)
    if (!/^(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(ascii))
      throw new SettingError(`"${name}" is not a domain name; write for example bounces.crm.example`)
    return ascii
  })
  const twice = names.find((name, at) => names.indexOf(name) < at)
  if (twice !== undefined) throw new SettingError(`"${twice}" is listed twice; write each domain once`)
  if (names.length === 0)
    throw new SettingError('write at least one domain name, for example bounces.crm.example')
  return names
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

/** `mailbox-full=5/14d, expired=3/7d` */
export const thresholds: Parse<Thresholds> = text => {
  const found: Partial<Record<Category, Threshold>> = {}
  for (const item of list(text)) {
    const [, name, count, span] = /^([a-z-]+)\s*=\s*(\d{1,4})\s*\/\s*(\d{1,4})d$/.exec(item) ?? []
    if (name === undefined)
      throw new SettingError(
        `"${item}" is not a threshold; write category=bounces/days, for example mailbox-full=5/14d`,
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
