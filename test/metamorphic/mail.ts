// A mail taken apart just far enough to change one part of it. One byte a character, lines end with LF.

export interface Entity {
  /** Header lines, folds joined by LF. */
  readonly header: readonly string[]
  readonly body: string
}

export interface Parts {
  readonly preamble: string
  readonly parts: readonly Entity[]
  readonly boundary: string
}

export function parseEntity(text: string): Entity {
  const end = text.startsWith('\n') ? 0 : text.indexOf('\n\n')
  const head = end < 0 ? text : text.slice(0, end)
  const body = end < 0 ? '' : text.slice(end + (end === 0 ? 1 : 2))
  return { header: head === '' ? [] : head.split(/\n(?![ \t])/), body }
}

export function writeEntity({ header, body }: Entity): string {
  return `${header.join('\n')}\n\n${body}`
}

/** The unfolded value of a field, or empty. */
export function field({ header }: Entity, name: string): string {
  const line = header.find(each => each.toLowerCase().startsWith(`${name}:`))
  return line === undefined
    ? ''
    : line
        .slice(name.length + 1)
        .replace(/\n[ \t]+/g, ' ')
        .trim()
}

export function withField(entity: Entity, name: string, value: string): Entity {
  const header = entity.header.filter(line => !line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
  return { ...entity, header: value === '' ? header : [...header, `${name}: ${value}`] }
}

export function typeOf(entity: Entity): string {
  return (field(entity, 'content-type').split(';', 1)[0] ?? '').trim().toLowerCase() || 'text/plain'
}

/** The parts of a multipart, null for anything else and for one whose boundary is broken. */
export function partsOf(entity: Entity): Parts | null {
  if (!typeOf(entity).startsWith('multipart/')) return null
  const match = /boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))/i.exec(field(entity, 'content-type'))
  const boundary = match?.[1] ?? match?.[2]
  if (boundary === undefined) return null
  const sections = `\n${entity.body}`.split(`\n--${boundary}`)
  const end = sections.findIndex((section, at) => at > 0 && section.startsWith('--'))
  const inner = sections.slice(1, end < 0 ? undefined : end)
  if (inner.length === 0) return null
  return {
    preamble: (sections[0] ?? '').slice(1),
    parts: inner.map(section => parseEntity(section.replace(/^[ \t]*\n/, ''))),
    boundary,
  }
}

export function withParts(entity: Entity, { preamble, parts, boundary }: Parts): Entity {
  const sections = parts.map(part => `--${boundary}\n${writeEntity(part)}\n`)
  return { ...entity, body: `${preamble}\n${sections.join('')}--${boundary}--\n` }
}

/** The decoded bytes of a leaf, one a character. */
export function decoded(entity: Entity): string {
  const encoding = field(entity, 'content-transfer-encoding').toLowerCase()
  if (encoding === 'base64') return Buffer.from(entity.body, 'base64').toString('latin1')
  if (encoding !== 'quoted-printable') return entity.body
  return entity.body
    .replace(/[ \t]*=\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** A leaf with other bytes, as they are. */
export function withBytes(entity: Entity, bytes: string): Entity {
  return { ...withField(entity, 'Content-Transfer-Encoding', '8bit'), body: bytes }
}

export const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
