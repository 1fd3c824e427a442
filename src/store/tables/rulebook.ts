// The tables of the operators' rules and their evidence, as the book of rules asks for them.

import type { RulebookTables } from '../../model/rulebook.ts'
import type { Store } from '../database/open.ts'
import { createEvidence } from './evidence.ts'
import { allRules } from './rule-rows.ts'
import { createRules } from './rules.ts'
import { watchRules } from './watch-rules.ts'

export function rulebookTables(store: Store): RulebookTables {
  return {
    rules: onChange => createRules(store, onChange),
    all: () => allRules(store),
    watch: (onRules, onError) => watchRules(store, onRules, onError),
    evidence: (most, onError) => createEvidence(store, most, onError),
  }
}
