// The cause that words tell: those of the server first, then those of the notice around them.

import type { Stage } from '../knowledge/stages.ts'
import { type StatusCode, statusRow } from '../knowledge/status-codes.ts'
import { type Category, groupOf } from '../model/categories.ts'
import type { RecipientReport } from '../model/report.ts'
import type { CauseMatch } from './candidates.ts'
import type { CauseMatches } from './cause-matches.ts'
import { isSpoken, type TextMatches } from './text-matches.ts'

/** The words about one failure. */
export interface Told {
  readonly recipient: RecipientReport
  readonly diagnostic: TextMatches
  readonly inDiagnostic: CauseMatches
  readonly inNotice: () => CauseMatches
  /** What a refusal before RCPT is about when its words say nothing plainer. */
  readonly beforeRecipient: CauseMatch | null
  readonly stage: Stage | null
  readonly status: StatusCode | null
}

/**
 * The cause told: by the server plainly, by the notice plainly, by the command refused, by the server loosely, by the
 * notice loosely where the server said nothing. A notice does not make hard what the server said otherwise.
 */
export function readText(told: Told): CauseMatch | null {
  const { inDiagnostic, inNotice, beforeRecipient, stage, status } = told
  const plain = inDiagnostic.plain[0] ?? plainlyAround(inDiagnostic, inNotice())
  const best = plain ?? (beforeRecipient === null ? looselyTold(told) : null)
  if (best === null) return beforeRecipient
  // "It waited too long" is what became of a refusal, not its reason.
  if (best.category === 'expired' && beforeRecipient !== null) return beforeRecipient
  if (groupOf(best.category) !== 'hard') return best
  if (beforeRecipient !== null) return beforeRecipient
  if (best.category !== 'unknown-user') return best
  // X.7.z is about who sends: under it `address rejected` and `mailbox unavailable` do not say that nobody is there.
  if (plain === null && status?.subject === 7) return null
  // What the status says of the mailbox stands: the vague rung reads it. Only a plain `user unknown` knows better.
  const isDisabled = status?.class === 5 && status.subject === 2 && status.detail === 1
  if (isDisabled && plain === null) return null
  return stage === 'data' && isHidden(told) ? { ...best, id: 'stage/data', category: 'filtered' } : best
}

/**
 * Japanese mobile carriers hide a personal filter: after DATA, when the address had been accepted at RCPT, they say
 * `550 Unknown user ana@docomo.example` (docomo) or `550 : User unknown` (au). Their rows know them by domain and host;
 * a gateway that relays for them is known by this form alone, which has no status code.
 */
const hidden = /(?:^|[\s:;])550[ -](?:unknown user[ :]{1,3}["'<]?[^\s<>@]{1,64}@|:{1,2} user unknown)/

function isHidden({ recipient: { diagnostic, explanation } }: Told): boolean {
  return hidden.test((diagnostic ?? explanation).slice(0, 2048).toLowerCase())
}

function plainlyAround({ loose }: CauseMatches, inNotice: CauseMatches): CauseMatch | null {
  return inNotice.plain.find(({ category }) => loose.length === 0 || groupOf(category) !== 'hard') ?? null
}

function looselyTold({ inDiagnostic, inNotice, diagnostic, status, recipient }: Told): CauseMatch | null {
  // A code, vague or not, knows more than what the words are about; X.0.0 and "refused" say nothing.
  const known = status === null ? null : statusRow(status).category
  // RFC 7504: 521 and 556 say it alone.
  const isClosed = recipient.replyCode === 521 || recipient.replyCode === 556
  const isOpen = !isClosed && (known === null || known === 'undetermined' || known === 'policy')
  const counts = ({ isGist }: CauseMatch): boolean => isOpen || !isGist
  const hint = inDiagnostic.loose.find(counts)
  if (hint !== undefined) return hint
  const around = inNotice().loose.find(counts)
  return around === undefined || isSpoken(diagnostic) ? null : around
}

/** Causes that a server can only give of an address that exists, or that it could not look up. */
const doubts: readonly Category[] = [
  'mailbox-full',
  'filtered',
  'suppressed',
  'too-big',
  'greylisted',
  'system-error',
  'system-full',
  'network-error',
  'expired',
]

/** What was plainly told that a code for a bad address cannot mean. */
export function doubtOf({ diagnostic, inDiagnostic, inNotice }: Told): CauseMatch | null {
  const doubt = doubtIn(inDiagnostic)
  if (doubt !== null || isSpoken(diagnostic)) return doubt
  // Where the server's own words were not told apart, what the notice says plainly.
  return doubtIn({ plain: inNotice().plain, loose: [] })
}

function doubtIn({ plain, loose }: CauseMatches): CauseMatch | null {
  const strongest = plain.length > 0 ? plain : loose
  // `user unknown: backend timeout`: it never knew. Of a domain, a timeout is what the reporting MTA tried before.
  const unreached = [...plain, ...loose].find(({ outweighs }) => outweighs === 'words')
  if (unreached !== undefined && !strongest.some(({ category }) => category === 'unknown-domain'))
    return unreached
  // `recipient unknown at first contact, greylisted`: it did not look yet.
  const greylisted = plain.find(({ category }) => category === 'greylisted')
  if (greylisted !== undefined) return greylisted
  // Loose words of a bad address, like `recipient address rejected`, stand before any reason: one that is for now counts.
  if (plain.some(({ category }) => groupOf(category) === 'hard')) return null
  const isDoubt = ({ category, outweighs }: CauseMatch): boolean =>
    outweighs !== undefined || (plain.length > 0 && doubts.includes(category))
  return strongest.find(isDoubt) ?? null
}
