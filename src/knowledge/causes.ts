// The text causes: what servers say in words, one JSON file a category, rows of plain lower-cased substrings.
// Texts are matched against `classify/wording.ts`: no addresses, no IPv4, single spaces.

import type { Category } from '../model/categories.ts'
import authFailure from './causes/auth-failure.json' with { type: 'json' }
import blocked from './causes/blocked.json' with { type: 'json' }
import content from './causes/content.json' with { type: 'json' }
import expired from './causes/expired.json' with { type: 'json' }
import filtered from './causes/filtered.json' with { type: 'json' }
import greylisted from './causes/greylisted.json' with { type: 'json' }
import mailboxDisabled from './causes/mailbox-disabled.json' with { type: 'json' }
import mailboxFull from './causes/mailbox-full.json' with { type: 'json' }
import moved from './causes/moved.json' with { type: 'json' }
import networkError from './causes/network-error.json' with { type: 'json' }
import noPtr from './causes/no-ptr.json' with { type: 'json' }
import nonCompliant from './causes/non-compliant.json' with { type: 'json' }
import notAccepting from './causes/not-accepting.json' with { type: 'json' }
import policy from './causes/policy.json' with { type: 'json' }
import protocolError from './causes/protocol-error.json' with { type: 'json' }
import rateLimited from './causes/rate-limited.json' with { type: 'json' }
import relayingDenied from './causes/relaying-denied.json' with { type: 'json' }
import reputation from './causes/reputation.json' with { type: 'json' }
import security from './causes/security.json' with { type: 'json' }
import senderRejected from './causes/sender-rejected.json' with { type: 'json' }
import spam from './causes/spam.json' with { type: 'json' }
import starttlsFailed from './causes/starttls-failed.json' with { type: 'json' }
import suppressed from './causes/suppressed.json' with { type: 'json' }
import systemError from './causes/system-error.json' with { type: 'json' }
import systemFull from './causes/system-full.json' with { type: 'json' }
import tooBig from './causes/too-big.json' with { type: 'json' }
import unknownDomain from './causes/unknown-domain.json' with { type: 'json' }
import unknownUser from './causes/unknown-user.json' with { type: 'json' }
import virus from './causes/virus.json' with { type: 'json' }
import { allSlots, type Slot, type Wording, wordingsOf } from './languages.ts'
import phrases from './standing-phrases.json' with { type: 'json' }

export type Outweighs = 'code' | 'words'

/** One cause and the words it is told in. */
export interface CauseRow {
  /** `category/name`, unique. */
  readonly id: string
  readonly texts: readonly string[]
  /** Whose words these are: a standard, a program, a provider. */
  readonly source: string
  /** Refusals that this row decides; each is executed by a test. */
  readonly examples: readonly string[]
  /** Loose words: asked only where no other row matches. */
  readonly weak?: boolean
  /** Words of "not now", "not from you" or "not any more": no code of a bad address beside them is to be believed, or not even its words. */
  readonly outweighs?: Outweighs
}

export interface Cause extends CauseRow {
  readonly category: Category
}

/** A row as it stands in a file: nothing of it is known yet. */
type Row = Omit<CauseRow, 'outweighs'> & { readonly outweighs?: string }

const files: Partial<Record<Category, readonly Row[]>> = {
  'unknown-user': unknownUser,
  'unknown-domain': unknownDomain,
  moved,
  'not-accepting': notAccepting,
  'mailbox-full': mailboxFull,
  'mailbox-disabled': mailboxDisabled,
  filtered,
  'too-big': tooBig,
  expired,
  'network-error': networkError,
  'system-error': systemError,
  'system-full': systemFull,
  'protocol-error': protocolError,
  'starttls-failed': starttlsFailed,
  suppressed,
  greylisted,
  blocked,
  reputation,
  'rate-limited': rateLimited,
  'auth-failure': authFailure,
  'no-ptr': noPtr,
  'sender-rejected': senderRejected,
  'relaying-denied': relayingDenied,
  spam,
  virus,
  content,
  policy,
  security,
  'non-compliant': nonCompliant,
}

/** What programs and providers write, in a fixed order: ties are decided by it. */
export const causes: readonly Cause[] = Object.entries(files).flatMap(([category, rows]) =>
  rows.map(row => ({ ...checked(row, category), category: category as Category })),
)

export interface LanguageCause extends Cause {
  readonly wording: Wording
}

/** The refusals that languages tell in whole phrases, each named by file and slot: `languages/de/refusals.mailbox-full`. */
export const languageCauses: readonly LanguageCause[] = allSlots.flatMap(slot => {
  const told = toldBy(slot)
  if (told === null) return []
  return wordingsOf(slot).map(wording => ({
    ...told,
    id: wording.place,
    texts: [wording.text],
    source: wording.place,
    examples: [],
    wording,
  }))
})

function toldBy(slot: Slot): Pick<Cause, 'category' | 'weak' | 'outweighs'> | null {
  if (slot === 'particles.for-now') return { category: 'system-error', weak: true, outweighs: 'words' }
  if (slot === 'predicates.not-found') return { category: 'unknown-user', weak: true }
  if (!slot.startsWith('refusals.')) return null
  const category = slot.slice('refusals.'.length) as Category
  // "Access refused" is what any refusal says.
  return category === 'policy' ? { category, weak: true } : { category }
}

/** A row that is not what it claims stops the start: these files are edited by hand. */
function checked(given: Row, category: string): CauseRow {
  const row = given as CauseRow
  const fault = faultOf(row, category)
  if (fault !== null) throw new Error(`knowledge/causes/${category}.json, row ${row.id}: ${fault}`)
  return row
}

function faultOf({ id, texts, source, examples, outweighs }: CauseRow, category: string): string | null {
  if (!id.startsWith(`${category}/`)) return `its id should begin with ${category}/`
  if (texts.length === 0) return 'it has no texts'
  if (texts.some(text => text.length < 3 || text !== text.toLowerCase()))
    return 'texts are lower case, of 3 characters or more'
  if (source === '' || examples.length === 0) return 'it needs a source and an example'
  return outweighs === undefined || outweighs === 'code' || outweighs === 'words'
    ? null
    : 'it outweighs "code" or "words"'
}

/** Phrases that stand in every notice of a program: words inside them tell nothing. */
export const standingPhrases: readonly { readonly texts: readonly string[]; readonly source: string }[] =
  phrases
