// The host whose refusal a bounce reports: that of the report's Remote-MTA, else the one that the words name.

const maxSearched = 1_000

/** Lower-cased, without a trailing dot; null where none is named. */
export function blamedHost({
  remoteMta,
  diagnostic,
}: {
  readonly remoteMta: string | null
  readonly diagnostic: string | null
}): string | null {
  if (remoteMta !== null) {
    const named = nameAt(remoteMta.toLowerCase(), 0)
    if (named !== null) return named
  }
  // Postfix: `host mx.example.org[192.0.2.1] said: 550 …`; Exim: `host mx.example.org [192.0.2.1]`.
  const words = (diagnostic ?? '').slice(0, maxSearched).toLowerCase()
  for (let at = words.indexOf('host '); at >= 0; at = words.indexOf('host ', at + 1)) {
    const named = nameAt(words, at + 'host '.length)
    if (named !== null) return named
  }
  return null
}

/** The host name or address that begins there; a name without a dot is nobody's. */
function nameAt(text: string, start: number): string | null {
  let end = start
  while (end < text.length && isOfName(text.charCodeAt(end))) end++
  const name = text.slice(start, end).replace(/\.$/, '')
  return name.includes('.') && name.length <= 255 ? name : null
}

/** a–z, 0–9, dash, dot, underscore. */
function isOfName(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 45 || code === 46 || code === 95
  )
}
