// The fields of a rule as a form gives them, and what is wrong with them.

import { categoryNames } from '../model/categories.ts'
import { type Rule, type RuleDraft, ruleSections, ruleStages, ruleTypes } from '../model/rule.ts'
import { ruleTextFault, unprintable } from '../model/validity.ts'
import { type Given, wordIn } from './given.ts'

export interface RuleFields {
  /** Null where something is wrong. */
  readonly draft: RuleDraft | null
  readonly faults: readonly string[]
}

const maxNote = 500

export function ruleIn(given: Given): RuleFields {
  const faults: string[] = []
  const section = wordIn(given.section, ruleSections)
  const type = wordIn(given.type, ruleTypes)
  const stage = wordIn(given.stage, ruleStages) ?? 'override'
  const category = wordIn(given.category, categoryNames) ?? null
  const text = given.text ?? ''
  const note = given.note?.trim() ?? null
  if (section === undefined) faults.push('Choose where to search.')
  if (type === undefined) faults.push('Choose a type.')
  const textFault = ruleTextFault(text)
  if (textFault !== null) faults.push(`The text ${textFault}.`)
  if (note !== null && ([...note].length > maxNote || unprintable.test(note)))
    faults.push(`The note must be one line of at most ${maxNote} characters.`)
  if (section === undefined || type === undefined || faults.length > 0) return { draft: null, faults }
  return { draft: { section, text, type, stage, category, note, enabled: given.enabled !== 'no' }, faults }
}

/** A rule as a form shows it. */
export function givenOf({ section, text, type, stage, category, note, enabled }: RuleDraft): Given {
  return {
    section,
    text,
    type,
    stage,
    category: category ?? undefined,
    note: note ?? undefined,
    enabled: enabled ? 'yes' : 'no',
  }
}

/** In the order asked: override before fallback; in each, hard, then soft, then both. */
export function inOrderAsked(rules: readonly Rule[]): readonly Rule[] {
  const rank = ({ stage, type }: Rule): number =>
    ruleStages.indexOf(stage) * ruleTypes.length + ruleTypes.indexOf(type)
  return [...rules].sort((a, b) => rank(a) - rank(b))
}
