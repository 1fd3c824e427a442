// The operators' rules in force: loads them, judges by them, reloads them when they change, and previews drafts.

import { createJudge, type Judge } from '../classify/ladder.ts'
import { defaultRules } from '../knowledge/default-rules.ts'
import type { By } from '../model/actor.ts'
import type { Recorded } from '../model/event.ts'
import type { Report } from '../model/report.ts'
import type { JudgedMail, PreviewRule, Rule, RuleDraft, RulePreview, RuleSource } from '../model/rule.ts'
import type { RulebookTables, Rules } from '../model/rulebook.ts'
import { keepEvidence, reportFromEvidence } from './evidence.ts'
import { lintRules, type RuleFinding } from './lint.ts'
import { previewRules } from './preview.ts'
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

export interface Rulebook extends Pick<Judge, 'judge' | 'explain'> {
  readonly rules: Rules & {
    readonly preview: PreviewRule
    readonly lint: () => Promise<readonly RuleFinding[]>
  }
  /** Who wrote the rule that decided; null if no rule of the book did. */
  readonly sourceOf: (ruleId: string) => RuleSource | null
  /** Keeps what is needed to judge this message again. */
  readonly keep: (report: Report, recorded: readonly Recorded[], receivedAt: Date) => void
  /** Restores every shipped rule as it was shipped. */
  readonly restore: (by: By) => Promise<void>
  readonly close: () => Promise<void>
}

/** How much is judged again before mail and probes get their turn: a few milliseconds. */
const pageSize = 100
const maxExamples = 100
/** Ordinary mail that a new rule would hit is found among so many of the newest. */
const lintSamples = 2_000

/** Opens the rulebook of a migrated database and adds shipped rules that it has never seen. */
export async function openRulebook(
  tables: RulebookTables,
  options: { readonly evidence: number; readonly onError: (error: unknown) => void },
): Promise<Rulebook> {
  let judge: Judge = createJudge({ rules: [] })
  const sources = new Map<string, RuleSource>()
  const watch = tables.watch(rules => {
    judge = createJudge({ rules })
    sources.clear()
    for (const rule of rules) sources.set(rule.id, rule.source)
  }, options.onError)
  const rules = tables.rules(watch.refresh)
  const evidence = tables.evidence(options.evidence, options.onError)
  try {
    await rules.ship(defaultRules, { restore: false, actor: 'shipped' })
    await watch.refresh()
  } catch (error) {
    await watch.close()
    throw error
  }

  const preview: PreviewRule = async (draft, { replaces }) => {
    const rules = await tables.all()
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
          before: mailOf(was),
          after: mailOf(will),
        })
      }
      last = page.at(-1)?.id
      if (last === undefined || page.length < pageSize) return { examined, changed, examples }
    }
  }

  const lint = async (): Promise<readonly RuleFinding[]> => {
    const kept = await evidence.newest({ limit: lintSamples })
    const samples = kept.flatMap(entry => reportFromEvidence(entry.kept) ?? [])
    return lintRules(await tables.all(), samples)
  }

  return {
    judge: report => judge.judge(report),
    explain: report => judge.explain(report),
    rules: { ...rules, preview, lint },
    sourceOf: ruleId => sources.get(ruleId) ?? null,
    keep: (report, recorded, receivedAt) => {
      // One piece of evidence per message, and only for new messages.
      const event = recorded.find(each => each.isNew)
      if (event === undefined) return
      evidence.keep({ receivedAt, kind: event.event.kind, bounceId: event.id, kept: keepEvidence(report) })
    },
    restore: by => rules.ship(defaultRules, { restore: true, ...by }),
    close: async () => {
      await watch.close()
      await evidence.close()
    },
  }
}

function mailOf({ kind, type, category }: JudgedMail): JudgedMail {
  return { kind, type, category }
}
