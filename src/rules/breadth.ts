// Whether an override rule is so broad that it would turn people's mail into bounces.

import { createRuleSearch } from '../classify/rules.ts'
import { FieldError } from '../model/field-error.ts'
import type { Report } from '../model/report.ts'
import type { Rule, RuleDraft } from '../model/rule.ts'

/** Of the ordinary mail that is stored: what matches more of it says nothing about bounces. */
const maxShare = 0.1
/** Of fewer mails a tenth means nothing. */
const minOrdinary = 20

/**
 * Throws FieldError for the first rule that is enabled, decides before everything else, and would have matched over a
 * tenth of the ordinary mail among the samples.
 */
export function refuseTooBroad(drafts: readonly RuleDraft[], samples: readonly Report[]): void {
  const rules = drafts.filter(isOverride).map((draft): Rule => ({ ...draft, ...unknown }))
  const ordinary = samples.filter(({ kind }) => kind === 'ordinary')
  if (rules.length === 0 || ordinary.length < minOrdinary) return
  const search = createRuleSearch(rules)
  const hits = rules.map(() => 0)
  for (const { sections } of ordinary)
    search(sections, place => {
      hits[place] = (hits[place] ?? 0) + 1
    })
  const broad = hits.findIndex(count => count > ordinary.length * maxShare)
  const rule = rules[broad]
  if (rule === undefined) return
  throw new FieldError(
    'text',
    `“${rule.text}” would make bounces of ${hits[broad]} of ${ordinary.length} stored ordinary mails: use a longer text, make it a fallback rule, or force it (--force, ?force=true)`,
  )
}

/** Can this rule turn any mail into a bounce? */
export const isOverride = ({ enabled, stage }: RuleDraft): boolean => enabled && stage === 'override'

/** What a rule that is not stored yet does not have. */
const unknown = { id: '', source: 'own', hits: 0, lastHitAt: null } as const
