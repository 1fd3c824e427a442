// A server's reply in the ways reporters quote it.

import type { Refusal, Stated } from './situation.ts'

/** `550 5.1.1 <ana@example.org>: user unknown`: the reply on one line. */
export function replyText(refusal: Refusal): string {
  return refusal.status
    ? `${refusal.replyCode} ${refusal.status} ${refusal.text}`
    : `${refusal.replyCode} ${refusal.text}`
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
