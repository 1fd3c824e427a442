// The operators' rules in force: brought in, judged by, renewed when they change, tried out before they act.

import { createJudge, type Judge } from '../classify/ladder.ts'
import { defaultRules } from '../knowledge/default-rules.ts'
import type { Category } from '../model/categories.ts'
import type { Recorded } from '../model/event.ts'
import type { Kind, Report } from '../model/report.ts'
import type { Rule } from '../model/rule.ts'
import type { BounceType } from '../model/verdict.ts'
import type { Store } from '../store/database/open.ts'
import { createEvidence } from '../store/tables/evidence.ts'
import { allRules } from '../store/tables/rule-rows.ts'
import { createRules, type RuleDraft, type Rules } from '../store/tables/rules.ts'
import { watchRules } from '../store/tables/watch-rules.ts'
import { keepEvidence, reportFromEvidence } from './evidence.ts'
import { lintRules, type RuleFinding } from './lint.ts'
import { previewRules } from './preview.ts'
import { type RuleReading, readRule, readRules } from './rule-file.ts'

export type Draft = RuleDraft

/** Reads a rule as a person writes it; all faults at once. */
export const draftOf: (value: unknown) => RuleReading = readRule

/** Reads a whole set of rules; throws an Error that names every faulty one. */
export const draftsOf = (value: unknown): readonly Draft[] =>
  readRules(value).map(({ section, text, type, stage, enabled, category, note }) => ({
    section,
    text,
    type,
    stage,
    enabled,
    category,
    note,
  }))

export interface Rulebook extends Pick<Judge, 'judge' | 'explain'> {
  readonly rules: Rules & {
    readonly preview: PreviewRule
    readonly lint: () => Promise<readonly RuleFinding[]>
  }
  /** Who wrote the rule that decided; null for what is no rule of the book. */
  readonly sourceOf: (ruleId: string) => Rule['source'] | null
  /** Keeps what judging this message again needs. */
  readonly keep: (report: Report, recorded: readonly Recorded[], receivedAt: Date) => void
  /** Brings every shipped rule back as it was shipped. */
  readonly restore: (by: { readonly actor: string }) => Promise<void>
  readonly close: () => Promise<void>
}

interface Judged {
  readonly kind: Kind
  readonly type: BounceType | null
  readonly category: Category | null
}

export interface RulePreview {
  readonly examined: number
  readonly changed: number
  readonly examples: readonly {
    readonly bounceId: string | null
    readonly receivedAt: Date
    readonly subject: string | null
    readonly before: Judged
    readonly after: Judged
  }[]
}

/** What a draft would change among stored mails, in place of the rule `replaces`; null when that is absent. */
export type PreviewRule = (
  draft: RuleDraft,
  options: { readonly replaces: string | null },
) => Promise<RulePreview | null>

/** What is judged again before mail and probes have their turn: a few milliseconds. */
const pageSize = 100
const maxExamples = 100
/** Ordinary mail that a new rule would hit is found among so many of the newest. */
const lintSamples = 2_000

/** Opens the book of a database that is migrated. Shipped rules never seen before are brought in. */
export async function openRulebook(
  store: Store,
  options: { readonly evidence: number; readonly onError: (error: unknown) => void },
): Promise<Rulebook> {
  let judge: Judge = createJudge({ rules: [] })
  const sources = new Map<string, Rule['source']>()
  const watch = watchRules(
    store,
    rules => {
      judge = createJudge({ rules })
      sources.clear()
      for (const rule of rules) sources.set(rule.id, rule.source)
    },
    options.onError,
  )
  const rules = createRules(store, watch.refresh)
  const evidence = createEvidence(store, options.evidence, options.onError)
  try {
    await rules.ship(defaultRules, { restore: false, actor: 'shipped' })
    await watch.refresh()
  } catch (error) {
    watch.close()
    throw error
  }

  const preview: PreviewRule = async (draft, { replaces }) => {
    const rules = await allRules(store)
    if (replaces !== null && !rules.some(rule => rule.id === replaces)) return null
    const drafted: Rule = { ...draft, id: replaces ?? 'draft', source: 'own', hits: 0, lastHitAt: null }
    const before = createJudge({ rules })
    const after = createJudge({ rules: [...rules.filter(rule => rule.id !== replaces), drafted] })
    const examples: RulePreview['examples'][number][] = []
    let examined = 0
    let changed = 0
    let last: string | undefined
    for (;;) {
      const page = await evidence.newest({ before: last, limit: pageSize })
      const found = previewRules(before, after, page)
      examined += found.judged
      changed += found.changed
      for (const { id, subject, before: was, after: will } of found.differences) {
        const entry = page.find(each => each.id === id)
        if (entry === undefined || examples.length >= maxExamples) continue
        examples.push({
          bounceId: entry.bounceId,
          receivedAt: entry.receivedAt,
          subject: subject === '' ? null : subject,
          before: judgedOf(was),
          after: judgedOf(will),
        })
      }
      last = page.at(-1)?.id
      if (last === undefined || page.length < pageSize) return { examined, changed, examples }
    }
  }

  const lint = async (): Promise<readonly RuleFinding[]> => {
    const kept = await evidence.newest({ limit: lintSamples })
    const samples = kept.flatMap(entry => reportFromEvidence(entry.kept) ?? [])
    return lintRules(await allRules(store), samples)
  }

  return {
    judge: report => judge.judge(report),
    explain: report => judge.explain(report),
    rules: { ...rules, preview, lint },
    sourceOf: ruleId => sources.get(ruleId) ?? null,
    keep: (report, recorded, receivedAt) => {
      // One piece of evidence a message, and only for messages that are new.
      const event = recorded.find(each => each.isNew)
      if (event === undefined) return
      evidence.keep({ receivedAt, kind: event.event.kind, bounceId: event.id, kept: keepEvidence(report) })
    },
    restore: by => rules.ship(defaultRules, { restore: true, ...by }),
    close: async () => {
      watch.close()
      await evidence.close()
    },
  }
}

function judgedOf(outcome: {
  readonly kind: Kind
  readonly type: string | null
  readonly category: string | null
}): Judged {
  return {
    kind: outcome.kind,
    type: outcome.type as BounceType | null,
    category: outcome.category as Category | null,
  }
}
