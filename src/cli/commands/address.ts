// `rebound address mint|read`: return paths by hand, or one for each line of standard input.

import { Option } from 'commander'
import type { Ledger } from '../../backend/open.ts'
import { MintError, type MintedMail, type MintItem } from '../../model/mint.ts'
import { refuseMissing, withLedger } from '../ledger.ts'
import { checkModule } from '../names.ts'
import type { Define, JsonOption, Shell } from '../shell.ts'
import { CommandError, json } from '../terminal.ts'

interface MintOptions extends JsonOption, Partial<Pick<MintItem, 'module' | 'id' | 'to'>> {
  readonly campaign?: string
  readonly mail?: string
  readonly count?: boolean
  readonly stdin?: boolean
}

const needed = {
  module: 'contacts, companies, leads, or a module of the mapping file',
  id: 'your id of the record',
  to: 'the address that the mail goes to',
} as const

export const addressCommands: Define = (address, shell) => {
  const { hints, exit } = shell
  const fields = ['module', 'id', 'to', 'campaign', 'mail']
  const mintHint = hints.rebound('address mint --module contacts --id 42 --campaign 7 --to ana@example.org')
  address
    .command('mint')
    .description('print the return path for one mail, or for each line of standard input')
    // Not `requiredOption`: a slip in its name would be reported as its absence.
    .option('--module <name>', `needed: ${needed.module}`)
    .option('--id <id>', 'needed: the record')
    .option('--to <address>', 'needed: the recipient of the mail')
    .option('--campaign <id>', 'the campaign it belongs to')
    .option('--mail <id>', 'your own id of this mail')
    .option('--count', 'count a send, as minting over HTTP does')
    .addOption(
      new Option('--stdin', `one mail a line: ${columns.join(' TAB ')}, empty where there is none`).conflicts(
        fields,
      ),
    )
    .option('--json', 'as a JSON object, one a line')
    .addHelpText(
      'after',
      `\nExample: ${mintHint}
         mysql -BN crm -e "select 'contacts', id, 7, '', email from contacts" | ${hints.rebound('address mint --stdin --count')}
Lines of --stdin are answered in their order. The first that cannot be minted ends it: nothing of it, nor of
the lines behind it, is minted.`,
    )
    .action(async (options: MintOptions) =>
      exit(await (options.stdin ? mintLines(options, shell) : mintOne(options, shell))),
    )
  address
    .command('read')
    .description('show what a return path says, as JSON')
    .argument('<address>')
    .option('--json', 'as it is anyway')
    .addHelpText('after', `\nExample: ${hints.rebound('address read b-…@bounces.crm.example')}`)
    .action(async (text: string) => exit(await read(text, shell)))
}

/** Prints the return path alone, so that a shell can use it as it is; all there is with `json`. */
async function mintOne(options: MintOptions, shell: Shell): Promise<number> {
  const { module, id, to, campaign, mail, count = false } = options
  if (module === undefined || id === undefined || to === undefined)
    throw new CommandError(
      (['module', 'id', 'to'] as const)
        .filter(name => options[name] === undefined)
        .map(name => `--${name} is needed: write ${needed[name]}`)
        .join('\n'),
      2,
    )
  const config = await shell.config()
  await checkModule(config, '--module', module)
  const item = { module, id, to, campaign, mail }
  const { mintFromFile } = await import('../../backend/quick-mint.ts')
  const minted = await (async () => {
    const quick = count ? null : await mintFromFile(config, item)
    return quick ?? (await withLedger(config, ledger => ledger.mint([item], { count }), { creates: true }))[0]
  })().catch((error: unknown) => {
    if (error instanceof MintError) throw new CommandError(`--${error.field}: ${error.message}`, 2)
    throw error
  })
  if (minted !== undefined) print([minted], options, shell)
  return 0
}

/** In this order they come out of a query of a CRM's tables. */
const columns = ['module', 'id', 'campaign', 'mail', 'to'] as const
const linesAtOnce = 500

async function mintLines(options: MintOptions, shell: Shell): Promise<number> {
  const [{ createInterface }, { Readable }, config] = await Promise.all([
    import('node:readline'),
    import('node:stream'),
    shell.config(),
  ])
  return withLedger(
    config,
    async ledger => {
      const input = Readable.from(shell.io.stdin ?? process.stdin)
      let items: MintItem[] = []
      let before = 0
      const mint = async (): Promise<void> => {
        const batch = items
        items = []
        if (batch.length > 0) await mintBatch(ledger, batch, before, options, shell)
        before += batch.length
        await shell.io.drained?.()
      }
      for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
        const item = itemOf(line)
        if (item === null) {
          await mint()
          throw new CommandError(
            `Line ${before + 1}: write ${columns.length} columns with tabs between them: ${columns.join(', ')}`,
            2,
          )
        }
        items.push(item)
        if (items.length === linesAtOnce) await mint()
      }
      await mint()
      return 0
    },
    { creates: true },
  )
}

/** Prints the lines before one that cannot be minted, then throws CommandError (2) that names it. */
async function mintBatch(
  ledger: Ledger,
  items: readonly MintItem[],
  linesBefore: number,
  options: MintOptions,
  shell: Shell,
): Promise<void> {
  const { count = false } = options
  try {
    print(await ledger.mint(items, { count }), options, shell)
  } catch (error) {
    if (!(error instanceof MintError)) throw error
    // Nothing of a batch is minted when one of its items cannot be.
    if (error.item > 0) print(await ledger.mint(items.slice(0, error.item), { count }), options, shell)
    throw new CommandError(`Line ${linesBefore + error.item + 1}, ${error.field}: ${error.message}`, 2)
  }
}

function itemOf(line: string): MintItem | null {
  const cells = line.split('\t')
  const [module, id, campaign, mail, to] = cells
  if (cells.length !== columns.length || module === undefined || id === undefined || to === undefined)
    return null
  return { module, id, campaign: campaign || undefined, mail: mail || undefined, to }
}

function print(all: readonly MintedMail[], options: JsonOption, { io }: Shell): void {
  for (const minted of all) io.out(options.json ? json(minted) : minted.address)
}

/** Prints what the address says; exits 1 when it is not a valid return path of ours. */
async function read(text: string, { io, config }: Shell): Promise<number> {
  const { addressOf } = await import('../../backend/open.ts')
  const settings = await config()
  await refuseMissing(settings)
  const path = await addressOf(settings, text)
  io.out(json(path))
  return path.valid ? 0 : 1
}
