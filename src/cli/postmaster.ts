// `rebound postmaster list|show`: the mail to postmaster and abuse, which a server keeps but does not read.

import { roleMail } from '../backend/postmaster.ts'
import type { Config } from '../settings/config.ts'
import { CommandError, harmless, type Io, json, table } from './terminal.ts'

export async function postmasterList(
  config: Config,
  options: { readonly json?: boolean },
  io: Io,
): Promise<number> {
  const mails = await roleMail(config).list()
  if (options.json) for (const mail of mails) io.out(json(mail))
  else if (mails.length === 0) io.err('No mail to postmaster or abuse.')
  else
    io.out(
      table(
        ['id', 'received', 'to', 'from', 'subject'],
        mails.map(mail => [
          mail.id,
          mail.receivedAt.toISOString(),
          mail.deliveredTo.join(' '),
          mail.from,
          mail.subject,
        ]),
      ),
    )
  return 0
}

/** Prints the mail line by line: as it came to a program, its control characters harmless on a terminal. */
export async function postmasterShow(config: Config, id: string, io: Io): Promise<number> {
  const mail = await roleMail(config).read(id)
  if (mail === null)
    throw new CommandError(
      `There is no mail ${harmless(id)}; "rebound postmaster list" shows what there is.`,
      1,
    )
  for (const line of mail
    .toString()
    .replace(/\r?\n$/, '')
    .split(/\r?\n/))
    io.out(process.stdout.isTTY ? harmless(line) : line)
  return 0
}
