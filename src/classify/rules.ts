// The operators' rules: plain case-sensitive texts in four sections, hard before soft before both, in two stages.
// However many there are, a section is read once for all of them.

import type { Rule, RuleSection, RuleStage, RuleType, Sections } from '../model.ts'
import { createSubstringIndex, type SubstringIndex } from './substring-index.ts'

/** The rules of a stage that matches first, null for none. */
export interface RuleBook {
  readonly override: (sections: Sections) => Rule | null
  readonly fallback: (sections: Sections) => Rule | null
}

export const ruleSections: readonly RuleSection[] = ['body', 'subject', 'from', 'recipients']
/** In the order asked: a hard match ends it, and what matches as both is soft. */
export const ruleTypes: readonly RuleType[] = ['hard', 'soft', 'both']
export const ruleStages: readonly RuleStage[] = ['override', 'fallback']

/** Enabled rules only; within a type the order given counts. */
export function compileRules(rules: readonly Rule[]): RuleBook {
  const stage = (wanted: RuleStage): ((sections: Sections) => Rule | null) => {
    const ordered = inOrder(rules.filter(rule => rule.enabled && rule.stage === wanted))
    const shelves = ruleSections.flatMap(section => shelf(ordered, section))
    return sections => {
      let first = Number.POSITIVE_INFINITY
      for (const { section, index, places } of shelves) {
        index.firstMatches(sections[section], pattern => {
          first = Math.min(first, places[pattern] ?? first)
        })
      }
      return ordered[first] ?? null
    }
  }
  return { override: stage('override'), fallback: stage('fallback') }
}

interface Shelf {
  readonly section: RuleSection
  readonly index: SubstringIndex
  /** Each text's place in the order of asking. */
  readonly places: readonly number[]
}

function shelf(ordered: readonly Rule[], section: RuleSection): readonly Shelf[] {
  const places = ordered.flatMap((rule, place) => (rule.section === section ? [place] : []))
  if (places.length === 0) return []
  return [{ section, places, index: createSubstringIndex(places.map(place => ordered[place]?.text ?? '')) }]
}

/** Hard, then soft, then both; stable within a type. */
export function inOrder(rules: readonly Rule[]): readonly Rule[] {
  return ruleTypes.flatMap(type => rules.filter(rule => rule.type === type))
}
