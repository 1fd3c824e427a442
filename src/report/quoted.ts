// Where a notification ends and the returned message begins, when both stand in one text.

export interface Quoted {
  /** The text before the original, marker line left out. */
  readonly note: string
  /** The returned message, header first; null when none is quoted. */
  readonly original: string | null
}

/** Words on a line of their own that announce the returned message, lower-cased, dashes and blanks around removed. */
const markers = [
  'below this line is a copy of the message',
  'this is a copy of the message',
  'this is a copy of your message',
  'this is a copy of the headers',
  'this is a copy of the message, including all the headers',
  'original message follows',
  'original message',
  'original message header',
  'original message headers',
  'original message headers follow',
  'original message text',
  'unsent message follows',
  'unsent message below',
  'returned message follows',
  'returned message',
  'message text follows',
  'message header follows',
  'message headers follow',
  'message headers',
  'header of the original message',
  'headers of the original message',
  'the header of the original message is following',
  'start of original message',
  'begin original message',
  'copy of your message follows',
  'undelivered message follows',
  'undelivered mail',
  'here is your message',
  'your message follows',
  'original mail',
  'original mail header',
  'original headers follow',
  'message header',
  'received message',
  'body of message generated response',
]

/** Splits a text at the first line that announces the original, or where a header block starts after an empty line. */
export function cutOriginal(text: string): Quoted {
  const lines = text.split('\n')
  let offset = 0
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const next = offset + line.length + 1
    if (isMarker(line)) return { note: text.slice(0, offset), original: text.slice(next) }
    if (at > 0 && (lines[at - 1] ?? '').trim() === '' && startsHeader(lines, at)) {
      return { note: text.slice(0, offset), original: text.slice(offset) }
    }
    offset = next
  }
  return { note: text, original: null }
}

function isMarker(line: string): boolean {
  if (line.length > 120) return false
  const words = line
    .replace(/^[\s\-=_*#>+|~]+/, '')
    .replace(/[\s\-=_*#<+|~:.]+$/, '')
    .toLowerCase()
  if (words === '' || words.length > 90) return false
  const decorated = words.length < line.trim().length
  return (
    decorated &&
    markers.some(
      marker => words === marker || (words.startsWith(marker) && /^[,: ]/.test(words.slice(marker.length))),
    )
  )
}

const traceFields =
  /^(?:return-path|received|message-id|x-originating-ip|dkim-signature|x-received|delivered-to):/i
const anyField = /^[A-Za-z][A-Za-z0-9-]{1,60}:(?:\s|$)/

/** A block that begins with fields no notification begins a paragraph with, one of them a trace or identification field. */
function startsHeader(lines: readonly string[], at: number): boolean {
  if (!anyField.test((lines[at] ?? '').trimStart().slice(0, 80))) return false
  let fields = 0
  let traces = 0
  for (let n = at; n < Math.min(at + 12, lines.length); n++) {
    const line = lines[n] ?? ''
    if (line.trim() === '') break
    const text = line.trimStart().slice(0, 80)
    if (traceFields.test(text)) traces++
    if (anyField.test(text)) fields++
    else if (line === text) return false
  }
  return fields >= 2 && traces >= 1
}
