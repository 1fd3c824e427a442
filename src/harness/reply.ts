// A server's reply in the ways reporters quote it.

import type { Refusal, Stated } from './situation.ts'

/** The reply's lines as they came over the wire: `550-5.1.1 …`, `550 5.1.1 …` (RFC 5321 §4.2.1). */
export function replyLines({ replyCode, status, text }: Refusal): string[] {
  const lines = text.split('\n')
  return lines.map((line, index) => {
    const separator = index < lines.length - 1 ? '-' : ' '
    return `${replyCode}${separator}${status ? `${status} ` : ''}${line}`
  })
}

/** The reply on one line, its lines joined by spaces. */
export function replyText(refusal: Refusal): string {
  return replyLines(refusal).join(' ')
}

/** The last line alone, which some programs keep. */
export function lastReplyLine(refusal: Refusal): string {
  return replyLines(refusal).at(-1) ?? ''
}

/** What a report states that quotes the reply whole. */
export function statedBy(refusal: Refusal): Stated {
  return { status: refusal.status, replyCode: refusal.replyCode }
}

/** What a report states that names no code at all. */
export const nothingStated: Stated = { status: null, replyCode: null }

/** The status of a reply, or where it has none the vague one of its class (as Postfix and others fill in). */
export function statusOrClass(refusal: Refusal): string {
  return refusal.status ?? `${Math.floor(refusal.replyCode / 100)}.0.0`
}

/** Did the server say "later"? */
export function isTemporary({ replyCode }: Refusal): boolean {
  return replyCode < 500
}
