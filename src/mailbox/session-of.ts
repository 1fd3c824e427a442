// The session that a mailbox's protocol asks for.

import { openImap } from './imap.ts'
import { openPop3 } from './pop3.ts'
import type { OpenSession } from './session.ts'

export const openSession: OpenSession = options =>
  options.protocol === 'imap' ? openImap(options) : openPop3(options)
