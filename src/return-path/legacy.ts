// Return paths that a CRM made before it had signed ones, such as `bounce-{module}-{id}-{campaign}`: claimed, not proven.
// A template is matched by finding its fixed pieces from both ends, so the time is linear in the stranger's text.

import { foldDomain, lowerAscii } from '../model/address.ts'
import type { SendRef } from '../model/return-path.ts'
import { type Placeholder, parseTemplate, type Template } from './template.ts'

export interface LegacyMatch {
  /** Its `recordId` is empty if the pattern names only an address. */
  readonly send: SendRef
  /** The address that the pattern names, as in `bounces+user=domain`. */
  readonly address: string | null
}

/** Finds what an unwrapped local part at one of our domains claims; null when no template fits. */
export type LegacyMatcher = (local: string, domain: string) => LegacyMatch | null

/**
 * A matcher; the first template that fits decides. Literal text matches in any case, ids keep theirs.
 * A template is `[module: ]local[@domain]` with `{module}` `{id}` `{campaign}` `{mail}` `{user}` `{domain}`; without
 * a module it means the first one, without a domain all of ours.
 * Throws RangeError for a template that cannot work, saying what to write instead.
 */
export function compileLegacy(
  templates: readonly string[],
  modules: readonly string[],
  domains: readonly string[],
): LegacyMatcher {
  const parsed = templates.map(template => parseTemplate(template, modules, domains))
  return (local, domain) => {
    for (const template of parsed) {
      if (template.domain !== null && template.domain !== domain) continue
      const values = findValues(template, local)
      const match = values === null ? null : interpret(template, values, modules)
      if (match !== null) return match
    }
    return null
  }
}

type Values = ReadonlyMap<Placeholder, string>

/**
 * The text at each placeholder: those before the elastic one take the shortest text up to their fixed piece, those
 * behind it the shortest from the right, and the elastic one, the id, what remains, separators included (a UUID).
 */
function findValues(template: Template, text: string): Values | null {
  const { literals, placeholders, elastic } = template
  const lowered = lowerAscii(text)
  const literal = (index: number): string => literals[index] ?? ''
  const last = placeholders.length
  let from = literal(0).length
  let to = text.length - literal(last).length
  if (from >= to || !lowered.startsWith(literal(0)) || !lowered.endsWith(literal(last))) return null

  const values = new Map<Placeholder, string>()
  for (const [index, name] of placeholders.slice(0, elastic).entries()) {
    const end = lowered.indexOf(literal(index + 1), from + 1)
    if (end < 0) return null
    values.set(name, text.slice(from, end))
    from = end + literal(index + 1).length
  }
  for (const [index, name] of [...placeholders.entries()].slice(elastic + 1).reverse()) {
    const separator = literal(index)
    const start = lowered.lastIndexOf(separator, to - separator.length - 1)
    if (start < from) return null
    values.set(name, text.slice(start + separator.length, to))
    to = start
  }
  const name = placeholders[elastic]
  if (name === undefined || from >= to) return null
  return values.set(name, text.slice(from, to))
}

/** Null if a value does not fit its placeholder. */
function interpret(template: Template, values: Values, modules: readonly string[]): LegacyMatch | null {
  const named = values.get('module')
  const module =
    named === undefined ? template.module : modules.find(name => lowerAscii(name) === lowerAscii(named))
  const user = values.get('user')
  const domain = foldDomain(values.get('domain') ?? '')
  const ids = [values.get('id'), values.get('campaign'), values.get('mail')]
  if (module === undefined || ids.some(id => id !== undefined && !isPlainId(id))) return null
  if (user !== undefined && domain === null) return null

  const [recordId = '', campaignId, mailId = null] = ids
  const campaign = campaignId === undefined ? null : { id: campaignId }
  return {
    send: { module, recordId, campaign, mailId, addressCheck: null },
    address: user === undefined ? null : `${user}@${domain}`,
  }
}

/**
 * An id as an address carries it. Narrower than what an id may be (model/validity.ts): `+`, `=` and their like belong to
 * what others wrap around an address, and `42+tag` is the id 42.
 */
export function isPlainId(text: string): boolean {
  return /^[0-9A-Za-z._-]{1,64}$/.test(text)
}
