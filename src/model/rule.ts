// The operators' rules.

import type { Category } from './categories.ts'
import type { Sections } from './report.ts'

export type RuleSection = keyof Sections

export type RuleType = 'hard' | 'soft' | 'both'

export type RuleStage = 'override' | 'fallback'

export interface Rule {
  readonly id: string
  readonly section: RuleSection
  /** 1–100 code points, case sensitive, plain. */
  readonly text: string
  readonly type: RuleType
  readonly stage: RuleStage
  readonly source: 'own' | 'shipped'
  readonly enabled: boolean
  readonly category: Category | null
  readonly note: string | null
  readonly hits: number
  readonly lastHitAt: Date | null
}
