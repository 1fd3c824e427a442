// HTML to the text a person would read: tags out, blocks to lines, entities to characters. One pass, linear.

/** Tags that end a line. */
const blocks = new Set(
  'address article blockquote body br caption center dd div dl dt footer form h1 h2 h3 h4 h5 h6 head header hr html li main nav ol p pre section table tbody tfoot thead title tr ul'.split(
    ' ',
  ),
)
/** Tags whose content nobody reads. */
const silent = new Set(['script', 'style', 'head', 'noscript', 'template'])

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  copy: '©',
  laquo: '«',
  raquo: '»',
  mdash: '—',
  ndash: '–',
  hellip: '…',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  Auml: 'Ä',
  Ouml: 'Ö',
  Uuml: 'Ü',
  szlig: 'ß',
  eacute: 'é',
  egrave: 'è',
  ecirc: 'ê',
  agrave: 'à',
  acirc: 'â',
  aacute: 'á',
  iacute: 'í',
  oacute: 'ó',
  uacute: 'ú',
  ntilde: 'ñ',
  ccedil: 'ç',
  ocirc: 'ô',
  ucirc: 'û',
  icirc: 'î',
  atilde: 'ã',
  otilde: 'õ',
  aring: 'å',
  oslash: 'ø',
  aelig: 'æ',
}

/** The readable text of an HTML document or fragment, however broken. Each search that fails is made once. */
export function htmlToText(html: string): string {
  const find = searcher(html)
  const out: string[] = []
  let at = 0
  while (at < html.length) {
    const open = find('<', at)
    if (open < 0) break
    out.push(words(html.slice(at, open)))
    at = open
    if (html.startsWith('<!--', open)) {
      const end = find('-->', open + 4)
      at = end < 0 ? html.length : end + 3
      continue
    }
    const name = tagName(html, open)
    if (name === null) {
      out.push('<')
      at = open + 1
      continue
    }
    const close = find('>', open)
    at = close < 0 ? html.length : close + 1
    const tag = html.slice(open, Math.min(at, open + 300))
    // `<user@example.org>` left unescaped is an address, not a tag.
    if (tag.includes('@') && !/[\s=]/.test(tag)) out.push(tag)
    else if (blocks.has(name.replace('/', ''))) out.push('\n')
    else if (name === 'td' || name === 'th') out.push(' ')
    if (silent.has(name)) {
      const lower = find(`</${name}`, at)
      const end = lower >= 0 ? lower : find(`</${name.toUpperCase()}`, at)
      // An unclosed one hides nothing: better to read a style sheet than to lose the message.
      if (end >= 0) at = end
    }
  }
  out.push(words(html.slice(at)))
  return tidy(out.join(''))
}

/** `indexOf` that remembers what does not occur any more, so that many unclosed tags cost no more than one. */
function searcher(text: string): (what: string, from: number) => number {
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
  const match = /^<(\/?[a-z!?][a-z0-9]*)/i.exec(html.slice(open, open + 16))
  return match?.[1]?.toLowerCase() ?? null
}

function words(text: string): string {
  if (text === '') return ''
  const spaced = text.replace(/\s+/g, ' ')
  return spaced.includes('&') ? decodeEntities(spaced) : spaced
}

/** Character references (HTML §13.5), the named ones that bounces use. */
export function decodeEntities(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#[0-9]{1,7}|[a-z0-9]{2,8});?/gi, (whole, body: string) => {
    if (!body.startsWith('#')) return entities[body] ?? whole
    const hex = body[1] === 'x' || body[1] === 'X'
    const code = Number.parseInt(body.slice(hex ? 2 : 1), hex ? 16 : 10)
    if (code === 0xa0) return ' '
    const valid = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
    return valid ? String.fromCodePoint(code) : ''
  })
}

/** Trims every line and leaves at most one empty line in a row. */
function tidy(text: string): string {
  const lines: string[] = []
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    if (line !== '' || lines.at(-1) !== '') lines.push(line)
  }
  return lines.join('\n').trim()
}
