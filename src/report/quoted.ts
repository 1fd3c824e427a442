// Where a notification ends and the returned message begins, when both stand in one text.

export interface Quoted {
  /** The text before the original, marker line left out. */
  readonly note: string
  /** The returned message, header first; null when none is quoted. */
  readonly original: string | null
}

/** What a line names that announces the returned message, lower-cased. */
const announced = [
  'original message',
  'original mail',
  'original e-mail',
  'original email',
  'copy of the message',
  'copy of your message',
  'copy of the mail',
  'copy of the original',
  'copy of the header',
  'unsent message',
  'returned message',
  'returned mail',
  'undelivered message',
  'undelivered mail',
  'forwarded message',
  'rejected message',
  'message header',
  'message follows',
  'message text follows',
  'your message reads',
  'your message follows',
  'headers follow',
  'header follows',
  'old message',
  'message being returned',
  'mensaje original',
  'mensagem original',
  'messaggio originale',
  'message original',
  "message d'origine",
  'ursprüngliche nachricht',
  'originalnachricht',
  'original-nachricht',
  'kopie der nachricht',
  'oorspronkelijk bericht',
  'ursprungligt meddelande',
  'oryginalna wiadomość',
  'исходное сообщение',
  'копия сообщения',
  'текст письма',
  '元のメッセージ',
  '元のメール',
  '送信メール',
  '原始邮件',
  '原始郵件',
  '원본 메시지',
]

/** Words that turn such a line into a sentence of the notification. */
const otherwise = [
  'recipient',
  'address',
  'reason',
  'rejected because',
  'was received',
  'deliver',
  'attached',
  'subject',
  ' is:',
  ' id',
]

/** Splits a text at the first line that announces the original, or where a header block with a trace begins. */
export function cutOriginal(text: string): Quoted {
  const lines = text.split('\n')
  let offset = 0
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const next = offset + line.length + 1
    if (isMarker(line)) return { note: text.slice(0, offset), original: skipRule(text.slice(next)) }
    const glued = gluedMarker(line)
    if (glued > 0) return { note: text.slice(0, offset + glued), original: text.slice(offset + glued) }
    if (beginsHeader(lines, at)) return { note: text.slice(0, offset), original: text.slice(offset) }
    offset = next
  }
  return { note: text, original: null }
}

/** A line set off by dashes or ended by a colon that names the returned message and says no more of it. */
function isMarker(line: string): boolean {
  const trimmed = line.trim()
  if (trimmed.length < 8 || trimmed.length > 120 || trimmed.startsWith('>')) return false
  const framed = /^[-=_*#|~]{2}/.test(trimmed) || /[-=_*#|~]{2}$/.test(trimmed)
  if (!framed && !trimmed.endsWith(':')) return false
  const words = trimmed.toLowerCase()
  return announced.some(name => words.includes(name)) && !otherwise.some(word => words.includes(word))
}

/** The dashes that some programs put below the announcement. */
function skipRule(text: string): string {
  return text.replace(/^\s{0,20}[-=_*]{3,120}[ \t]{0,10}\n/, '')
}

/** `… of your original message follow:> Received: …`: where the returned message starts within a line, or 0. */
function gluedMarker(line: string): number {
  const at = line.search(/follows?:\s?>\s?(?:Received|Return-Path|From|Date):/)
  return at < 0 ? 0 : line.indexOf(':', at) + 1
}

const trace =
  /^[ \t>]{0,8}(?:return-path|received|x-received|x-originating-ip|dkim-signature|delivered-to|arc-seal):(?=\s?\S)/i
const anyField = /^[A-Za-z][A-Za-z0-9-]{1,60}:/

/** A header block that has been on the way: at least three fields, the first or second of them a trace (RFC 5322 §3.6.7). */
function beginsHeader(lines: readonly string[], at: number): boolean {
  if (!trace.test((lines[at] ?? '').slice(0, 80))) return false
  let fields = 0
  for (let n = at; n < Math.min(at + 40, lines.length); n++) {
    const text = (lines[n] ?? '').replace(/^>\s?/, '').trimStart().slice(0, 80)
    if (text === '') break
    if (anyField.test(text)) fields++
  }
  return fields >= 3
}
