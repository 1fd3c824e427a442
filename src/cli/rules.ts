// `rebound rules …`: the operators' rules from a terminal. A running server acts on a change within two seconds.

import { readFile } from 'node:fs/promises'
import { openBase } from '../backend/open.ts'
import type { Rule, RuleDraft } from '../model/rule.ts'
import { draftOf, draftsOf, openRulebook, type Rulebook } from '../rules/rulebook.ts'
import type { Config } from '../settings/config.ts'
import { neededFields } from './rules-commands.ts'
import { CommandError, harmless, type Io, json, table } from './terminal.ts'

const by = { actor: 'cli' } as const

export interface RuleOptions {
  readonly section?: string
  readonly text?: string
  readonly type?: string
  readonly stage?: string
  readonly category?: string
  readonly note?: string
  readonly enabled?: string
  readonly json?: boolean
}

async function withBook(config: Config, work: (book: Rulebook) => Promise<number>): Promise<number> {
  const base = await openBase(config, () => {})
  try {
    const book = await openRulebook(base.rulebook, {
      evidence: config.evidence,
      onError: error => {
        throw error
      },
    })
    try {
      return await work(book)
    } finally {
      await book.close()
    }
  } finally {
    await base.close()
  }
}

async function allOf(book: Rulebook): Promise<readonly Rule[]> {
  const rules: Rule[] = []
  let after: string | undefined
  for (;;) {
    const page = await book.rules.list({ after, limit: 1000 })
    rules.push(...page.items)
    if (page.next === null) return rules
    after = page.next
  }
}

/** Every rule in the order in which it is asked. */
export async function rulesList(config: Config, options: RuleOptions, io: Io): Promise<number> {
  return withBook(config, async book => {
    const rules = await allOf(book)
    if (options.json) for (const rule of rules) io.out(json(rule))
    else
      io.out(
        table(
          ['id', 'stage', 'type', 'section', 'text', 'category', 'source', 'enabled', 'hits', 'last hit'],
          rules.map(rule => [
            rule.id,
            rule.stage,
            rule.type,
            rule.section,
            rule.text,
            rule.category,
            rule.source,
            rule.enabled ? 'yes' : 'no',
            rule.hits,
            rule.lastHitAt?.toISOString() ?? null,
          ]),
        ),
      )
    return 0
  })
}

export async function rulesAdd(config: Config, options: RuleOptions, io: Io): Promise<number> {
  const draft = usable(options)
  return withBook(config, async book => {
    const { rule, isNew } = await book.rules.add(draft, by)
    if (!isNew) io.err('This rule was there already.')
    io.out(options.json ? json(rule) : rule.id)
    return 0
  })
}

/** Changes the fields given. */
export async function rulesSet(config: Config, id: string, options: RuleOptions, io: Io): Promise<number> {
  return withBook(config, async book => {
    const rule = (await allOf(book)).find(each => each.id === id)
    if (rule === undefined) throw absent(id)
    const changed = await book.rules.change(id, usable(options, rule), by)
    if (changed === null) throw absent(id)
    if (options.json) io.out(json(changed))
    else io.err(`Rule ${harmless(id)} is changed.`)
    return 0
  })
}

export async function rulesRemove(config: Config, id: string, options: RuleOptions, io: Io): Promise<number> {
  return withBook(config, async book => {
    if (!(await book.rules.remove(id, by))) throw absent(id)
    if (options.json) io.out(json({ removed: id }))
    else io.err(`Rule ${harmless(id)} is removed.`)
    return 0
  })
}

/** All rules as one JSON document that `import` and `classify --rules` read. */
export async function rulesExport(config: Config, options: RuleOptions, io: Io): Promise<number> {
  return withBook(config, async book => {
    io.out(JSON.stringify({ rules: await allOf(book) }, null, options.json ? 0 : 2))
    return 0
  })
}

/** Adds the rules of a file; those that are there already stay as they are. Nothing is added when one is faulty. */
export async function rulesImport(
  config: Config,
  file: string,
  options: RuleOptions,
  io: Io,
): Promise<number> {
  const drafts = await readDrafts(file)
  return withBook(config, async book => {
    const added = await book.rules.addAll(drafts, by)
    if (options.json) io.out(json({ added, present: drafts.length - added }))
    else io.err(`${added} rules added, ${drafts.length - added} were there already.`)
    return 0
  })
}

/** Brings every shipped rule back as it was shipped. */
export async function rulesRestore(config: Config, options: RuleOptions, io: Io): Promise<number> {
  return withBook(config, async book => {
    await book.restore(by)
    if (options.json) io.out(json({ restored: true }))
    else io.err('The shipped rules are as they were shipped.')
    return 0
  })
}

/** Exits 1 when there is something to mend. */
export async function rulesLint(config: Config, options: RuleOptions, io: Io): Promise<number> {
  return withBook(config, async book => {
    const findings = await book.rules.lint()
    for (const finding of findings)
      io.out(
        options.json ? json(finding) : harmless(`${finding.rule}: ${finding.problem}: ${finding.message}`),
      )
    if (findings.length === 0) io.err('Nothing to mend.')
    return findings.length === 0 ? 0 : 1
  })
}

/** What a new rule, or a change of the rule `--replaces`, would change among the mails that evidence was kept of. */
export async function rulesPreview(
  config: Config,
  options: RuleOptions & { readonly replaces?: string },
  io: Io,
): Promise<number> {
  return withBook(config, async book => {
    const replaced = (await allOf(book)).find(each => each.id === options.replaces)
    const seen = await book.rules.preview(usable(options, replaced), { replaces: options.replaces ?? null })
    if (seen === null) throw absent(options.replaces ?? '')
    if (options.json) io.out(json(seen))
    else {
      io.err(`${seen.changed} of ${seen.examined} stored mails would be judged differently.`)
      const words = (judged: (typeof seen.examples)[number]['before']): string =>
        [judged.kind, judged.type, judged.category].filter(word => word !== null).join(' ')
      if (seen.examples.length > 0)
        io.out(
          table(
            ['event', 'received', 'subject', 'now', 'then'],
            seen.examples.map(each => [
              each.bounceId,
              each.receivedAt.toISOString(),
              each.subject,
              words(each.before),
              words(each.after),
            ]),
          ),
        )
    }
    return 0
  })
}

const absent = (id: string): CommandError =>
  new CommandError(`There is no rule ${harmless(id)}; "rebound rules list" shows what there is.`, 1)

/** The options over a rule that is there, or over nothing; wrong usage names the option. */
function usable(options: RuleOptions, over?: Rule): RuleDraft {
  const { json: _, enabled, ...given } = options
  const reading = draftOf({
    ...over,
    ...given,
    ...(enabled === undefined
      ? {}
      : { enabled: enabled === 'yes' ? true : enabled === 'no' ? false : enabled }),
    ...(options.category === '' ? { category: null } : {}),
  })
  if (reading.ok) return reading.rule
  const said = { ...over, ...given }
  const words = reading.faults.map(({ field, message }) =>
    isNeeded(field) && said[field] === undefined
      ? `--${field} is needed: ${neededFields[field]}`
      : `--${field} ${message}`,
  )
  throw new CommandError(words.join('\n'), 2)
}

const isNeeded = (field: string): field is keyof typeof neededFields => Object.hasOwn(neededFields, field)

async function readDrafts(file: string): Promise<readonly RuleDraft[]> {
  try {
    return draftsOf(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    throw new CommandError(`${file}: ${error instanceof Error ? error.message : String(error)}`, 2)
  }
}
