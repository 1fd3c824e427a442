// The templates of the setting for unsigned return paths, parsed and checked once at the start.

import { foldDomain, lowerAscii } from '../model/address.ts'

const names = ['module', 'id', 'campaign', 'mail', 'user', 'domain'] as const
export type Placeholder = (typeof names)[number]

/** Fixed pieces and placeholders alternate: literal 0, placeholder 0, literal 1, …; one more literal than placeholders. */
export interface Template {
  /** Lower-cased; only the first and the last may be empty. */
  readonly literals: readonly string[]
  readonly placeholders: readonly Placeholder[]
  /** Index of the placeholder that may contain the separators around it. */
  readonly elastic: number
  /** The module of what matches, unless a placeholder names it. */
  readonly module: string
  /** Folded; null for any domain of ours. */
  readonly domain: string | null
}

/** Parses `[module: ]local[@domain]`. Throws RangeError naming the template and what to write instead. */
export function parseTemplate(
  text: string,
  modules: readonly string[],
  domains: readonly string[],
): Template {
  const fail = (reason: string): never => {
    throw new RangeError(`legacy template ${JSON.stringify(text)}: ${reason}`)
  }
  const [, prefix, local = '', at] = /^(?:([^:@{]*):)?([^@]*)(?:@(.*))?$/s.exec(text.trim()) ?? []
  // Splitting at a group gives literals at even places and names at odd ones.
  const pieces = local.trim().split(/\{([^{}]*)\}/)
  const literals = pieces.filter((_, index) => index % 2 === 0).map(lowerAscii)
  const placeholders = pieces
    .filter((_, index) => index % 2 === 1)
    .map(name => names.find(known => known === name))
  const known = placeholders.filter(name => name !== undefined)

  if (known.length < placeholders.length) fail(`write one of ${names.map(name => `{${name}}`).join(' ')}`)
  if (literals.some(literal => /[{}\s]/.test(literal))) fail('write placeholders as {id}, and no blanks')
  if (new Set(known).size < known.length) fail('write each placeholder once')
  if (literals.slice(1, -1).includes(''))
    fail('write a separator between two placeholders, such as {id}-{campaign}')
  if (literals.every(literal => literal === '')) fail('write some fixed text, or it takes every address')
  if (/^[bs]-/.test(literals[0] ?? ''))
    fail('addresses that begin with b- or s- are our own signed and stored paths')
  if (known.includes('user') !== known.includes('domain')) fail('write {user} and {domain} together')
  const elastic = known.indexOf(known.includes('id') ? 'id' : 'user')
  if (elastic < 0) fail('write {id}, or {user} and {domain}, so that it names somebody')

  const module = prefix === undefined ? modules[0] : modules.find(name => name === prefix.trim())
  if (module === undefined) return fail(`write a module in front of the colon: ${modules.join(', ')}`)
  if (prefix !== undefined && known.includes('module'))
    fail('write the module in front or as {module}, not both')
  const domain = at === undefined ? null : foldDomain(at.trim())
  if (at !== undefined && (domain === null || !domains.includes(domain))) {
    fail(`write one of our domains behind the @: ${domains.join(', ')}`)
  }
  return { literals, placeholders: known, elastic, module, domain }
}

/** Every fault of a list of templates, so that a start can report them all at once. */
export function templateFaults(
  templates: readonly string[],
  modules: readonly string[],
  domains: readonly string[],
): readonly string[] {
  const folded = domains.map(domain => foldDomain(domain) ?? domain)
  return templates.flatMap(template => {
    try {
      parseTemplate(template, modules, folded)
      return []
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)]
    }
  })
}
