// The operators' rules: plain case-sensitive texts in four sections, hard before soft before both, in two stages.
// However many there are, a section is read once for all of them.

import { createSubstringIndex } from '../knowledge/substring-index.ts'
import type { Sections } from '../model/report.ts'
import { type Rule, type RuleStage, ruleSections, ruleTypes } from '../model/rule.ts'

/** The rules of a stage that matches first, null for none. */
export interface RuleBook {
  readonly override: (sections: Sections) => Rule | null
  readonly fallback: (sections: Sections) => Rule | null
}

/** Enabled rules only; within a type the order given counts. */
export function compileRules(rules: readonly Rule[]): RuleBook {
  const stage = (wanted: RuleStage): ((sections: Sections) => Rule | null) => {
    const ordered = inOrder(rules.filter(rule => rule.enabled && rule.stage === wanted))
    const search = createRuleSearch(ordered)
    return sections => {
      let first = Number.POSITIVE_INFINITY
      search(sections, place => {
        first = Math.min(first, place)
      })
      return ordered[first] ?? null
    }
  }
  return { override: stage('override'), fallback: stage('fallback') }
}

/** Hard, then soft, then both, as the vocabulary is ordered; stable within a type. */
export function inOrder(rules: readonly Rule[]): readonly Rule[] {
  return ruleTypes.flatMap(type => rules.filter(rule => rule.type === type))
}

/** Tells the place of every rule that matches, once, in no particular order: O(text + rules that match). */
export type RuleSearch = (sections: Sections, onMatch: (place: number) => void) => void

export function createRuleSearch(rules: readonly Rule[]): RuleSearch {
  const shelves = ruleSections.flatMap(section => {
    const places = rules.flatMap((rule, place) => (rule.section === section ? [place] : []))
    if (places.length === 0) return []
    return [{ section, places, index: createSubstringIndex(places.map(place => rules[place]?.text ?? '')) }]
  })
  return (sections, onMatch) => {
    for (const { section, places, index } of shelves) {
      index.firstMatches(sections[section], pattern => {
        const place = places[pattern]
        if (place !== undefined) onMatch(place)
      })
    }
  }
}
