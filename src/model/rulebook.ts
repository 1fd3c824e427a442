// What the rulebook needs from the store of the operators' rules.

import type { By } from './actor.ts'
import type { EvidenceStore } from './evidence.ts'
import type { Page, PageQuery } from './page.ts'
import type { Rule, RuleChange, RuleDraft } from './rule.ts'

/** Who changes a rule. A rule that would have matched much of ordinary mail is let in only by `force`. */
export interface RuleBy extends By {
  readonly force?: boolean | undefined
}

/** The operators' rules as they are stored; every change is audited. */
export interface Rules {
  /** In the order in which they were added. */
  readonly list: (page: PageQuery) => Promise<Page<Rule>>
  /** Null when there is no such rule. */
  readonly get: (id: string) => Promise<Rule | null>
  /** What is there already (same section, text, type and stage) is answered as it is. */
  readonly add: (draft: RuleDraft, by: RuleBy) => Promise<{ readonly rule: Rule; readonly isNew: boolean }>
  /** The same for many, in their order, all or none of them; answers how many were not there. */
  readonly addAll: (drafts: readonly RuleDraft[], by: RuleBy) => Promise<number>
  /** Null when there is no such rule; throws FieldError when another rule says the same already. */
  readonly change: (id: string, change: RuleChange, by: RuleBy) => Promise<Rule | null>
  /** False when there was no such rule. */
  readonly remove: (id: string, by: By) => Promise<boolean>
  /** Brings the shipped rules in: only those never seen before, or, to `restore`, all of them as shipped. */
  readonly ship: (shipped: readonly Rule[], options: { readonly restore: boolean } & By) => Promise<void>
}

export interface RulesWatch {
  /** Looks now; resolves when `onRules` has been told of what is new. Rejects when the database is away. */
  readonly refresh: () => Promise<void>
  /** Resolves when no look is under way any more. */
  readonly close: () => Promise<void>
}

export interface RulebookTables {
  /** `onChange` is awaited after each committed change, so that this process acts on it before it answers. */
  readonly rules: (onChange: () => Promise<void>) => Rules
  /** Every rule that is there, in the order in which they were added. */
  readonly all: () => Promise<readonly Rule[]>
  /** Passes every new set of rules to `onRules`, from any writer, until it is closed. */
  readonly watch: (onRules: (rules: readonly Rule[]) => void, onError: (error: unknown) => void) => RulesWatch
  /** `most`: how many entries to keep; 0 keeps none. */
  readonly evidence: (most: number, onError: (error: unknown) => void) => EvidenceStore
}
