// `rebound rules …`: the operators' rules from a terminal. A running server acts on a change within two seconds.

import type { Command } from 'commander'
import { FieldError } from '../../model/field-error.ts'
import type { Rule, RulePreview } from '../../model/rule.ts'
import type { Rulebook } from '../../rules/rulebook.ts'
import { refuseMissing } from '../ledger.ts'
import { draftFrom, draftsFrom, type RuleOptions, withRuleOptions } from '../rule-options.ts'
import type { Define, JsonOption, Shell } from '../shell.ts'
import { printTable } from '../table.ts'
import { CommandError, harmless, type Io, json } from '../terminal.ts'

interface ForceOption {
  readonly force?: boolean
}

interface PreviewOptions extends RuleOptions {
  readonly replaces?: string
}

const by = { actor: 'cli' } as const

export const rulesCommands: Define = (rules, shell) => {
  const { hints, exit } = shell
  /** A subcommand with its example. */
  const sub = (name: string, description: string, example: string): Command =>
    rules
      .command(name)
      .description(description)
      .addHelpText('after', `\nExample: ${hints.rebound(`rules ${example}`)}`)
  sub('list', 'all rules in the order in which they are asked', 'list')
    .option('--json', 'one JSON object a line')
    .action(async (options: JsonOption) => exit(await list(options, shell)))
  withForce(
    withRuleOptions(
      sub('add', 'add a rule; prints its id', "add --section subject --text 'Mailbox closed' --type hard"),
    ),
  ).action(async (options: RuleOptions & ForceOption) => exit(await add(options, shell)))
  withForce(
    withRuleOptions(sub('set', 'change the fields given', 'set 12 --enabled no').argument('<id>')),
  ).action(async (id: string, options: RuleOptions & ForceOption) => exit(await set(id, options, shell)))
  sub('remove', 'remove a rule', 'remove 12')
    .argument('<id>')
    .option('--json', 'as a JSON object')
    .action(async (id: string, options: JsonOption) => exit(await remove(id, options, shell)))
  withForce(sub('import', 'add the rules of a file (JSON)', 'import rules.json').argument('<file>'))
    .option('--json', 'how many, as a JSON object')
    .action(async (file: string, options: JsonOption & ForceOption) =>
      exit(await importFile(file, options, shell)),
    )
  sub('export', 'print all rules as JSON', 'export > rules.json')
    .option('--json', 'on one line')
    .action(async (options: JsonOption) => exit(await exportAll(options, shell)))
  sub('restore', 'bring the shipped rules back as they were shipped', 'restore')
    .option('--json', 'as a JSON object')
    .action(async (options: JsonOption) => exit(await restore(options, shell)))
  sub('lint', 'duplicate, unreachable and too broad rules; exits 1 when there are any', 'lint')
    .option('--json', 'one JSON object a line')
    .action(async (options: JsonOption) => exit(await lint(options, shell)))
  withRuleOptions(
    sub(
      'preview',
      'what a rule would change among stored mails, before it acts',
      "preview --section body --text 'no longer works here' --type hard",
    ),
  )
    .option('--replaces <id>', 'as if this rule were changed so')
    .action(async (options: PreviewOptions) => exit(await preview(options, shell)))
}

const withForce = (command: Command): Command =>
  command.option('--force', 'even if it would have matched over a tenth of the stored ordinary mail')

/** Lets a rule in or refuses it in the words of the command line. */
async function letIn<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    if (error instanceof FieldError) throw new CommandError(`--${error.field} ${error.message}`, 1)
    throw error
  }
}

