// All the ways in which a mail system writes one address, to find it in what was kept of reports. Pure.

import { domainToASCII, domainToUnicode } from 'node:url'

export interface Spellings {
  /** Finds the address where it stands alone, in any spelling: `na@example.org` is not in `ana@example.org`. Global. */
  readonly pattern: RegExp
  /** The same at the end of a text that was cut to fit: the domain may be missing in part. Global. */
  readonly cut: RegExp
  /** The local part as a word, for texts about the address; null where it is too short to be a name. Global. */
  readonly name: RegExp | null
  /** Is this whole text the address? */
  readonly isWhole: (text: string) => boolean
  /** Lower-case, in A-labels and in U-labels: for a database that compares whole columns. */
  readonly plain: readonly string[]
  /** Lower-case letters and digits that every spelling holds, for a database to look for first; empty when none do. */
  readonly anchor: string
}

/** What a text becomes where the address was. */
export const forgotten = '[forgotten]'

/**
 * The spellings of an address: upper case, U- and A-labels, quoted, percent-encoded, xtext (RFC 3461 §4), RFC 6533,
 * `user=domain` of return paths, `user%domain`, `domain=user` of SRS, `domain!user`.
 */
export function spellingsOf(address: string): Spellings {
  const { local, domain } = parts(address)
  const locals = `(?:\\\\?")?${spelled(local)}(?:\\\\?")?`
  const domains = [...new Set([domain, domainToUnicode(domain)])]
  const anyDomain = `(?:${domains.map(spelled).join('|')})`
  const forwards = `(?:${notInWord('._+-')}${locals}${at}|${notInWord('._')}${locals}(?:=|%3d|\\+3d))`
  const backwards = `${notInWord('.-')}${anyDomain}(?:=|!)${locals}(?![\\p{L}\\p{N}._+-])`
  const pattern = new RegExp(`${forwards}${anyDomain}${endOfDomain}|${backwards}`, 'giu')
  const started = domains.map(name => `(?:${beginnings(name)})`).join('|')
  const cut = new RegExp(`${forwards}(?:${started})?$`, 'giu')
  return {
    pattern,
    cut,
    name:
      [...local].length < shortestName || forgotten.includes(local.toLowerCase())
        ? null
        : new RegExp(`${notInWord('._+-')}${locals}${endOfWord}`, 'giu'),
    isWhole: text => text.length <= 1000 && isSame(parts(text), { local, domain }),
    plain: domains.map(name => `${local.toLowerCase()}@${name}`),
    anchor: longest(local) || (domains.length === 1 ? longest(domain) : ''),
  }
}

/** The text with the address taken out; `wasCut`: its end may be missing. */
export function withoutAddress(text: string, { pattern, cut }: Spellings, wasCut: boolean): string {
  const clean = text.replace(pattern, forgotten)
  return wasCut ? clean.replace(cut, forgotten) : clean
}

/** The text with the local part taken out, where it stands as a word. */
export function withoutName(text: string, { name }: Spellings): string {
  return name === null ? text : text.replace(name, forgotten)
}

/** Is the address in one of these texts, or the beginning of it at the end of one? */
export function isMentioned(texts: readonly string[], { pattern, cut }: Spellings): boolean {
  // Search, not test: a global pattern remembers where it was.
  return texts.some(text => text.search(pattern) >= 0 || text.search(cut) >= 0)
}

interface Parts {
  readonly local: string
  /** In A-labels, lower case; a literal as it stands. */
  readonly domain: string
}

function parts(address: string): Parts {
  const bare = address
    .trim()
    .replace(/^<(.*)>$/s, '$1')
    .normalize('NFC')
  const at = bare.lastIndexOf('@')
  const local = at < 0 ? bare : bare.slice(0, at)
  const quoted = /^"(.*)"$/s.exec(local)?.[1]
  return {
    local: quoted === undefined ? local : quoted.replace(/\\(.)/gs, '$1'),
    domain: at < 0 ? '' : aLabels(bare.slice(at + 1)),
  }
}

function aLabels(domain: string): string {
  const bare = domain.replace(/\.$/, '').toLowerCase()
  // domainToASCII parses as URLs do and would cut at / ? #; what it cannot read stays as it is.
  return /[/?#%\s]/.test(bare) ? bare : domainToASCII(bare) || bare
}

function isSame(one: Parts, other: Parts): boolean {
  return one.domain === other.domain && one.local.toLowerCase() === other.local.toLowerCase()
}

const at = '(?:@|%|(?:%(?:25)?|[+=])40|&#64;|&#x40;|\\\\u0040)'
/** `.77` goes on as no domain does: none ends in a label of digits alone. */
const onlyDigits = '\\d+(?:\\.\\d+)*(?![\\p{L}\\p{N}-]|\\.[\\p{L}\\p{N}])'
/** The domain goes on in neither `.example`, nor `-example.com`; `-42@` and `.42@` behind it are a return path's. */
const endOfDomain = `(?![\\p{L}\\p{N}]|\\.(?!${onlyDigits})[\\p{L}\\p{N}]|-[\\p{L}\\p{N}-]*\\.[\\p{L}\\p{N}])`
/** A word may end a sentence. */
const endOfWord = '(?![\\p{L}\\p{N}_+-]|\\.[\\p{L}\\p{N}])'
/** What is shorter stands in any text by chance. */
const shortestName = 3
/** What a letter before the address may belong to: an escape of JSON, or an encoded `<`, `"`, `:`, space. */
const encodedBefore = '\\\\[bfnrt]|\\\\u[0-9a-f]{4}|[%+=](?:0[9ad]|2[0-9a-c]|2f|3[a-f]|5[bcd]|7b)'

const notInWord = (more: string): string =>
  `(?<=^|[^\\p{L}\\p{N}${more.replaceAll('-', '\\-')}]|${encodedBefore})`

const spelled = (text: string): string => [...text].map(spelledCharacter).join('')

function spelledCharacter(character: string): string {
  if (/[a-z0-9]/i.test(character)) return character
  const ways = new Set<string>()
  for (const letter of [character, character.toLowerCase(), character.toUpperCase()])
    for (const form of [letter.normalize('NFC'), letter.normalize('NFD')]) {
      for (const sign of ['%', '\\+', '=']) ways.add([...form].map(each => encoded(each, sign)).join(''))
      ways.add(literal(form))
      // UTF-8 that was read as Latin-1.
      ways.add(literal(Buffer.from(form, 'utf8').toString('latin1')))
      // RFC 6533 §3.
      ways.add([...form].map(each => `\\\\x\\{${(each.codePointAt(0) ?? 0).toString(16)}\\}`).join(''))
    }
  return `(?:\\\\{0,2}(?:${[...ways].join('|')}))`
}

/** Letters and digits are never encoded. */
function encoded(character: string, sign: string): string {
  if (/[a-z0-9]/i.test(character)) return character
  return [...Buffer.from(character, 'utf8')]
    .map(byte => `${sign}${byte.toString(16).padStart(2, '0')}`)
    .join('')
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

/** `a`, `ab`, `abc` for `abc`: each that ends here. */
function beginnings(text: string): string {
  const [first, ...rest] = [...text].map(spelledCharacter)
  return first === undefined ? '' : `${first}(?:${beginningsOf(rest)})?`
}

function beginningsOf(rest: readonly string[]): string {
  return rest.reduceRight((inner, each) => (inner === '' ? each : `${each}(?:${inner})?`), '')
}

function longest(text: string): string {
  const runs = text.toLowerCase().match(/[a-z0-9]+/g) ?? []
  return runs.reduce((best, run) => (run.length > best.length ? run : best), '')
}
