// The session that a mailbox's protocol asks for.

import { openImap } from './imap.ts'
import { openPop3 } from './pop3.ts'
import type { OpenSession } from './session.ts'

export const openSession: OpenSession = (options, broken) =>
  options.protocol === 'imap' ? openImap(options, broken) : openPop3(options, broken)
