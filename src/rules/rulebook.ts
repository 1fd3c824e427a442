// The operators' rules in force: loads them, judges by them, reloads them when they change, and previews drafts.

import type { Judge } from '../classify/ladder.ts'
import { defaultRules } from '../knowledge/default-rules.ts'
import type { By } from '../model/actor.ts'
import type { Recorded } from '../model/event.ts'
import type { Report } from '../model/report.ts'
import type { PreviewRule, Rule, RuleChange, RuleDraft, RuleFinding, RuleSource } from '../model/rule.ts'
import type { RuleBy, RulebookTables, Rules } from '../model/rulebook.ts'
import type { ExplainBounce, Explanation, Judgement } from '../model/verdict.ts'
import { isOverride, refuseTooBroad } from './breadth.ts'
import { createSample, keepEvidence, reportFromEvidence } from './evidence.ts'
import { lintRules } from './lint.ts'
import { previewEvidence } from './preview.ts'
import { type RuleReading, readRule, readRules } from './rule-file.ts'

/** Reads a rule as a person writes it; all faults at once. */
export const draftOf: (value: unknown) => RuleReading = readRule

/** Reads a whole set of rules; throws an Error that names every faulty one. */
export const draftsOf = (value: unknown): readonly RuleDraft[] =>
  readRules(value).map(({ section, text, type, stage, enabled, category, note }) => ({
    section,
    text,
    type,
    stage,
    enabled,
    category,
    note,
  }))

export interface Rulebook {
  /** By the rules in force when it is asked. */
  readonly judge: (report: Report) => Promise<Judgement>
  readonly explain: (report: Report) => Promise<Explanation>
  readonly rules: Rules & {
    readonly preview: PreviewRule
    readonly lint: () => Promise<readonly RuleFinding[]>
  }
  /** Judges a stored event again by what is kept of its message. */
  readonly explainStored: ExplainBounce
  /** Who wrote the rule that decided; null if no rule of the book did. */
  readonly sourceOf: (ruleId: string) => RuleSource | null
  /** Keeps what is needed to judge this message again; of a flood only a sample. */
  readonly keep: (report: Report, recorded: readonly Recorded[], receivedAt: Date) => void
  /** Restores every shipped rule as it was shipped. */
  readonly restore: (by: By) => Promise<void>
  readonly close: () => Promise<void>
}

/** Ordinary mail that a new rule would hit is found among so many of the newest. */
const lintSamples = 2_000

/** All words of all causes: loaded when something is judged here. Mail that comes in has a thread that judges it. */
const ladder = () => import('../classify/ladder.ts')

/** Opens the rulebook of a migrated database and adds shipped rules that it has never seen. */
export async function openRulebook(
  tables: RulebookTables,
  options: {
    readonly evidence: number
    readonly onError: (error: unknown) => void
    /** Told of the rules in force, before any change of them is answered. */
    readonly onRules?: (rules: readonly Rule[]) => void
  },
): Promise<Rulebook> {
  let inForce: readonly Rule[] = []
  let judge: Judge | null = null
  const judging = async (): Promise<Judge> => {
    const { createJudge } = await ladder()
    judge ??= createJudge({ rules: inForce })
    return judge
  }
  const sources = new Map<string, RuleSource>()
  const watch = tables.watch(rules => {
    inForce = rules
    judge = null
    options.onRules?.(rules)
    sources.clear()
    for (const rule of rules) sources.set(rule.id, rule.source)
  }, options.onError)
  const rules = tables.rules(watch.refresh)
  const isSampled = createSample()
  const evidence = tables.evidence(options.evidence, options.onError)
  try {
    await rules.ship(defaultRules, { restore: false, actor: 'shipped' })
    await watch.refresh()
  } catch (error) {
    await watch.close()
    throw error
  }

  const preview: PreviewRule = async (draft, { replaces }) => {
    const [rules, { createJudge }] = await Promise.all([tables.all(), ladder()])
    if (replaces !== null && !rules.some(rule => rule.id === replaces)) return null
    const drafted: Rule = { ...draft, id: replaces ?? 'draft', source: 'own', hits: 0, lastHitAt: null }
    const before = createJudge({ rules })
    const after = createJudge({ rules: [...rules.filter(rule => rule.id !== replaces), drafted] })
    return await previewEvidence(before, after, evidence)
  }

  const samples = async (): Promise<readonly Report[]> => {
    const kept = await evidence.newest({ limit: lintSamples })
    return kept.flatMap(entry => reportFromEvidence(entry.kept) ?? [])
  }
  const lint = async (): Promise<readonly RuleFinding[]> => lintRules(await tables.all(), await samples())

  /** Throws FieldError for a rule that would have matched much of ordinary mail, unless it is forced. */
  const checkBreadth = async (drafts: readonly RuleDraft[], { force }: RuleBy): Promise<void> => {
    if (!force && drafts.some(isOverride)) refuseTooBroad(drafts, await samples())
  }
  const guarded: Pick<Rules, 'add' | 'addAll' | 'change'> = {
    add: async (draft, by) => {
      await checkBreadth([draft], by)
      return await rules.add(draft, by)
    },
    addAll: async (drafts, by) => {
      await checkBreadth(drafts, by)
      return await rules.addAll(drafts, by)
    },
    change: async (id, change, by) => {
      const before = (await tables.all()).find(rule => rule.id === id)
      if (before) await checkBreadth([{ ...before, ...given(change) }], by)
      return await rules.change(id, change, by)
    },
  }

  return {
    judge: async report => (await judging()).judge(report),
    explain: async report => (await judging()).explain(report),
    explainStored: async event => {
      const report = reportFromEvidence((await evidence.find(event))?.kept ?? '')
      if (report === null) return null
      const { reader, reportingMta, sections } = report
      return { ...(await judging()).explain(report), reader, reportingMta, sections }
    },
    rules: { ...rules, ...guarded, preview, lint },
    sourceOf: ruleId => sources.get(ruleId) ?? null,
    keep: (report, recorded, receivedAt) => {
      // One piece of evidence per message, and only for new messages.
      const event = recorded.find(each => each.isNew)
      if (event === undefined || !isSampled(receivedAt)) return
      evidence.keep({ receivedAt, kind: event.event.kind, bounceId: event.id, kept: keepEvidence(report) })
    },
    restore: by => rules.ship(defaultRules, { restore: true, ...by }),
    close: async () => {
      await watch.close()
      await evidence.close()
    },
  }
}

/** The fields that a change gives. */
function given(change: RuleChange): Partial<RuleDraft> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
}
