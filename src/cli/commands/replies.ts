// `rebound replies list|show`: what people answered to return paths, which are no reports.

import type { PersonReply } from '../../model/person-reply.ts'
import { withLedger } from '../ledger.ts'
import { orWrongCursor, wholeNumber } from '../names.ts'
import type { Define, JsonOption, Shell } from '../shell.ts'
import { printTable } from '../table.ts'
import { CommandError, harmless, json } from '../terminal.ts'

interface ListOptions extends JsonOption {
  readonly limit: string
  readonly after?: string
}

export const repliesCommands: Define = (replies, shell) => {
  const { hints, exit } = shell
  replies
    .command('list')
    .description('the answers there are, the newest first')
    .option('--limit <count>', 'how many at the most (1–1000)', '100')
    .option('--after <cursor>', 'go on where an earlier list ended')
    .option('--json', 'one JSON object a line, the cursor on stderr')
    .addHelpText('after', `\nExample: ${hints.rebound('replies list')}`)
    .action(async (options: ListOptions) => exit(await list(options, shell)))
  replies
    .command('show')
    .description('print one answer')
    .argument('<id>', 'as "replies list" shows it')
    .option('--json', 'as a JSON object')
    .addHelpText('after', `\nExample: ${hints.rebound('replies show 17')}`)
    .action(async (id: string, options: JsonOption) => exit(await show(id, options, shell)))
}

async function list(options: ListOptions, { io, config }: Shell): Promise<number> {
  const after = options.after === '' ? undefined : options.after
  const limit = wholeNumber('--limit', options.limit, 1000)
  const page = await withLedger(await config(), ({ replies }) =>
    orWrongCursor(after, replies.list({ limit, after })),
  )
  if (options.json) for (const reply of page.items) io.out(json(reply))
  else if (page.items.length === 0) io.err('Nobody has answered.')
  else printTable(io, ['id', 'received', 'module', 'record', 'from', 'subject'], page.items.map(cells))
  if (page.next !== null) io.err(`More: --after ${page.next}`)
  return 0
}

const cells = ({ id, receivedAt, module, recordId, from, subject }: PersonReply) => [
  id,
  receivedAt,
  module,
  recordId,
  from,
  subject,
]

async function show(id: string, options: JsonOption, { io, hints, config }: Shell): Promise<number> {
  const reply = await withLedger(await config(), ({ replies }) => replies.get(id))
  if (reply === null)
    throw new CommandError(
      `There is no answer ${harmless(id)}; "${hints.rebound('replies list')}" shows what there is.`,
      1,
    )
  if (options.json) {
    io.out(json(reply))
    return 0
  }
  const head: readonly (readonly [string, string | null])[] = [
    ['From', reply.from],
    ['Reply-To', reply.replyTo],
    ['To', reply.returnPath],
    ['Date', reply.receivedAt.toISOString()],
    ['Subject', reply.subject],
  ]
  for (const [name, value] of head) if (value !== null) io.out(harmless(`${name}: ${value}`))
  io.out('')
  for (const line of reply.text.split('\n')) io.out(harmless(line))
  return 0
}
