// The command line: which commands there are and what their words mean. One file per command holds what it does;
// it is loaded when its command is given, since most need neither the server nor the harness.

import { Command, CommanderError } from 'commander'
import { type Config, readConfig, settings } from '../settings/config.ts'
import { version } from '../system/version.ts'
import type { ClassifyOptions } from './classify.ts'
import { startFaults } from './faults.ts'
import { recordedCommands } from './recorded-commands.ts'
import { rulesCommands } from './rules-commands.ts'
import { CommandError, type Io, processIo } from './terminal.ts'
import { upkeepCommands } from './upkeep-commands.ts'
import { webhooksCommands } from './webhooks-commands.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Runs one command line.
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage.
 */
export async function run(
  argv: readonly string[],
  environment: Environment,
  io: Io = processIo,
): Promise<number> {
  let exitCode = 0
  const program = commands(environment, io, code => {
    exitCode = code
  })
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (error instanceof CommandError) {
      io.err(error.message)
      return error.exitCode
    }
    io.err(`${error instanceof Error ? error.message : String(error)}`)
    return 1
  }
}

/** All commands; `exit` gets the code of the one that ran. */
export function commands(environment: Environment, io: Io, exit: (code: number) => void): Command {
  const config = (): Config => {
    const result = readConfig(environment)
    if (!result.ok) throw new CommandError(startFaults(result.faults), 2)
    return result.config
  }

  const program = new Command('rebound')
    .description('The return-path MX of a CRM: receives bounces, judges them hard or soft, records them.')
    .version(version)
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for what can be written)')
    .configureOutput({ writeOut: text => io.out(text.trimEnd()), writeErr: text => io.err(text.trimEnd()) })
    .enablePositionalOptions()
    .exitOverride()
    .hook('preAction', (_, command) => refuseEmptyOptions(command))

  program
    .command('serve')
    .description('run the server: SMTP and HTTP')
    .addHelpText('after', () => settingsHelp())
    .action(async () => {
      const result = readConfig(environment)
      if (result.ok) exit(await (await import('./serve.ts')).serve(result.config, io))
      else {
        // All faults at once: those that only the contents of files and patterns show too.
        const { contentFaults } = await import('../app.ts')
        throw new CommandError(startFaults([...result.faults, ...(await contentFaults(result.readable))]), 2)
      }
    })

  program
    .command('migrate')
    .description('bring the database to this version and exit')
    .option('--json', 'what was applied, as a JSON object')
    .addHelpText(
      'after',
      '\nExample: DATABASE_URL=mysql://rebound:PASSWORD@127.0.0.1/rebound rebound migrate',
    )
    .action(async (options: { json?: boolean }) =>
      exit(await (await import('./migrate.ts')).migrate(config(), options, io)),
    )

  program
    .command('classify')
    .description('read mails and say what they report')
    .argument('<path...>', 'files, directories, mbox files, or - for standard input')
    .option('--json', 'one JSON object a message')
    .option('--explain', 'show what each rung of the ladder said')
    .option('--rules <file>', 'judge with these operators’ rules (JSON)')
    .option('--null-sender', 'the mails came with MAIL FROM:<>, which their bytes need not show')
    .addHelpText('after', '\nExample: rebound classify --json bounces.mbox')
    .action(async (paths: string[], options: ClassifyOptions) =>
      exit(
        await (await import('./classify.ts')).classifyPaths(paths, options, {
          io,
          createReader: (await import('../reader.ts')).createReader,
        }),
      ),
    )

  program
    .command('categories')
    .description('every cause that a verdict may name')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', '\nExample: rebound categories --json')
    .action(async (options: { json?: boolean }) =>
      exit((await import('./categories.ts')).categoriesList(options, io)),
    )

  const address = program.command('address').description('mint and read return paths')
  address
    .command('mint')
    .description('print the return path for one mail')
    // Not `requiredOption`: a slip in its name would be told as its absence.
    .option('--module <name>', 'needed: contacts, companies, leads, or one of the mapping file')
    .option('--id <id>', 'needed: the record')
    .option('--to <address>', 'needed: whom the mail goes to')
    .option('--campaign <id>', 'the campaign it belongs to')
    .option('--mail <id>', 'your own id of this mail')
    .option('--json', 'as a JSON object')
    .addHelpText(
      'after',
      '\nExample: rebound address mint --module contacts --id 42 --campaign 7 --to ana@example.org',
    )
    .action(async options => exit(await (await import('./address.ts')).addressMint(config(), options, io)))
  address
    .command('read')
    .description('show what a return path says, as JSON')
    .argument('<address>')
    .option('--json', 'as it is anyway')
    .addHelpText('after', '\nExample: rebound address read b-…@bounces.crm.example')
    .action(async (text: string) =>
      exit(await (await import('./address.ts')).addressRead(config(), text, io)),
    )

  const postmaster = program.command('postmaster').description('mail to postmaster and abuse')
  postmaster
    .command('list')
    .description('what is kept, the newest first')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', '\nExample: rebound postmaster list')
    .action(async (options: { json?: boolean }) =>
      exit(await (await import('./postmaster.ts')).postmasterList(config(), options, io)),
    )
  postmaster
    .command('show')
    .description('print one mail as it came')
    .argument('<id>', 'as "postmaster list" shows it')
    .addHelpText('after', '\nExample: rebound postmaster show ID > mail.eml')
    .action(async (id: string) =>
      exit(await (await import('./postmaster.ts')).postmasterShow(config(), id, io)),
    )
  recordedCommands(program, config, io, exit)
  rulesCommands(program, config, io, exit)
  upkeepCommands(program, config, io, exit)
  webhooksCommands(program, config, io, exit)

  program
    .command('demo')
    .description('start a server on free ports, send a mix of bounces, show what came of it, stop')
    .addHelpText('after', '\nExample: rebound demo')
    .action(async () => exit(await (await import('./demo.ts')).demo(io)))

  program
    .command('bounce', { hidden: false })
    .description('the harness: send realistic test bounces (npm run bounce -- --list)')
    .argument('[words...]')
    .allowUnknownOption()
    .passThroughOptions()
    .helpOption(false)
    .action(async (words: string[]) => {
      exit(await (await import('./bounce.ts')).bounce(words, io))
    })

  return program
}

/** Empty is something to say for these: a cursor to begin with, a field to take away. Their commands check them. */
const emptiable = ['after', 'category', 'note', 'text']

/** `--campaign "$ID"` of an unset variable would otherwise be every campaign. */
function refuseEmptyOptions(command: Command): void {
  for (const [name, value] of Object.entries(command.opts<Record<string, unknown>>()))
    if (value === '' && !emptiable.includes(name))
      throw new CommandError(`--${name} is empty: write a value, or leave it out`, 2)
}

function settingsHelp(): string {
  const width = Math.max(...settings.map(row => row.name.length))
  const rows = settings.map(
    row => `  ${row.name.padEnd(width)}  ${row.help}${row.fallback ? ` (default ${row.fallback})` : ''}`,
  )
  return `\nSettings are environment variables:\n${rows.join('\n')}\n\nExample: REBOUND_DOMAINS=bounces.crm.example rebound serve`
}
