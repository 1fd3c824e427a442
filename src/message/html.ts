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

/** The readable text of an HTML document or fragment, however broken. */
export function htmlToText(html: string): string {
  const lower = html.toLowerCase()
  const out: string[] = []
  let at = 0
  while (at < html.length) {
    const open = html.indexOf('<', at)
    if (open < 0) {
      out.push(words(html.slice(at)))
      break
    }
    out.push(words(html.slice(at, open)))
    if (lower.startsWith('<!--', open)) {
      const end = html.indexOf('-->', open + 4)
      at = end < 0 ? html.length : end + 3
      continue
    }
    const name = tagName(lower, open)
    if (name === null) {
      out.push('<')
      at = open + 1
      continue
    }
    const close = html.indexOf('>', open)
    // `<user@example.org>` left unescaped is an address, not a tag.
    if (
      close > 0 &&
      close - open < 300 &&
      html.slice(open, close).includes('@') &&
      !/[\s=]/.test(html.slice(open, close))
    ) {
      out.push(html.slice(open, close + 1))
      at = close + 1
      continue
    }
    at = close < 0 ? html.length : close + 1
    const bare = name.startsWith('/') ? name.slice(1) : name
    if (blocks.has(bare)) out.push('\n')
    else if (bare === 'td' || bare === 'th') out.push(' ')
    if (silent.has(name)) {
      const end = lower.indexOf(`</${name}`, at)
      // An unclosed one hides nothing: better to read a style sheet than to lose the message.
      if (end >= 0) at = end
    }
  }
  return tidy(out.join(''))
}

/** The lower-cased name of the tag that opens here, `/` included; null when `<` is only a character. */
function tagName(lower: string, open: number): string | null {
  const match = /^<(\/?[a-z!?][a-z0-9]*)/.exec(lower.slice(open, open + 16))
  return match?.[1] ?? null
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
