// The operators' rules.

import type { Category } from './categories.ts'
import type { Sections } from './report.ts'

export const ruleSections = [
  'body',
  'subject',
  'from',
  'recipients',
] as const satisfies readonly (keyof Sections)[]

export type RuleSection = (typeof ruleSections)[number]

export const ruleTypes = ['hard', 'soft', 'both'] as const

export type RuleType = (typeof ruleTypes)[number]

export const ruleStages = ['override', 'fallback'] as const

export type RuleStage = (typeof ruleStages)[number]

/** `shipped`: of the default set, which may be edited, disabled, restored. */
export const ruleSources = ['own', 'shipped'] as const

export type RuleSource = (typeof ruleSources)[number]

export interface Rule {
  readonly id: string
  readonly section: RuleSection
  /** 1–100 code points, case sensitive, plain. */
  readonly text: string
  readonly type: RuleType
  readonly stage: RuleStage
  readonly source: RuleSource
  readonly enabled: boolean
  readonly category: Category | null
  readonly note: string | null
  readonly hits: number
  readonly lastHitAt: Date | null
}
