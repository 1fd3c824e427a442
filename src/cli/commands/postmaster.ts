// `rebound postmaster list|show`: the mail to postmaster and abuse, which a server keeps but does not read.

import type { Define, JsonOption, Shell } from '../shell.ts'
import { printTable } from '../table.ts'
import { CommandError, harmless, json } from '../terminal.ts'

export const postmasterCommands: Define = (postmaster, shell) => {
  const { hints, exit } = shell
  postmaster
    .command('list')
    .description('the mail there is, the newest first')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', `\nExample: ${hints.rebound('postmaster list')}`)
    .action(async (options: JsonOption) => exit(await list(options, shell)))
  postmaster
    .command('show')
    .description('print one mail as it came')
    .argument('<id>', 'as "postmaster list" shows it')
    .addHelpText('after', `\nExample: ${hints.rebound('postmaster show ID > mail.eml')}`)
    .action(async (id: string) => exit(await show(id, shell)))
}

async function list(options: JsonOption, { io, config }: Shell): Promise<number> {
  const { roleMail } = await import('../../backend/postmaster.ts')
  const mails = await roleMail(await config()).list()
  if (options.json) for (const mail of mails) io.out(json(mail))
  else if (mails.length === 0) io.err('No mail to postmaster or abuse.')
  else
    printTable(
      io,
      ['id', 'received', 'to', 'from', 'subject'],
      mails.map(mail => [
        mail.id,
        mail.receivedAt.toISOString(),
        mail.deliveredTo.join(' '),
        mail.from,
        mail.subject,
      ]),
    )
  return 0
}

/** Prints the mail line by line: as it came to a program, its control characters harmless on a terminal. */
async function show(id: string, { io, hints, config }: Shell): Promise<number> {
  const { roleMail } = await import('../../backend/postmaster.ts')
  const mail = await roleMail(await config()).read(id)
  if (mail === null)
    throw new CommandError(
      `There is no mail ${harmless(id)}; "${hints.rebound('postmaster list')}" shows what there is.`,
      1,
    )
  for (const line of mail
    .toString()
    .replace(/\r?\n$/, '')
    .split(/\r?\n/))
    io.out(process.stdout.isTTY ? harmless(line) : line)
  return 0
}
