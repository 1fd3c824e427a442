// Whose move it is after a failure, and what the refusal says of the way on: when to come back, which list, which page.

import { type Category, groupOf } from '../model/categories.ts'
import type { RecipientReport } from '../model/report.ts'
import type { Advice, Verdict } from '../model/verdict.ts'

const byCategory: Partial<Record<Category, Advice>> = {
  'mailbox-disabled': 'ask-recipient',
  filtered: 'ask-recipient',
  suppressed: 'ask-recipient',
  'too-big': 'fix-content',
  'protocol-error': 'fix-sending',
  'starttls-failed': 'fix-sending',
  spam: 'fix-content',
  virus: 'fix-content',
  content: 'fix-content',
  'non-compliant': 'fix-content',
}

/** What to do: hard verdicts cost the address, the sender's faults are to be mended, everything else passes. */
export function adviceOf({ type, category }: Verdict): Advice {
  if (type === 'hard') return 'remove'
  return byCategory[category] ?? (groupOf(category) === 'blocked' ? 'fix-sending' : 'wait')
}

/** What a refusal names beside its cause; null for what it does not name. */
export interface Hints {
  /** Seconds after which the server said to come back. */
  readonly retryAfter: number | null
  /** The zone or name of the block list. */
  readonly blocklist: string | null
  readonly helpUrl: string | null
}

const MAX_SEARCHED_CHARS = 4096
const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }
const again =
  /\b(?:try again|retry|come back|resume|wait|greylisted for|delayed for)\b[^.\n]{0,40}?\b(\d{1,6}) ?(s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|d(?:ays?)?)\b/i
const lists =
  /\b((?:[a-z0-9-]{1,40}\.){0,4}(?:spamhaus\.(?:org|net)|spamcop\.net|barracudacentral\.org|sorbs\.net|uceprotect\.net|abuseat\.org|mailspike\.(?:net|org)|spamrats\.com|psbl\.surriel\.com|abusix\.zone|invaluement\.com|nixspam\.net|manitu\.net))\b/i
const zone = /\b(?:using|listed (?:in|on|at|by)|blocked by) ((?:[a-z0-9-]{1,40}\.){1,5}[a-z]{2,24})\b/i
const link = /https?:\/\/[^\s<>"'()[\]]{3,300}/i

export function hintsOf({ diagnostic, explanation }: RecipientReport): Hints {
  const words = (diagnostic ?? explanation).slice(0, MAX_SEARCHED_CHARS)
  const [, count, unit = ''] = again.exec(words) ?? []
  const perUnit = units[unit.charAt(0).toLowerCase()]
  return {
    retryAfter: count === undefined || perUnit === undefined ? null : Number(count) * perUnit,
    blocklist: (lists.exec(words)?.[1] ?? zone.exec(words)?.[1])?.toLowerCase() ?? null,
    helpUrl: link.exec(words)?.[0].replace(/[.,;:]$/, '') ?? null,
  }
}

export const noHints: Hints = { retryAfter: null, blocklist: null, helpUrl: null }
