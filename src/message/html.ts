// HTML to the text a person would read: tags out, blocks to lines, entities to characters. One pass, linear.

import { decodeHTMLAttribute, decodeHTMLStrict } from 'entities'

/** Tags that begin and end a line; where several meet, it is one line end that people see. */
const blocks = new Set(
  'address article body caption center dd div dt footer form head header html li main nav section table tbody tfoot thead title tr'.split(
    ' ',
  ),
)
/** Tags with space around them. */
const paragraphs = new Set('blockquote dl h1 h2 h3 h4 h5 h6 hr ol p pre ul'.split(' '))
/** Stands for a line's edge until all tags are read: cleaned text has no such character. */
const blockEdge = '\x01'
/** Tags whose content nobody reads. */
const silent = new Set(['script', 'style', 'head', 'noscript', 'template'])

/** The readable text of an HTML document or fragment, however broken. Each search that fails is made once. */
export function htmlToText(html: string): string {
  const find = searcher(html)
  const out: string[] = []
  /** Where the text begins that is not in `out` yet. */
  let from = 0
  let isPreformatted = false
  for (let open = find('<', 0); open >= 0; ) {
    const tag = readTag(html, open, find)
    if (tag === null) {
      open = find('<', open + 1)
      continue
    }
    out.push(words(html.slice(from, open), isPreformatted), tag.text)
    if (preformatted.test(html.slice(open, open + 6))) isPreformatted = html[open + 1] !== '/'
    from = tag.end
    open = find('<', from)
  }
  out.push(words(html.slice(from), isPreformatted))
  return tidy(out.join(''))
}

type Find = (what: string, from: number) => number

interface Tag {
  /** What stands for it in the text. */
  readonly text: string
  /** Where the text goes on. */
  readonly end: number
}

/** The tag or comment that opens here; null where `<` is only a character. */
function readTag(html: string, open: number, find: Find): Tag | null {
  if (html.startsWith('<!--', open)) {
    const end = find('-->', open + 4)
    return { text: '', end: end < 0 ? html.length : end + 3 }
  }
  const name = tagName(html, open)
  if (name === null) return null
  const close = find('>', open)
  const end = close < 0 ? html.length : close + 1
  const text = textFor(name, html.slice(open, Math.min(end, open + maxTagChars)))
  return { text, end: silent.has(name) ? endOfSilent(name, end, find) : end }
}

const maxTagChars = 300

function textFor(name: string, tag: string): string {
  // `<user@example.org>` left unescaped is an address, not a tag.
  if (tag.includes('@') && !/[\s=]/.test(tag)) return tag
  const bare = name.replace('/', '')
  if (bare === 'br') return '\n'
  if (paragraphs.has(bare)) return '\n\n'
  if (blocks.has(bare)) return blockEdge
  return name === 'td' || name === 'th' ? ' ' : ''
}

/** An unclosed one hides nothing: better to read a style sheet than to lose the message. */
function endOfSilent(name: string, from: number, find: Find): number {
  const lower = find(`</${name}`, from)
  const end = lower >= 0 ? lower : find(`</${name.toUpperCase()}`, from)
  return end >= 0 ? end : from
}

/** `indexOf` that remembers what does not occur any more, so that many unclosed tags cost no more than one. */
function searcher(text: string): Find {
  const absent = new Set<string>()
  return (what, from) => {
    if (absent.has(what)) return -1
    const at = text.indexOf(what, from)
    if (at < 0) absent.add(what)
    return at
  }
}

/** The lower-cased name of the tag that opens here, `/` included; null when `<` is only a character. */
function tagName(html: string, open: number): string | null {
  if (!mayOpen(html.charCodeAt(open + 1))) return null
  const match = /^<(\/?[a-z!?][a-z0-9]*)/i.exec(html.slice(open, open + 16))
  return match?.[1]?.toLowerCase() ?? null
}

/** A letter, `/`, `!` or `?`. */
const mayOpen = (code: number): boolean =>
  ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a) || code === 0x2f || code === 0x21 || code === 0x3f

/** `<pre>` keeps the lines of the notice that it holds. */
const preformatted = /^<\/?pre(?:[\s>]|$)/i

function words(text: string, keepsLines: boolean): string {
  if (text === '') return ''
  const spaced = keepsLines ? text : text.replace(/\s+/g, ' ')
  return spaced.includes('&') ? decodeEntities(spaced) : spaced
}

/** Character references (HTML §13.5), also where the semicolon is missing. */
export function decodeEntities(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#[0-9]{1,7}|[a-z][a-z0-9]{1,31});?/gi, (whole, body: string) => {
    if (body.startsWith('#')) return characterOf(body)
    // Without its semicolon only an old name counts, and only whole: `&lang=de` is part of a link.
    return whole.endsWith(';') ? decodeHTMLStrict(whole) : decodeHTMLAttribute(whole)
  })
}

/** `#228`, `#xe4` */
function characterOf(body: string): string {
  const hex = body[1] === 'x' || body[1] === 'X'
  const code = Number.parseInt(body.slice(hex ? 2 : 1), hex ? 16 : 10)
  const valid = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
  return valid ? String.fromCodePoint(code) : ''
}

/** Edges that meet are one. */
const edges = /\x01[ \t\x01]*/g

/** Trims every line but for blanks that do not break, and leaves at most one empty line in a row. */
function tidy(text: string): string {
  const lines: string[] = []
  for (const raw of text.replace(edges, '\n').split('\n')) {
    const line = raw.trim()
    if (line !== '' || lines.at(-1) !== '') lines.push(indentOf(raw) + line)
  }
  return lines.join('\n').replaceAll('\xa0', ' ').replace(emptyStart, '').trimEnd()
}

const emptyStart = /^\s{0,1000}\n/

/** `&nbsp;&nbsp;` sets a line in. */
function indentOf(line: string): string {
  return /^[ \t]{0,20}\xa0/.test(line) ? (/^[ \t]{0,20}([ \xa0]{1,8})\S/.exec(line)?.[1] ?? '') : ''
}
