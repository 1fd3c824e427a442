// Nouns and predicates of refusals in every language: who a clause is about, and what it says of them. A server says
// that somebody is unknown or refused in more ways than phrases can be listed; that the one is the sender or the
// recipient is said by one noun.

import { type Slot, wordingsOf } from './languages.ts'

export type Party = 'sender' | 'server' | 'recipient' | 'elsewhere'
/** `unconfirmed` is English, whose phrases of an absent recipient are listed as causes: it tells of the sender alone. */
export type Predicate = 'absent' | 'unconfirmed' | 'full' | 'refused'

/** A text with the file and slot it stands in. */
export interface Noun {
  readonly party: Party
  readonly text: string
  readonly place: string
}

export interface PredicateText {
  readonly predicate: Predicate
  readonly text: string
  readonly place: string
}

const parties: readonly (readonly [Slot, Party])[] = [
  ['nouns.sender', 'sender'],
  ['nouns.server', 'server'],
  ['nouns.recipient', 'recipient'],
  // What a phrase about absence may be about instead of a mailbox.
  ['nouns.list', 'elsewhere'],
  ['nouns.other', 'elsewhere'],
]

export const nouns: readonly Noun[] = parties.flatMap(([slot, party]) =>
  wordingsOf(slot).map(({ text, place }) => ({ party, text, place })),
)

export const predicates: readonly PredicateText[] = (
  ['absent', 'unconfirmed', 'full', 'refused'] as const
).flatMap(predicate =>
  wordingsOf(`predicates.${predicate}`).map(({ text, place }) => ({ predicate, text, place })),
)
