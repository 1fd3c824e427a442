// The mailbox of the settings: its secret, asked anew at each connection.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { MailboxOptions, Secret } from '../mailbox/session.ts'
import type { Config } from '../settings/config.ts'

const run = promisify(execFile)

/** A command that asks a server for a token may take a while. */
const tokenMs = 30_000

type MailboxSettings = Pick<
  Config,
  'mailbox' | 'mailboxPassword' | 'mailboxTokenCommand' | 'mailboxDone' | 'mailboxOther' | 'mailboxAside'
>

/** Null where none is set. */
export function mailboxOptions({
  mailbox,
  mailboxPassword,
  mailboxTokenCommand,
  mailboxDone,
  mailboxOther,
  mailboxAside,
}: MailboxSettings): MailboxOptions | null {
  if (mailbox === null) return null
  const { password, ...address } = mailbox
  return {
    ...address,
    doneFolder: mailboxDone === 'delete' ? null : mailboxDone,
    otherFolder: mailboxOther === 'keep' ? null : mailboxOther,
    asideFolder: mailboxAside,
    secret: async (): Promise<Secret> =>
      mailboxTokenCommand === null
        ? { kind: 'password', text: mailboxPassword ?? password ?? '' }
        : { kind: 'token', text: await printed(mailboxTokenCommand) },
  }
}

/** What a command line prints, as the shell runs it. Rejects if it fails, without what it printed: that is a secret. */
async function printed(command: string): Promise<string> {
  const { stdout } = await run('/bin/sh', ['-c', command], { timeout: tokenMs }).catch((error: unknown) => {
    const { code, signal } = error as { code?: unknown; signal?: unknown }
    throw new Error(
      `REBOUND_MAILBOX_TOKEN_COMMAND failed (${String(code ?? signal)}): run it by hand to see why`,
    )
  })
  return stdout.trim()
}
