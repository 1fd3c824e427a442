// The operators' rules.

import type { Category } from './categories.ts'
import type { Kind, Sections } from './report.ts'
import type { BounceType } from './verdict.ts'

export const ruleSections = [
  'body',
  'subject',
  'from',
  'recipients',
] as const satisfies readonly (keyof Sections)[]

export type RuleSection = (typeof ruleSections)[number]

/** In the order asked: a hard match ends it, and what matches as both is soft. */
export const ruleTypes = ['hard', 'soft', 'both'] as const

export type RuleType = (typeof ruleTypes)[number]

export const ruleStages = ['override', 'fallback'] as const

export type RuleStage = (typeof ruleStages)[number]

/** `shipped`: of the default set, which may be edited, disabled, restored. */
export const ruleSources = ['own', 'shipped'] as const

export type RuleSource = (typeof ruleSources)[number]

/** The fields of a rule that a person chooses. */
export interface RuleDraft {
  readonly section: RuleSection
  /** 1–100 code points, case sensitive, plain. */
  readonly text: string
  readonly type: RuleType
  readonly stage: RuleStage
  readonly enabled: boolean
  readonly category: Category | null
  readonly note: string | null
}

/** Only the fields given change. */
export type RuleChange = { readonly [Field in keyof RuleDraft]?: RuleDraft[Field] | undefined }

export interface Rule extends RuleDraft {
  readonly id: string
  readonly source: RuleSource
  readonly hits: number
  readonly lastHitAt: Date | null
}

/** What one mail is judged to be. */
export interface JudgedMail {
  readonly kind: Kind
  readonly type: BounceType | null
  readonly category: Category | null
}

/** What a rule would change among the mails of which evidence is kept. */
export interface RulePreview {
  /** How many mails were judged again. */
  readonly examined: number
  /** How many of them would be judged differently. */
  readonly changed: number
  /** The newest of these, at most 100. */
  readonly examples: readonly {
    readonly bounceId: string | null
    readonly receivedAt: Date
    readonly subject: string | null
    readonly before: JudgedMail
    readonly after: JudgedMail
  }[]
}

/** What a draft would change, in place of the rule `replaces`; null when there is no such rule. */
export type PreviewRule = (
  draft: RuleDraft,
  options: { readonly replaces: string | null },
) => Promise<RulePreview | null>

/**
 * `duplicate`: another enabled rule has the same stage, section, text and type.
 * `unreachable`: wherever it matches an earlier rule has matched and decided.
 * `redundant`: an earlier or broader rule of the same type and category matches wherever it does.
 * `too-broad`: it would have turned other mail into a bounce, or its text is very short.
 */
export const ruleProblems = ['duplicate', 'unreachable', 'redundant', 'too-broad'] as const

export type RuleProblem = (typeof ruleProblems)[number]

/** A fault in a set of rules that are each valid. */
export interface RuleFinding {
  readonly problem: RuleProblem
  readonly rule: string
  /** The rule that prevents it. */
  readonly by?: string
  /** How many samples it hits. */
  readonly samples?: number
  /** For a person: what to do. */
  readonly message: string
}