async function withBook<Result>(
  { config }: Shell,
  work: (book: Rulebook) => Promise<Result>,
  { creates = false }: { readonly creates?: boolean } = {},
): Promise<Result> {
  const settings = await config()
  if (!creates) await refuseMissing(settings)
  const [{ openBase }, { openRulebook }] = await Promise.all([
    import('../../backend/open.ts'),
    import('../../rules/rulebook.ts'),
  ])
  const base = await openBase(settings, null)
  try {
    const book = await openRulebook(base.rulebook, {
      evidence: settings.evidence,
      // The command's own queries report their failures themselves.
      onError: () => {},
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

async function list(options: JsonOption, shell: Shell): Promise<number> {
  const { io } = shell
  const rules = await withBook(shell, allOf)
  if (options.json) for (const rule of rules) io.out(json(rule))
  else
    printTable(
      io,
      ['id', 'stage', 'type', 'section', 'text', 'category', 'source', 'enabled', 'hits', 'last hit'],
      rules.map(rule => [
        rule.id,
        rule.stage,
        rule.type,
        rule.section,
        rule.text,
        rule.category,
        rule.source,
        rule.enabled,
        rule.hits,
        rule.lastHitAt,
      ]),
    )
  return 0
}

async function add({ force, ...options }: RuleOptions & ForceOption, shell: Shell): Promise<number> {
  const draft = await draftFrom(options)
  const { rule, isNew } = await letIn(
    withBook(shell, book => book.rules.add(draft, { ...by, force }), { creates: true }),
  )
  if (!isNew) shell.io.err('This rule exists already.')
  shell.io.out(options.json ? json(rule) : rule.id)
  return 0
}

/** Changes the fields given. */
async function set(
  id: string,
  { force, ...options }: RuleOptions & ForceOption,
  shell: Shell,
): Promise<number> {
  const changed = await letIn(
    withBook(shell, async book => {
      const rule = (await allOf(book)).find(each => each.id === id)
      if (rule === undefined) return null
      return await book.rules.change(id, await draftFrom(options, rule), { ...by, force })
    }),
  )
  if (changed === null) throw absent(id, shell)
  if (options.json) shell.io.out(json(changed))
  else shell.io.err(`Rule ${harmless(id)} is changed.`)
  return 0
}

async function remove(id: string, options: JsonOption, shell: Shell): Promise<number> {
  if (!(await withBook(shell, book => book.rules.remove(id, by)))) throw absent(id, shell)
  if (options.json) shell.io.out(json({ removed: id }))
  else shell.io.err(`Rule ${harmless(id)} is removed.`)
  return 0
}

/** All rules as one JSON document that `import` and `classify --rules` read. */
async function exportAll(options: JsonOption, shell: Shell): Promise<number> {
  const rules = await withBook(shell, allOf)
  shell.io.out(JSON.stringify({ rules }, null, options.json ? 0 : 2))
  return 0
}

/** Adds the rules of a file; those that exist stay as they are. Nothing is added when one is faulty. */
async function importFile(
  file: string,
  { force, ...options }: JsonOption & ForceOption,
  shell: Shell,
): Promise<number> {
  const drafts = await draftsFrom(file)
  const added = await letIn(
    withBook(shell, book => book.rules.addAll(drafts, { ...by, force }), { creates: true }),
  )
  const present = drafts.length - added
  if (options.json) shell.io.out(json({ added, present }))
  else shell.io.err(`${added} ${added === 1 ? 'rule' : 'rules'} added, ${present} existed already.`)
  return 0
}

/** Brings every shipped rule back as it was shipped. */
async function restore(options: JsonOption, shell: Shell): Promise<number> {
  await withBook(shell, book => book.restore(by), { creates: true })
  if (options.json) shell.io.out(json({ restored: true }))
  else shell.io.err('The shipped rules are as they were shipped.')
  return 0
}

/** Exits 1 when there is a finding. */
async function lint(options: JsonOption, shell: Shell): Promise<number> {
  const findings = await withBook(shell, book => book.rules.lint())
  for (const finding of findings)
    shell.io.out(
      options.json ? json(finding) : harmless(`${finding.rule}: ${finding.problem}: ${finding.message}`),
    )
  if (findings.length === 0) shell.io.err('No problems.')
  return findings.length === 0 ? 0 : 1
}

/** What a new rule, or a change of the rule `--replaces`, would change among the mails that evidence was kept of. */
async function preview({ replaces, ...options }: PreviewOptions, shell: Shell): Promise<number> {
  const result = await withBook(shell, async book => {
    const replaced = (await allOf(book)).find(each => each.id === replaces)
    return await book.rules.preview(await draftFrom(options, replaced), { replaces: replaces ?? null })
  })
  if (result === null) throw absent(replaces ?? '', shell)
  if (options.json) shell.io.out(json(result))
  else printPreview(result, shell.io)
  return 0
}

type Judged = RulePreview['examples'][number]['before']

function printPreview({ changed, examined, examples }: RulePreview, io: Io): void {
  io.err(`${changed} of ${examined} stored mails would be judged differently.`)
  const words = (judged: Judged): string =>
    [judged.kind, judged.type, judged.category].filter(word => word !== null).join(' ')
  if (examples.length === 0) return
  printTable(
    io,
    ['event', 'received', 'subject', 'now', 'then'],
    examples.map(each => [
      each.bounceId,
      each.receivedAt,
      each.subject,
      words(each.before),
      words(each.after),
    ]),
  )
}

const absent = (id: string, { hints }: Shell): CommandError =>
  new CommandError(
    `There is no rule ${harmless(id)}; "${hints.rebound('rules list')}" shows what there is.`,
    1,
  )
