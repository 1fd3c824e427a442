// What a file of `knowledge/languages` must be: these files are edited by hand, and read by the program as they stand.

import { folded } from '../../src/knowledge/folding.ts'
import { slots } from '../../src/knowledge/languages.ts'

/** What is wrong with a language's parsed file, and where; null for nothing. */
export function languageFault(code: string, file: unknown): string | null {
  const told = (place: string, fault: string): string =>
    `knowledge/languages/${code}.json${place === '' ? '' : `, ${place}`}: ${fault}`
  if (!isObject(file) || typeof file.name !== 'string') return told('', 'it needs a "name" for its language')
  const { name: _, ...groups } = file
  for (const [group, given] of Object.entries(groups)) {
    const known: readonly string[] | undefined = (slots as Record<string, readonly string[]>)[group]
    if (known === undefined || !isObject(given))
      return told(group, `groups are ${Object.keys(slots).join(', ')}, each with slots`)
    for (const [slot, rows] of Object.entries(given)) {
      const place = `${group}.${slot}`
      if (!known.includes(slot)) return told(place, `slots of ${group} are ${known.join(', ')}`)
      if (!Array.isArray(rows) || rows.length === 0) return told(place, 'a slot is a list of entries')
      const seen = new Set<string>()
      for (const [at, row] of rows.entries()) {
        const fault = entryFault(row, seen)
        if (fault !== null) return told(`${place}, entry ${at + 1}`, fault)
      }
    }
  }
  return null
}

/** `seen` collects the texts of a slot. */
function entryFault(row: unknown, seen: Set<string>): string | null {
  if (!isObject(row)) return 'an entry has "texts", "source" and "examples"'
  const { texts, source, examples } = row
  if (!Array.isArray(texts) || texts.length === 0) return 'it has no "texts"'
  for (const text of texts) {
    if (typeof text !== 'string' || text.trim() === '') return `${JSON.stringify(text)} is not a text`
    if (text !== text.toLowerCase()) return `"${text}" must be in lower case`
    const bare = folded(text).replace(/^\*|\*$/g, '')
    if (bare.trim() === '' || bare.includes('*')) return `"${text}": a * stands at an end of a text`
    if (seen.has(bare)) return `"${bare}" stands twice in this slot`
    seen.add(bare)
  }
  if (typeof source !== 'string' || source === '')
    return 'it needs a "source": the program that writes so, or "composed"'
  if (!Array.isArray(examples) || examples.length === 0) return 'it needs an example'
  const isExample = (each: unknown): boolean =>
    isObject(each) && typeof each.say === 'string' && typeof each.expect === 'string'
  return examples.every(isExample) ? null : 'an example is {"say": "…", "expect": "…"}'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
