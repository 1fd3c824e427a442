// How mail programs set dates and break lines; each writer chooses its own manner.

/** The two ways to name a moment's place: `+0100` and, in programs that add it, ` (CET)`. */
export interface Zone {
  readonly minutes: number
  readonly name: string
}

export const zones = {
  cet: { minutes: 60, name: 'CET' },
  utc: { minutes: 0, name: 'UTC' },
  pst: { minutes: -480, name: 'PST' },
} as const satisfies Record<string, Zone>

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const two = (value: number): string => String(value).padStart(2, '0')

/**
 * A date as in RFC 5322 §3.3.
 * `day` sets how a single-digit day is written, `named` appends the zone's name as a comment.
 */
export function dateTime(
  at: Date,
  zone: Zone,
  style: {
    readonly day?: 'zero' | 'space' | 'bare'
    readonly named?: boolean
    readonly weekday?: boolean
  } = {},
): string {
  const local = new Date(at.getTime() + zone.minutes * 60_000)
  const number = local.getUTCDate()
  const day = { zero: two(number), space: String(number).padStart(2), bare: String(number) }[
    style.day ?? 'zero'
  ]
  const sign = zone.minutes < 0 ? '-' : '+'
  const away = Math.abs(zone.minutes)
  const offset = `${sign}${two(Math.floor(away / 60))}${two(away % 60)}`
  const weekday = style.weekday === false ? '' : `${weekdays[local.getUTCDay()]}, `
  const clock = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`
  const comment = style.named ? ` (${zone.name})` : ''
  return `${weekday}${day} ${months[local.getUTCMonth()]} ${local.getUTCFullYear()} ${clock} ${offset}${comment}`
}

/** `20251103101213`: the moment as digits, in UTC. */
export function stamp(at: Date): string {
  return at.toISOString().replace(/\D/g, '').slice(0, 14)
}

/** Breaks at spaces so that no line exceeds `width`; lines after the first begin with `indent`. */
export function wrap(text: string, width: number, indent: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line.trim() !== '' && longer.length > width) {
      lines.push(line)
      line = indent + word
    } else {
      line = longer
    }
  }
  return [...lines, line]
}

/** Quoted-printable (RFC 2045 §6.7) of a text's UTF-8 bytes, line by line. */
export function quotedPrintable(lines: readonly string[]): string[] {
  return lines.flatMap(line => {
    const atoms = [...Buffer.from(line, 'utf8')].map((byte, index, all) => {
      const atEnd = index === all.length - 1
      const plain = (byte > 32 && byte < 127 && byte !== 61) || (byte === 32 && !atEnd)
      return plain ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    const out: string[] = []
    let current = ''
    for (const atom of atoms) {
      // 76 characters with the soft break (rule 5).
      if (current.length + atom.length > 75) {
        out.push(`${current}=`)
        current = ''
      }
      current += atom
    }
    return [...out, current]
  })
}

/** Base64 of a text's UTF-8 bytes in lines of 76 (RFC 2045 §6.8). */
export function base64(text: string | Uint8Array): string[] {
  return (
    Buffer.from(text)
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  )
}

/** An encoded word in UTF-8 and base64 (RFC 2047 §4.1), for short texts. */
export function encodedWord(text: string): string {
  return `=?UTF-8?B?${Buffer.from(text, 'utf8').toString('base64')}?=`
}
