// The mailbox that bounces are fetched from: may we read it? Nothing in it is read or changed.

import { mailboxOptions } from '../backend/mailbox.ts'
import { MailboxFault } from '../mailbox/fault.ts'
import { openSession } from '../mailbox/session-of.ts'
import type { DoctorFinding } from '../model/doctor-finding.ts'
import type { Config } from '../settings/config.ts'
import { fault, ok, unknown } from './finding.ts'

/** A server that answers nothing for so long is one that cannot be reached. */
const patienceMs = 30_000

/** Empty where none is set. */
export async function examineMailbox(config: Config): Promise<readonly DoctorFinding[]> {
  const options = mailboxOptions(config)
  if (options === null) return []
  const check = `mailbox of ${options.user} at ${options.host}`
  try {
    const session = await openSession(options, AbortSignal.timeout(patienceMs))
    await session.close()
    return [ok(check, 'can be read')]
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    if (error instanceof MailboxFault && error.reason === 'busy')
      return [unknown(check, words, 'POP3 lets one session in: a server of ours may have it. Look again.')]
    return [fault(check, `cannot be read: ${words}`, 'Mail waits there. Mend the settings REBOUND_MAILBOX….')]
  }
}
