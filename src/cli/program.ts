// The command line. A noun's file is loaded when the command line names it: most need neither server nor harness.

import { Command, CommanderError } from 'commander'
import type { Environment } from '../system/service-manager.ts'
import { version } from '../system/version.ts'
import { hintsOf, thisStart } from './hints.ts'
import type { Define, Shell } from './shell.ts'
import { startFaults } from './start-faults.ts'
import { CommandError, type Io, processIo } from './terminal.ts'

interface CommandNoun {
  readonly description: string
  readonly load: () => Promise<Define>
}

/** In the order in which the help lists them. */
const nouns: Readonly<Record<string, CommandNoun>> = {
  serve: {
    description: 'run the server: SMTP and HTTP',
    load: async () => (await import('./commands/serve.ts')).serveCommand,
  },
  migrate: {
    description: 'bring the database to this version and exit',
    load: async () => (await import('./commands/migrate.ts')).migrateCommand,
  },
  classify: {
    description: 'read mails and say what they report',
    load: async () => (await import('./commands/classify.ts')).classifyCommand,
  },
  receive: {
    description: 'record the bounces in files, mailboxes and pipes',
    load: async () => (await import('./commands/receive.ts')).receiveCommand,
  },
  categories: {
    description: 'every cause that a verdict may name',
    load: async () => (await import('./commands/categories.ts')).categoriesCommand,
  },
  address: {
    description: 'mint and read return paths',
    load: async () => (await import('./commands/address.ts')).addressCommands,
  },
  postmaster: {
    description: 'mail to postmaster and abuse',
    load: async () => (await import('./commands/postmaster.ts')).postmasterCommands,
  },
  replies: {
    description: 'what people answered to return paths',
    load: async () => (await import('./commands/replies.ts')).repliesCommands,
  },
  records: {
    description: 'records and what bounced',
    load: async () => (await import('./commands/records.ts')).recordsCommands,
  },
  campaigns: {
    description: 'campaigns and their counts',
    load: async () => (await import('./commands/campaigns.ts')).campaignsCommands,
  },
  bounces: {
    description: 'recorded events',
    load: async () => (await import('./commands/bounces.ts')).bouncesCommands,
  },
  audit: {
    description: 'who reset, undid, promoted, erased, or changed a rule',
    load: async () => (await import('./commands/audit.ts')).auditCommand,
  },
  incidents: {
    description: 'what holds removals while something is wrong on the sending side',
    load: async () => (await import('./commands/incidents.ts')).incidentsCommands,
  },
  rules: {
    description: 'the operators’ rules',
    load: async () => (await import('./commands/rules.ts')).rulesCommands,
  },
  doctor: {
    description: 'is everything set up so that bounces arrive and stay?',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
  forget: {
    description: 'erase a person’s address everywhere; the counts stay',
    load: async () => (await import('./commands/forget.ts')).forgetCommand,
  },
  prune: {
    description:
      'delete what is older than REBOUND_KEEP_DAYS and return paths allow; servers do it every hour',
    load: async () => (await import('./commands/prune.ts')).pruneCommand,
  },
  backup: {
    description: 'copy the SQLite database while the server runs',
    load: async () => (await import('./commands/backup.ts')).backupCommand,
  },
  keys: {
    description: 'the keys that signed return paths',
    load: async () => (await import('./commands/keys.ts')).keysCommands,
  },
  webhooks: {
    description: 'webhooks that are not delivered yet',
    load: async () => (await import('./commands/webhooks.ts')).webhooksCommands,
  },
  demo: {
    description: 'start a server on free ports, send a mix of bounces, show the results, stop',
    load: async () => (await import('./commands/demo.ts')).demoCommand,
  },
  bounce: {
    description: 'the harness: send realistic test bounces',
    load: async () => (await import('./commands/bounce.ts')).bounceCommand,
  },
}

/**
 * Runs one command line.
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage.
 */
export async function run(
  argv: readonly string[],
  environment: Environment,
  io: Io = processIo,
  startedAt = new Date(),
): Promise<number> {
  let exitCode = 0
  const shell = shellOf(environment, io, startedAt, code => {
    exitCode = code
  })
  try {
    const program = await programOf(shell, name => argv.includes(name))
    await program.parseAsync([...withList(program, argv)], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    io.err(shell.hints.inText(error instanceof Error ? error.message : String(error)))
    return error instanceof CommandError ? error.exitCode : 1
  }
}

/** What commands work with in this process; `exit` is told the code of the one that ran. */
export function shellOf(
  environment: Environment,
  io: Io,
  startedAt: Date,
  exit: (code: number) => void,
): Shell {
  const hints = hintsOf(thisStart(environment))
  return { io, environment, hints, startedAt, config: () => configOf(environment), exit }
}

/** The commands; of those that `isWanted` does not want, only name and description. */
export async function programOf(
  shell: Shell,
  isWanted: (noun: string) => boolean = () => true,
): Promise<Command> {
  const program = new Command('rebound')
    .description('The return-path MX of a CRM: receives bounces, judges them hard or soft, records them.')
    .version(version)
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for what can be written)')
    .configureOutput({
      writeOut: text => shell.io.out(text.trimEnd()),
      writeErr: text => shell.io.err(text.trimEnd()),
    })
    .exitOverride()
    .hook('preAction', (_, command) => refuseEmptyOptions(command))
  for (const [name, { description, load }] of Object.entries(nouns)) {
    const command = program.command(name).description(description)
    if (isWanted(name)) (await load())(command, shell)
    if (hasList(command))
      command.addHelpText('after', `\nWithout a command: ${shell.hints.rebound(`${name} list`)}`)
  }
  return program
}

const hasList = (noun: Command): boolean => noun.commands.some(each => each.name() === 'list')

/**
 * A noun without a command lists: `webhooks --json` is `webhooks list --json`. Not by commander's default command, which
 * takes a misspelled command for an argument of its own.
 */
function withList(program: Command, argv: readonly string[]): readonly string[] {
  const [name, next = ''] = argv
  const noun = program.commands.find(each => each.name() === name)
  const isBare = next === '' || (next.startsWith('-') && next !== '-h' && next !== '--help')
  return noun !== undefined && hasList(noun) && isBare ? [noun.name(), 'list', ...argv.slice(1)] : argv
}

async function configOf(environment: Environment) {
  const { readConfig } = await import('../settings/read.ts')
  const result = readConfig(environment)
  if (!result.ok) throw new CommandError(startFaults(result.faults), 2)
  return result.config
}

/** Options for which empty means something: a cursor to begin with, a field to take away. Their commands check them. */
const emptiable = ['after', 'category', 'name', 'note', 'text']

/** `--campaign "$ID"` of an unset variable would otherwise be every campaign. */
function refuseEmptyOptions(command: Command): void {
  for (const [name, value] of Object.entries(command.opts<Record<string, unknown>>()))
    if (value === '' && !emptiable.includes(name))
      throw new CommandError(`--${name} is empty: write a value, or leave it out`, 2)
}
