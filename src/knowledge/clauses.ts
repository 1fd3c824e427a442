// Nouns and predicates of refusals in every language: who a clause is about, and what it says of them. A server says
// that somebody is unknown or refused in more ways than phrases can be listed; that the one is the sender or the
// recipient is said by one noun.

import { type Slot, type Wording, wordingsOf } from './languages.ts'

export type Party = 'sender' | 'server' | 'recipient' | 'elsewhere'
/** `unconfirmed` is English, whose phrases of an absent recipient are listed as causes: it tells of the sender alone. */
export type Predicate = 'absent' | 'unconfirmed' | 'full' | 'refused' | 'disabled' | 'moved'

export interface Noun extends Wording {
  readonly party: Party
}

export interface PredicateWords extends Wording {
  readonly predicate: Predicate
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
  wordingsOf(slot).map(wording => ({ ...wording, party })),
)

const kinds = ['absent', 'unconfirmed', 'full', 'refused', 'disabled', 'moved'] as const

export const predicates: readonly PredicateWords[] = kinds.flatMap(predicate =>
  wordingsOf(`predicates.${predicate}`).map(wording => ({ ...wording, predicate })),
)
