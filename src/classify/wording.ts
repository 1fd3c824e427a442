// A refusal as it is searched: lower case, single spaces, without what differs from mail to mail.
// Addresses, IPv4 numbers and the repeated codes of a multi-line reply go, so that
// `user <ana@example.org> does not exist` and `user does not exist` are the same words.

import { folded } from '../knowledge/folding.ts'
import { textsOf } from '../knowledge/languages.ts'

/** More of a text than this is never searched, in UTF-16 units. */
export const maxSearched = 16_384

/** The search form of a refusal, at most `maxSearched` long. Linear in the text. */
export function wording(text: string): string {
  const read = text.slice(0, maxSearched)
  let words = folded(read)
  words = words.replace(/[^\S ]\s*| \s+/g, ' ').replace(/ (?=[:,;.])/g, '')
  if (words.includes('ris') || words.includes('nis'))
    words = words.replace(/(authori|recogni)s(?=e|ing|ation)/g, '$1z')
  // Italian in ASCII writes an accent as an apostrophe behind the vowel: `la casella non e' attiva`.
  if (words.includes("' "))
    words = words.replace(/(?<=\b(?:e|cioe|piu|gia|puo|sara|perche|capacita|validita))'(?= )/g, '')
  if (/\d\.\d{1,3}\.\d{1,3}\.\d/.test(words)) {
    // What is said of a number is said of a host: `192.0.2.1 has been blocked`, `address 192.0.2.1 is invalid`.
    words = words.replace(
      /[[(]?\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b[\])]?(?= (?:has|is|was|are|refused|rejected|denied) ?)/g,
      'ip',
    )
    words = words.replace(/[[("'<]?\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b[\])"'>]?/g, '')
  }
  if (words.includes('@')) words = withoutAddresses(words)
  // RFC 5321 §4.2.1: every line of a multi-line reply repeats the code, and most servers the status.
  words = words.replace(/\b[245]\d\d-(?:[245]\.\d{1,3}\.\d{1,3}[ -])?/g, '')
  words = words.replace(/ [245]\d\d [245]\.\d{1,3}\.\d{1,3} /g, ' ')
  if (words.includes('  ')) words = words.replace(/ {2,}/g, ' ')
  return `${words.trim()}${tokensIn(read)}`.slice(0, maxSearched)
}

/** `RCPT_UNKNOWN`, `NoSuchUser`, `unknown-user`: an error's name, which is what it says written as one word. */
const token =
  /(?<![\w@.-])(?:[A-Za-z]{2,20}(?:[_-][A-Za-z]{2,20}){1,5}|[A-Z][a-z]{1,20}(?:[A-Z][a-z]{1,20}){1,5})(?![\w@.-])/g
/** Names of products (`SpamStop`) speak of no such thing. */
const about = /user|recipient|rcpt|mailbox|account|address|quota|sender|domain|policy/
/** Hyphens join words of sentences too: `user-agent`. */
const states =
  /(?:^| )(?:unknown|invalid|no|not|non|nonexistent|inexistent|disabled|full|over|exceeded|bad)(?: |$)/
const maxTokens = 8

/** The words of the first such names, each in a sentence of its own behind the text; empty for none. */
function tokensIn(text: string): string {
  if (!/[_-][A-Za-z]|[a-z][A-Z]/.test(text)) return ''
  const tokens = new Set<string>()
  // A link tells where to read, not what was refused.
  for (const [found] of text.replace(/https?:\/\/\S{1,500}/gi, ' ').matchAll(token)) {
    const words = folded(found.replace(/[_-]|(?<=[a-z])(?=[A-Z])/g, ' '))
    if (about.test(words) && (!found.includes('-') || states.test(words))) tokens.add(words)
    if (tokens.size >= maxTokens) break
  }
  return [...tokens].map(words => ` \n ${words}.`).join('')
}

const hostName = /(?<![\w./@-])[[("'<]?(?:[a-z0-9_-]{1,63}\.)+[a-z]{2,24}\b\.?[\])"'>]?/g

/** The wording without host names, so that `host mx.example.org not found` and `host not found` are the same words. */
export function withoutHosts(words: string): string {
  if (!/[\w-]\.[a-z]/.test(words)) return words
  return words.replace(hostName, '').replace(/ {2,}/g, ' ')
}

/**
 * The same, but only `reach` units to either side of each host name: all that a phrase no longer than that can
 * gain. Places are parted by a line feed; empty where there is no host name.
 */
export function aroundHosts(words: string, reach: number): string {
  if (!/[\w-]\.[a-z]/.test(words)) return ''
  let around = ''
  let done = 0
  hostName.lastIndex = 0
  for (let found = hostName.exec(words); found !== null; found = hostName.exec(words)) {
    const { 0: host, index } = found
    // Between two host names that are near each other the text is kept once.
    if (around === '' || index - reach > done + reach) {
      if (around !== '') around += `${words.slice(done, done + reach)}\n`
      around += words.slice(Math.max(index - reach, done), index)
    } else around += words.slice(done, index)
    done = index + host.length
  }
  return around === '' ? '' : (around + words.slice(done, done + reach)).replace(/ {2,}/g, ' ')
}

/** Does a wording hold words beside codes, at least two of them? */
export function hasWords(words: string): boolean {
  const word = /[a-z\u00aa-\uffff]{3,}/g
  return word.test(words) && word.test(words)
}

const opening = new Set(['<', '(', '[', '"', "'"])
const closing = new Set(['>', ')', ']', '"', "'"])

/** Cuts each `local@domain` with the brackets or quotes right around it. */
function withoutAddresses(text: string): string {
  let kept = ''
  let from = 0
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', Math.max(at + 1, from))) {
    let start = at
    while (start > from && isLocal(text.charCodeAt(start - 1))) start--
    let end = at + 1
    // `ana@example.org...User unknown`
    while (end < text.length && isDomain(text.charCodeAt(end)) && !text.startsWith('..', end)) end++
    if (start === at || end === at + 1) continue
    if (text[end - 1] === '.') end--
    while (start > from && opening.has(text[start - 1] ?? '') && closing.has(text[end] ?? '')) {
      start--
      end++
    }
    kept = withoutLabel(kept + text.slice(from, start))
    from = end
  }
  return kept + text.slice(from)
}

/** `Sender Address: <…>`, `from=<…>`: whose mail it was, which is data and no accusation. */
function withoutLabel(text: string): string {
  const last = text.at(-1)
  if (last === undefined || !marks.includes(isSpace.test(last) ? (text.at(-2) ?? '') : last)) return text
  const end = text.slice(-maxLabelChars)
  const colon = /\s?[:=：]\s?$/.exec(end)
  // `MAIL FROM:` is a command.
  if (colon === null || end.endsWith('mail from', colon.index)) return text
  for (const { index } of end.slice(0, colon.index).matchAll(/(?<=^|[\s([;,])[^\s([;,]/g)) {
    const name = end.slice(index, colon.index).replace(/[ -]?address$/, '')
    if (senderLabels.has(name)) return text.slice(0, text.length - end.length + index)
  }
  return text
}

/** What ends a label. */
const marks = [':', '=', '：']
const isSpace = /\s/

/** More than the longest sender label has: it is looked for at the end alone. */
const maxLabelChars = 64

const senderLabels = new Set(textsOf('labels.sender'))

/** RFC 5321 §4.1.2 Atom and dot, and what is not ASCII. */
function isLocal(unit: number): boolean {
  return unit > 127 || isDomain(unit) || "!#$%&'*+/=?^_`{|}~".includes(String.fromCharCode(unit))
}

function isDomain(unit: number): boolean {
  return (unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57) || unit === 45 || unit === 46 || unit > 127
}
