// The words of `rebound rules …`; rules.ts holds what they do.

import type { Command } from 'commander'
import type { Config } from '../settings/config.ts'
import type { Io } from './terminal.ts'

/** What a new rule cannot do without, and what to write there. */
export const neededFields = {
  section: 'body, subject, from or recipients',
  text: '1 to 100 characters, as they stand, case sensitive',
  type: 'hard, soft or both (both means soft)',
} as const

/** `rules …`: a rule's fields are the same options everywhere. */
export function rulesCommands(
  program: Command,
  config: () => Config,
  io: Io,
  exit: (code: number) => void,
): void {
  const rules = program.command('rules').description('the operators’ rules')
  const load = () => import('./rules.ts')
  const withFields = (command: Command): Command =>
    command
      .option('--section <name>', neededFields.section)
      .option('--text <text>', neededFields.text)
      .option('--type <type>', neededFields.type)
      .option('--stage <stage>', 'override (the default of a new rule) or fallback')
      .option('--category <name>', 'see: rebound categories')
      .option('--note <text>')
      .option('--enabled <yes|no>')
      .option('--json', 'as a JSON object')

  rules
    .command('list')
    .description('all rules in the order in which they are asked')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', '\nExample: rebound rules list')
    .action(async options => exit(await (await load()).rulesList(config(), options, io)))
  withFields(rules.command('add').description('add a rule; prints its id'))
    .addHelpText(
      'after',
      "\nExample: rebound rules add --section subject --text 'Mailbox closed' --type hard",
    )
    .action(async options => exit(await (await load()).rulesAdd(config(), options, io)))
  withFields(rules.command('set').description('change the fields given').argument('<id>'))
    .addHelpText('after', '\nExample: rebound rules set 12 --enabled no')
    .action(async (id: string, options) => exit(await (await load()).rulesSet(config(), id, options, io)))
  rules
    .command('remove')
    .description('remove a rule')
    .argument('<id>')
    .option('--json', 'as a JSON object')
    .addHelpText('after', '\nExample: rebound rules remove 12')
    .action(async (id: string, options) => exit(await (await load()).rulesRemove(config(), id, options, io)))
  rules
    .command('import')
    .description('add the rules of a file (JSON)')
    .argument('<file>')
    .option('--json', 'how many, as a JSON object')
    .addHelpText('after', '\nExample: rebound rules import rules.json')
    .action(async (file: string, options) =>
      exit(await (await load()).rulesImport(config(), file, options, io)),
    )
  rules
    .command('export')
    .description('print all rules as JSON')
    .option('--json', 'on one line')
    .addHelpText('after', '\nExample: rebound rules export > rules.json')
    .action(async options => exit(await (await load()).rulesExport(config(), options, io)))
  rules
    .command('restore')
    .description('bring the shipped rules back as they were shipped')
    .option('--json', 'as a JSON object')
    .addHelpText('after', '\nExample: rebound rules restore')
    .action(async options => exit(await (await load()).rulesRestore(config(), options, io)))
  rules
    .command('lint')
    .description('duplicate, unreachable and too broad rules; exits 1 when there are any')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', '\nExample: rebound rules lint')
    .action(async options => exit(await (await load()).rulesLint(config(), options, io)))
  withFields(
    rules.command('preview').description('what a rule would change among stored mails, before it acts'),
  )
    .option('--replaces <id>', 'as if this rule were changed so')
    .addHelpText(
      'after',
      "\nExample: rebound rules preview --section body --text 'no longer works here' --type hard",
    )
    .action(async options => exit(await (await load()).rulesPreview(config(), options, io)))
}
