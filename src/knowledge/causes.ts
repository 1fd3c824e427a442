// The text causes: what servers say in words, one JSON file a category, rows of plain lower-cased substrings.
// Texts are matched against `classify/wording.ts`: no addresses, no IPv4, single spaces.

import type { Category } from '../model/categories.ts'
import { filesOf } from './files.ts'
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
  /** Words of a name that does not exist (NXDOMAIN): no later attempt can go better, whatever class the code has. */
  readonly final?: boolean
}

export interface Cause extends CauseRow {
  readonly category: Category
}

/** The categories that have a file of words, in the order in which ties are decided. */
const names = [
  'unknown-user',
  'unknown-domain',
  'moved',
  'not-accepting',
  'mailbox-full',
  'mailbox-disabled',
  'filtered',
  'too-big',
  'expired',
  'network-error',
  'system-error',
  'system-full',
  'protocol-error',
  'starttls-failed',
  'suppressed',
  'greylisted',
  'blocked',
  'reputation',
  'rate-limited',
  'auth-failure',
  'no-ptr',
  'sender-rejected',
  'relaying-denied',
  'spam',
  'virus',
  'content',
  'policy',
  'security',
  'non-compliant',
] as const satisfies readonly Category[]

/** What programs and providers write, in a fixed order: ties are decided by it. */
export const causes: readonly Cause[] = Object.entries(
  filesOf<(typeof names)[number], readonly CauseRow[]>('causes', names),
).flatMap(([category, rows]) => rows.map(row => ({ ...row, category: category as Category })))

export interface LanguageCause extends Cause {
  readonly wording: Wording
}

/** The refusals that languages tell in whole phrases, each named by file and slot: `languages/de/refusals.mailbox-full`. */
export const languageCauses: readonly LanguageCause[] = allSlots.flatMap(slot => {
  const told = toldBy(slot)
  if (told === null) return []
  // Spread last: thousands of objects that grow after a spread take ten times as long.
  return wordingsOf(slot).map(wording => ({
    id: wording.place,
    texts: [wording.text],
    source: wording.place,
    examples: [],
    wording,
    ...told,
  }))
})

function toldBy(slot: Slot): Pick<Cause, 'category' | 'weak' | 'outweighs' | 'final'> | null {
  if (slot === 'particles.for-now') return { category: 'system-error', weak: true, outweighs: 'words' }
  if (slot === 'predicates.not-found') return { category: 'unknown-user', weak: true }
  if (!slot.startsWith('refusals.')) return null
  const category = slot.slice('refusals.'.length) as Category
  if (category === 'unknown-domain') return { category, final: true }
  // "Access refused" is what any refusal says.
  return category === 'policy' ? { category, weak: true } : { category }
}

/** Phrases that stand in every notice of a program: words inside them tell nothing. */
export const standingPhrases: readonly { readonly texts: readonly string[]; readonly source: string }[] =
  phrases
