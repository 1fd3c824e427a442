// Rules as JSON, and what makes a rule valid: for imports, `--rules` and the API.

import { type Category, isCategory } from '../model/categories.ts'
import { type Rule, type RuleDraft, ruleSections, ruleStages, ruleTypes } from '../model/rule.ts'
import { ruleTextFault } from '../model/validity.ts'

export interface RuleFault {
  readonly field: string
  /** What to write instead. */
  readonly message: string
}

export type RuleReading =
  | { readonly ok: true; readonly rule: RuleDraft }
  | { readonly ok: false; readonly faults: readonly RuleFault[] }

export const maxRuleNote = 500

/** Reads `{section, text, type, stage?, enabled?, category?, note?}`; all faults at once. Other fields are left alone. */
export function readRule(value: unknown): RuleReading {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return {
      ok: false,
      faults: [{ field: 'rule', message: 'should be an object with section, text and type' }],
    }
  }
  const given = value as Readonly<Record<keyof RuleDraft, unknown>>
  const faults: RuleFault[] = []
  const oneOf = <T extends string>(field: keyof RuleDraft, words: readonly T[], fallback: T | null): T => {
    const word = given[field] ?? fallback
    const found = words.find(known => known === word)
    if (found === undefined) faults.push({ field, message: `should be ${alternatives(words)}` })
    return found ?? (words[0] as T)
  }
  const section = oneOf('section', ruleSections, null)
  const type = oneOf('type', ruleTypes, null)
  const stage = oneOf('stage', ruleStages, 'override')
  const text = given.text
  const textFault = typeof text === 'string' ? ruleTextFault(text) : 'should be text'
  if (textFault !== null) faults.push({ field: 'text', message: textFault })
  const enabled = given.enabled ?? true
  if (typeof enabled !== 'boolean') faults.push({ field: 'enabled', message: 'should be true or false' })
  const category = given.category ?? null
  const isKnown = category === null || (typeof category === 'string' && isCategory(category))
  if (!isKnown) {
    faults.push({ field: 'category', message: 'should be null or a name that `rebound categories` lists' })
  }
  const note = given.note ?? null
  if (note !== null && (typeof note !== 'string' || [...note].length > maxRuleNote)) {
    faults.push({ field: 'note', message: `should be null or text of at most ${maxRuleNote} characters` })
  }
  if (faults.length > 0) return { ok: false, faults }
  return {
    ok: true,
    rule: {
      section,
      text: text as string,
      type,
      stage,
      enabled: enabled as boolean,
      category: category as Category | null,
      note: note as string | null,
    },
  }
}

function alternatives(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

/**
 * Reads a whole set: an array of rules, or an object with `rules`. Throws an Error that names every faulty rule.
 * Ids, sources and hits are kept where they are given, so that an export can be read back.
 */
export function readRules(value: unknown): readonly Rule[] {
  const list = Array.isArray(value) ? value : (value as { rules?: unknown } | null)?.rules
  if (!Array.isArray(list)) throw new Error('should be an array of rules, or an object with "rules"')
  const faults: string[] = []
  const rules = list.flatMap((item, at): readonly Rule[] => {
    const reading = readRule(item)
    if (!reading.ok) {
      faults.push(...reading.faults.map(({ field, message }) => `rule ${at + 1}: ${field} ${message}`))
      return []
    }
    const { id, source } = item as { id?: unknown; source?: unknown }
    return [
      {
        ...reading.rule,
        id: typeof id === 'string' || typeof id === 'number' ? String(id) : `${at + 1}`,
        source: source === 'shipped' ? 'shipped' : 'own',
        hits: 0,
        lastHitAt: null,
      },
    ]
  })
  if (faults.length > 0) throw new Error(faults.join('\n'))
  return rules
}
