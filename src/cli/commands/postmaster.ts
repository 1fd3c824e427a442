// `rebound postmaster list|show|remove`: the mail to postmaster and abuse, which a server keeps but does not read.

import type { KeptMail } from '../../model/role-mail.ts'
import { withLedger } from '../ledger.ts'
import { orWrongCursor, wholeNumber } from '../names.ts'
import type { Define, JsonOption, Shell } from '../shell.ts'
import { printTable } from '../table.ts'
import { CommandError, harmless, json } from '../terminal.ts'

interface ListOptions extends JsonOption {
  readonly limit: string
  readonly after?: string
}

export const postmasterCommands: Define = (postmaster, shell) => {
  const { hints, exit } = shell
  postmaster
    .command('list')
    .description('the mail there is, the newest first')
    .option('--limit <count>', 'how many at the most (1–1000)', '100')
    .option('--after <cursor>', 'go on where an earlier list ended')
    .option('--json', 'one JSON object a line, the cursor on stderr')
    .addHelpText('after', `\nExample: ${hints.rebound('postmaster list')}`)
    .action(async (options: ListOptions) => exit(await list(options, shell)))
  postmaster
    .command('show')
    .description('print one mail as it came; it counts as seen from then on')
    .argument('<id>', 'as "postmaster list" shows it')
    .addHelpText('after', `\nExample: ${hints.rebound('postmaster show 17 > mail.eml')}`)
    .action(async (id: string) => exit(await show(id, shell)))
  postmaster
    .command('remove')
    .description('delete mails')
    .argument('<id...>', 'as "postmaster list" shows them')
    .option('--json', 'as a JSON object')
    .addHelpText('after', `\nExample: ${hints.rebound('postmaster remove 17')}`)
    .action(async (ids: string[], options: JsonOption) => exit(await remove(ids, options, shell)))
}

async function list(options: ListOptions, { io, config }: Shell): Promise<number> {
  const after = options.after === '' ? undefined : options.after
  const limit = wholeNumber('--limit', options.limit, 1000)
  const page = await withLedger(await config(), ({ roleMail }) =>
    orWrongCursor(after, roleMail.list({ limit, after })),
  )
  if (options.json) for (const mail of page.items) io.out(json(mail))
  else if (page.items.length === 0) io.err('No mail to postmaster or abuse.')
  else printTable(io, ['id', 'received', 'seen', 'to', 'from', 'subject'], page.items.map(cells))
  if (page.next !== null) io.err(`More: --after ${page.next}`)
  return 0
}

const cells = ({ id, receivedAt, seenAt, deliveredTo, from, subject }: KeptMail) => [
  id,
  receivedAt,
  seenAt === null ? 'no' : 'yes',
  deliveredTo.join(' '),
  from,
  subject,
]

const missing = (id: string, { hints }: Shell): string =>
  `There is no mail ${harmless(id)}; "${hints.rebound('postmaster list')}" shows what there is.`

/** Prints the mail line by line: as it came to a program, its control characters harmless on a terminal. */
async function show(id: string, shell: Shell): Promise<number> {
  const { io, config } = shell
  const mail = await withLedger(await config(), ({ roleMail }) => roleMail.read(id))
  if (mail === null) throw new CommandError(missing(id, shell), 1)
  for (const line of mail
    .toString()
    .replace(/\r?\n$/, '')
    .split(/\r?\n/))
    io.out(process.stdout.isTTY ? harmless(line) : line)
  return 0
}

async function remove(ids: readonly string[], options: JsonOption, shell: Shell): Promise<number> {
  const { io, config } = shell
  return await withLedger(await config(), async ({ roleMail }) => {
    let removed = 0
    for (const id of ids)
      if (await roleMail.remove(id)) removed++
      else io.err(missing(id, shell))
    if (options.json) io.out(json({ removed }))
    return removed === ids.length ? 0 : 1
  })
}
