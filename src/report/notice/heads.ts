// Lines that begin with a recipient, as notices list them: `<ana@example.org>:`, `* ana@example.org`, `Recipient: …`.

import { isNamedAddress, stripEnds } from '../machine/typed-address.ts'
import { isRecipientLabel, labelName } from './labels.ts'
import { conjunctions } from './phrases.ts'

export interface Head {
  readonly addresses: readonly string[]
  /** What the line says after the addresses. */
  readonly rest: string
  /** Set off from prose by brackets, a colon, a label, or by standing alone. */
  readonly marked: boolean
}

const maxLineChars = 1000

/** The recipients a line begins with, or null. Bullets, brackets, quotes and labels are taken off. */
export function headOf(line: string): Head | null {
  if (!line.includes('@')) return null
  let text = line.slice(0, maxLineChars).trim()
  // `> ana@example.org` lists a recipient (MDaemon); `> <<< 550 …` quotes.
  text = text.replace(/^(?:>{1,3}|[*•·+–—-]{1,3}|\||\(?\d{1,3}[.)]\s)\s{0,4}(?=["'<[\w])/, '')
  let labelled = false
  const colon = text.search(/[:：]/)
  if (colon > 0 && colon < 30 && isRecipientLabel(labelName(text.slice(0, colon)))) {
    labelled = true
    text = text.slice(colon + 1).trim()
  }
  const addresses: string[] = []
  let bracketed = false
  for (;;) {
    const next = leadingAddress(text)
    if (next === null) break
    bracketed ||= next.bracketed
    if (!addresses.some(known => known.toLowerCase() === next.address.toLowerCase()))
      addresses.push(next.address)
    text = next.rest.trimStart()
    const separator = between.exec(text)
    if (!separator) break
    const following = text.slice(separator[0].length)
    if (leadingAddress(following) === null) break
    text = following
  }
  if (addresses.length === 0) return null
  const rest = text.replace(/^\s{0,4}<?\(?mailto:[^>)\s]{1,320}[>)]?/i, '')
  const marked =
    labelled ||
    bracketed ||
    rest.trim() === '' ||
    /^\s?(?:[:：|]|\.\.\.|\(|-{1,2}\s|;|\t| {2}|,\s?[245]\d\d[, -])/.test(rest)
  return { addresses, rest: rest.replace(/^[\s:：;.,=>|-]+/, ''), marked }
}

/** `ana@example.org and ben@example.org` */
const between = new RegExp(`^(?:[,;&]|(?:${conjunctions})(?!\\p{L}))\\s{0,4}`, 'u')

const sourceRoute = /^(?:@[A-Za-z0-9.-]{1,255}[,:]){1,10}(?=[^\s@]{1,64}@)/

interface Leading {
  readonly address: string
  readonly rest: string
  readonly bracketed: boolean
}

const closing: Readonly<Record<string, string>> = { '<': '>', '"': '"', "'": "'" }

/** One address at the start of a text, bare or in `<>`, `""`, `''`, `[SMTP:]`, perhaps after its display name. */
function leadingAddress(text: string): Leading | null {
  const typed = /^\[?(?:SMTP|rfc822)(?:[:;]\s?|\s(?=<))/i.exec(text)
  // RFC 5321 Appendix C: `@relay.example:ana@example.org` is a source route, which is ignored.
  const body = (typed ? text.slice(typed[0].length) : text).replace(sourceRoute, '')
  const open = body[0] ?? ''
  const close = closing[open] ?? ''
  if (close !== '') {
    const end = body.indexOf(close, 1)
    if (end < 0) return null
    const inside = body
      .slice(1, end)
      .replace(/^mailto:/i, '')
      .trim()
    if (isNamedAddress(inside)) return { address: inside, rest: body.slice(end + 1), bracketed: true }
    // `"Ana" <ana@example.org>`
    const after = body.slice(end + 1).trimStart()
    return open === '<' || !after.startsWith('<') ? null : leadingAddress(after)
  }
  const token = /^[^\s<>,;()[\]|"：；，、。（）【】]{3,320}/.exec(body)?.[0] ?? ''
  const address = stripEnds(token)
  if (address === '' || !isNamedAddress(address)) return null
  const rest = body.slice(body.indexOf(address) + address.length)
  return { address, rest: typed ? rest.replace(/^\]/, '') : rest, bracketed: typed !== null }
}
