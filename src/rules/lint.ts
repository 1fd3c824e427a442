// Finds faults in a set of rules that are each valid: duplicates, rules that are never reached, and rules so broad
// that they match mail that is not a bounce.

import { createRuleSearch, inOrder } from '../classify/rules.ts'
import { createSubstringIndex } from '../knowledge/substring-index.ts'
import type { Kind, Report } from '../model/report.ts'
import { type Rule, type RuleFinding, ruleSections, ruleStages } from '../model/rule.ts'

const shortText = 3

/**
 * Looks at the enabled rules.
 * @param samples messages seen before, of any kind: those that are not bounces reveal a rule that is too broad.
 */
export function lintRules(rules: readonly Rule[], samples: readonly Report[] = []): readonly RuleFinding[] {
  const enabled = rules.filter(rule => rule.enabled)
  return [...shadowed(enabled), ...tooBroad(enabled, samples)]
}

/** Rules in the order asked: override before fallback, hard, soft, both. */
function asked(rules: readonly Rule[]): readonly Rule[] {
  return ruleStages.flatMap(stage => inOrder(rules.filter(rule => rule.stage === stage)))
}

function shadowed(rules: readonly Rule[]): readonly RuleFinding[] {
  const ordered = asked(rules)
  return ruleSections.flatMap(section => {
    const own = ordered.filter(rule => rule.section === section)
    const index = createSubstringIndex(own.map(rule => rule.text))
    return own.flatMap((rule, place): readonly RuleFinding[] => {
      // The first rule, in the order asked, whose text is part of this rule's text matches wherever this one does.
      let earliest = place
      let broader: number | null = null
      index.firstMatches(rule.text, other => {
        if (other < earliest) earliest = other
        else if (other > place && broader === null && isSameVerdict(rule, own[other])) broader = other
      })
      const before = earliest < place ? own[earliest] : undefined
      if (before !== undefined) return [hidden(rule, before)]
      const after = broader === null ? undefined : own[broader]
      if (after === undefined || after.text === rule.text) return []
      return [
        {
          problem: 'redundant',
          rule: rule.id,
          by: after.id,
          message: `rule ${after.id} (“${after.text}”) matches wherever this one does, with the same result: one of them is enough`,
        },
      ]
    })
  })
}

function hidden(rule: Rule, before: Rule): RuleFinding {
  if (before.text === rule.text && before.type === rule.type && before.stage === rule.stage) {
    return {
      problem: 'duplicate',
      rule: rule.id,
      by: before.id,
      message: `the same as rule ${before.id}: remove one of them`,
    }
  }
  const first = `rule ${before.id} (${before.stage}, ${before.type}, “${before.text}”)`
  return {
    problem: 'unreachable',
    rule: rule.id,
    by: before.id,
    message: `never decides: ${first} matches wherever this one does and is tried first`,
  }
}

function isSameVerdict(rule: Rule, other: Rule | undefined): boolean {
  return (
    other !== undefined &&
    other.stage === rule.stage &&
    (other.type === 'hard') === (rule.type === 'hard') &&
    other.category === rule.category
  )
}

const noBounce: ReadonlySet<Kind> = new Set(['ordinary', 'auto-reply', 'delivered', 'receipt'])

function tooBroad(rules: readonly Rule[], samples: readonly Report[]): readonly RuleFinding[] {
  const search = createRuleSearch(rules)
  const hits = rules.map(() => 0)
  let innocent = 0
  for (const { kind, sections } of samples) {
    if (!noBounce.has(kind)) continue
    innocent++
    search(sections, place => {
      // A fallback rule is only ever asked about ordinary mail.
      if (kind === 'ordinary' || rules[place]?.stage === 'override') hits[place] = (hits[place] ?? 0) + 1
    })
  }
  return rules.flatMap((rule, place): readonly RuleFinding[] => {
    const count = hits[place] ?? 0
    if (count > 0) {
      const message = `makes bounces of ${count} of ${innocent} stored mails that are not bounces: if that is wrong, use a longer text`
      return [{ problem: 'too-broad', rule: rule.id, samples: count, message }]
    }
    if ([...rule.text].length >= shortText && rule.text.trim() !== '') return []
    const message = `“${rule.text}” occurs in nearly any mail: use a longer text`
    return [{ problem: 'too-broad', rule: rule.id, message }]
  })
}
