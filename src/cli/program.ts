// The command line: which commands there are and what their words mean. One file per command holds what it does;
// it is loaded when its command is given, since most need neither the server nor the harness.

import { Command, CommanderError } from 'commander'
import { type Config, readConfig, settings } from '../config.ts'
import { version } from '../version.ts'
import { startFaults } from './faults.ts'
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

function commands(environment: Environment, io: Io, exit: (code: number) => void): Command {
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
    .action(async () => exit(await (await import('./migrate.ts')).migrate(config(), io)))

  program
    .command('classify')
    .description('read mails and say what they report')
    .argument('<path...>', 'files, directories, mbox files, or - for standard input')
    .option('--json', 'one JSON object a message')
    .option('--explain', 'show what each rung of the ladder said')
    .option('--rules <file>', 'judge with these operators’ rules (JSON)')
    .addHelpText('after', '\nExample: rebound classify --json bounces.mbox')
    .action(async (paths: string[], options: { json?: boolean; explain?: boolean; rules?: string }) =>
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
    .requiredOption('--module <name>', 'contacts, companies or leads')
    .requiredOption('--id <id>', 'the record')
    .requiredOption('--to <address>', 'whom the mail goes to')
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
    .addHelpText('after', '\nExample: rebound address read b-…@bounces.crm.example')
    .action(async (text: string) =>
      exit(await (await import('./address.ts')).addressRead(config(), text, io)),
    )

  const records = program.command('records').description('records and what bounced')
  records
    .command('show')
    .description('one record with its history')
    .argument('<module>')
    .argument('<id>')
    .option('--json', 'as a JSON object')
    .addHelpText('after', '\nExample: rebound records show contacts 42')
    .action(async (module: string, id: string, options: { json?: boolean }) =>
      exit(await (await import('./records.ts')).recordsShow(config(), module, id, options, io)),
    )
  records
    .command('reset')
    .description('uncheck “bounced”: the flag clears and counting starts again')
    .argument('<module>')
    .argument('<id>')
    .option('--json', 'as a JSON object')
    .addHelpText('after', '\nExample: rebound records reset contacts 42')
    .action(async (module: string, id: string, options: { json?: boolean }) =>
      exit(await (await import('./records.ts')).recordsReset(config(), module, id, options, io)),
    )

  records
    .command('list')
    .description('records, filtered by their flag and their bounces')
    .option('--module <name>', 'only this module')
    .option('--bounced', 'only those that are flagged')
    .option('--type <type>', 'only those with a hard, or a soft, bounce')
    .option('--category <name>', 'only those with a bounce of this category')
    .option('--campaign <id>', 'only those with a bounce of this campaign')
    .option('--from <time>', 'only those with a bounce at or after this date or time (2026-01-31, UTC)')
    .option('--to <time>', 'only those with a bounce before this time; of a date, the whole day')
    .option('--csv', 'as CSV')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', '\nExample: rebound records list --bounced --type hard --csv > bounced.csv')
    .action(async options => exit(await (await import('./records.ts')).recordsList(config(), options, io)))

  const campaigns = program.command('campaigns').description('campaigns and their counts')
  campaigns
    .command('show')
    .description('sends, hard, soft and blocked bounces of one campaign')
    .argument('<id>')
    .option('--json', 'as a JSON object')
    .addHelpText('after', '\nExample: rebound campaigns show 7')
    .action(async (id: string, options: { json?: boolean }) =>
      exit(await (await import('./campaigns.ts')).campaignsShow(config(), id, options, io)),
    )

  const postmaster = program.command('postmaster').description('mail to postmaster and abuse')
  postmaster
    .command('list')
    .description('what is kept, the newest first')
    .option('--json', 'one JSON object a line')
    .action(async (options: { json?: boolean }) =>
      exit(await (await import('./postmaster.ts')).postmasterList(config(), options, io)),
    )
  postmaster
    .command('show')
    .description('print one mail as it came')
    .argument('<id>')
    .action(async (id: string) =>
      exit(await (await import('./postmaster.ts')).postmasterShow(config(), id, io)),
    )
  rulesCommands(program, config, io, exit)
  upkeepCommands(program, config, io, exit)
  webhooksCommands(program, config, io, exit)

  const bounces = program.command('bounces').description('recorded events')
  bounces
    .command('list')
    .description('events in the order they were recorded')
    .option('--after <cursor>', 'go on where an earlier list ended')
    .option('--limit <count>', 'how many at the most (1–1000)', '100')
    .option(
      '--kind <kind>',
      'only this kind: bounce, delayed, delivered, complaint, auto-reply, receipt, ordinary',
    )
    .option('--type <type>', 'only hard or soft')
    .option('--campaign <id>', 'only this campaign')
    .option('--json', 'one JSON object a line, the cursor on stderr')
    .addHelpText('after', '\nExample: rebound bounces list --type hard --json')
    .action(async options => exit(await (await import('./bounces.ts')).bouncesList(config(), options, io)))
  bounces
    .command('undo')
    .description('take one event back: its address returns, and it leaves the counts')
    .argument('<id>')
    .option('--json', 'as a JSON object')
    .addHelpText('after', '\nExample: rebound bounces undo 17')
    .action(async (id: string, options: { json?: boolean }) =>
      exit(await (await import('./bounces.ts')).bouncesUndo(config(), id, options, io)),
    )

  program
    .command('demo')
    .description('start a server on free ports, send a mix of bounces, show what came of it, stop')
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

function settingsHelp(): string {
  const width = Math.max(...settings.map(row => row.name.length))
  const rows = settings.map(
    row => `  ${row.name.padEnd(width)}  ${row.help}${row.fallback ? ` (default ${row.fallback})` : ''}`,
  )
  return `\nSettings are environment variables:\n${rows.join('\n')}\n\nExample: REBOUND_DOMAINS=bounces.crm.example rebound serve`
}
