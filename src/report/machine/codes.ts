// Reply codes (RFC 5321 §4.2) and enhanced status codes (RFC 3463) in text that strangers wrote. One scan, linear.

const maxScanChars = 16 * 1024

const isDigit = (code: number): boolean => code >= 48 && code <= 57
const isLetter = (code: number): boolean => (code | 32) >= 97 && (code | 32) <= 122

/** A status code at a place in a text. */
export interface FoundStatus {
  /** Canonical: no leading zeros, `5.1.1`. */
  readonly status: string
  readonly at: number
  readonly end: number
}

/** x.0.0 says which class it is and nothing else (RFC 3463 §3.1). */
export function isBareClass(status: string): boolean {
  return status.endsWith('.0.0')
}

/** Every `c.s.d` of the given classes; never a piece of an IP address, a version or a longer number. */
export function statusesIn(text: string, classes = '45'): readonly FoundStatus[] {
  const found: FoundStatus[] = []
  const limit = Math.min(text.length, maxScanChars)
  for (
    let dot = text.indexOf('.');
    dot >= 0 && dot < limit && found.length < 50;
    dot = text.indexOf('.', dot + 1)
  ) {
    const status = statusAt(text, dot - 1, classes)
    if (status) {
      found.push(status)
      dot = status.end - 1
    }
  }
  return found
}

function statusAt(text: string, at: number, classes: string): FoundStatus | null {
  const head = text[at]
  if (head === undefined || !classes.includes(head)) return null
  const before = at > 0 ? text.charCodeAt(at - 1) : 32
  if (isDigit(before) || isLetter(before) || before === 46 /* . */ || before === 95 /* _ */) return null
  const subject = numberAt(text, at + 2)
  if (subject === null || text[subject.end] !== '.') return null
  const detail = numberAt(text, subject.end + 1)
  if (detail === null) return null
  const after = text.charCodeAt(detail.end)
  if (isLetter(after) || (after === 46 && isDigit(text.charCodeAt(detail.end + 1)))) return null
  return { status: `${head}.${subject.value}.${detail.value}`, at, end: detail.end }
}

/** One to three digits that no further digit follows (RFC 3463 §2). */
function numberAt(text: string, at: number): { value: number; end: number } | null {
  let end = at
  while (end < at + 4 && isDigit(text.charCodeAt(end))) end++
  if (end === at || end - at > 3) return null
  return { value: Number(text.slice(at, end)), end }
}

/** The value of a Status field: its first code of any class; comments and trailing words allowed. */
export function statusOfField(value: string): string | null {
  return statusesIn(value, '245')[0]?.status ?? null
}

/**
 * The status code a text states: one that follows a reply code of its class (`550 5.1.1`, `550-5.1.1`, `550 #5.1.1`)
 * before any other, and one with a cause before a bare class. Null where there is none.
 */
export function statusIn(text: string): string | null {
  let best: string | null = null
  let bestRank = 0
  for (const { status, at } of statusesIn(text)) {
    const follows = followsReplyCode(text, at, status[0] ?? '')
    const rank = (isBareClass(status) ? 0 : 2) + (follows ? 1 : 0) + 1
    if (rank > bestRank) {
      best = status
      bestRank = rank
    }
  }
  return best
}

function followsReplyCode(text: string, at: number, statusClass: string): boolean {
  let end = at
  while (end > 0 && at - end < 4 && ' -#([:\'"'.includes(text[end - 1] as string)) end--
  return end >= 3 && text[end - 3] === statusClass && /^\d\d$/.test(text.slice(end - 2, end))
}

/** Words after which three digits are a reply code. */
const introductions = [
  'smtp;',
  'smtp error',
  'said',
  'error',
  'code',
  'reply',
  'response',
  'responded with',
  'responded',
  'returned',
  'status',
  'with',
  'after',
  'answered',
  'failure',
  'reason',
  '<<<',
  '<--',
  'received >>>',
]

/**
 * The 4yz or 5yz reply code a text states, or null. In a diagnostic any three digits that stand alone will do;
 * in free text they must stand where a reply stands: first on a line, before a status code, after `said:` and the like.
 */
export function replyCodeIn(text: string, where: 'diagnostic' | 'text'): number | null {
  const limit = Math.min(text.length - 2, maxScanChars)
  let weak: number | null = null
  for (let at = 0; at < limit; at++) {
    const head = text.charCodeAt(at)
    if (head !== 52 && head !== 53) continue
    if (!isDigit(text.charCodeAt(at + 1)) || !isDigit(text.charCodeAt(at + 2))) continue
    const end = at + 3
    if (!standsAlone(text, at, end)) {
      at = end - 1
      continue
    }
    const code = Number(text.slice(at, end))
    if (statusFollows(text, end, head)) return code
    if (code % 100 < 60 || code % 100 === 71) {
      if (isIntroduced(text, at)) return code
      weak ??= code
    }
    at = end - 1
  }
  return where === 'diagnostic' ? weak : null
}

function standsAlone(text: string, at: number, end: number): boolean {
  const before = at > 0 ? text.charCodeAt(at - 1) : 32
  if (isDigit(before) || isLetter(before) || '.-_/@#+='.includes(String.fromCharCode(before))) return false
  const after = text[end]
  if (after === undefined) return true
  if (after === '.') return !isDigit(text.charCodeAt(end + 1))
  return ' -\n\t#:;,)]"\'<>'.includes(after)
}

function statusFollows(text: string, end: number, head: number): boolean {
  let at = end
  while (at < end + 4 && ' -#(:\'"'.includes(text[at] ?? 'x')) at++
  return text.charCodeAt(at) === head && text[at + 1] === '.' && statusAt(text, at, '45') !== null
}

function isIntroduced(text: string, at: number): boolean {
  const after = text.slice(at + 3, at + 6)
  // `450 KB`, `500 recipients` are no replies; neither is a number that ends a sentence.
  if (/^\s?(?:[kmg]b|bytes|messages|recipients|days|hours|minutes)/i.test(text.slice(at + 3, at + 16)))
    return false
  let end = at
  while (end > 0 && at - end < 20 && ' \t"\'(['.includes(text[end - 1] as string)) end--
  // First on its line, or a continuation that repeats the code.
  if (end === 0 || text[end - 1] === '\n') return /^(?:[ -]\D|:|$)/.test(after) || end === 0
  if (text[end - 1] === ':' && /^(?:[ -]\D|[:,]|\n|$)/.test(after)) return true
  // `ana@example.org - 550 unknown`, `-> 550 unknown`
  if (/(?:^|\s)(?:-{1,2}|[-=]>)$/.test(text.slice(Math.max(0, end - 4), end))) return /^ \D/.test(after)
  const before = text.slice(Math.max(0, end - 16), end).toLowerCase()
  return introductions.some(words => before.endsWith(words))
}

/** How many different replies the lines give. */
export function repliesIn(lines: readonly string[]): number {
  const replies = lines
    .map(line => statusIn(line) ?? replyCodeIn(line, 'text'))
    .filter(reply => reply !== null)
  return new Set(replies).size
}
