// A rule's fields as options of a command line, alike for every command that takes them.

import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { Rule, RuleDraft } from '../model/rule.ts'
import { fileErrorWords } from '../system/file-error.ts'
import type { JsonOption } from './shell.ts'
import { CommandError } from './terminal.ts'

export interface RuleOptions extends JsonOption {
  readonly section?: string
  readonly text?: string
  readonly type?: string
  readonly stage?: string
  readonly category?: string
  readonly note?: string
  readonly enabled?: string
}

/** What a new rule cannot do without, and what to write there. */
const needed = {
  section: 'body, subject, from or recipients',
  text: '1 to 100 characters, as they stand, case sensitive',
  type: 'hard, soft or both (both means soft)',
} as const

export const withRuleOptions = (command: Command): Command =>
  command
    .option('--section <name>', needed.section)
    .option('--text <text>', needed.text)
    .option('--type <type>', needed.type)
    .option('--stage <stage>', 'override (the default of a new rule) or fallback')
    .option('--category <name>', 'see: rebound categories')
    .option('--note <text>')
    .option('--enabled <yes|no>')
    .option('--json', 'as a JSON object')

/** The options over an existing rule, or over nothing. Throws CommandError (2) that names the option. */
export async function draftFrom({ json: _, ...options }: RuleOptions, over?: Rule): Promise<RuleDraft> {
  const { draftOf } = await import('../rules/rulebook.ts')
  const written = { ...over, ...options, ...enabledOf(options), ...categoryOf(options) }
  const reading = draftOf(written)
  if (reading.ok) return reading.rule
  const words = reading.faults.map(({ field, message }) =>
    isNeeded(field) && written[field] === undefined
      ? `--${field} is needed: ${needed[field]}`
      : `--${field} ${message}`,
  )
  throw new CommandError(words.join('\n'), 2)
}

const isNeeded = (field: string): field is keyof typeof needed => Object.hasOwn(needed, field)

function enabledOf({ enabled }: RuleOptions): { readonly enabled?: boolean | string } {
  if (enabled === undefined) return {}
  const isWord = enabled === 'yes' || enabled === 'no'
  return { enabled: isWord ? enabled === 'yes' : enabled }
}

/** Empty takes the category away. */
const categoryOf = ({ category }: RuleOptions): { readonly category?: null } =>
  category === '' ? { category: null } : {}

/** The rules of a file. Throws CommandError (2) that names every faulty one. */
export async function draftsFrom(file: string): Promise<readonly RuleDraft[]> {
  const { draftsOf } = await import('../rules/rulebook.ts')
  const fault = (words: string): CommandError => new CommandError(`${file}: ${words}`, 2)
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw fault(fileErrorWords(error))
  })
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    throw fault('this is not JSON; write what "rules export" prints')
  }
  try {
    return draftsOf(content)
  } catch (error) {
    throw fault(error instanceof Error ? error.message : String(error))
  }
}
