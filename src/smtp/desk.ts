// The three questions of a transaction answered: may this sender, may this recipient, what of this message.

import type { Client } from '../model/envelope.ts'
import type { ReturnPath } from '../model/return-path.ts'
import { type SmtpLimits, within } from './limits.ts'
import type { Maildir } from './maildir.ts'
import { judgeRecipient, judgeSender, readMailbox, recipientKey } from './policy.ts'
import type { SmtpPorts } from './ports.ts'
import type { Reception } from './reception.ts'
import { defer, reject, type Said } from './replies.ts'
import { type RolePath, takeMessage } from './transaction.ts'

export interface DeskOptions {
  readonly hostName: string
  readonly limits: SmtpLimits
  readonly mailbox: Maildir
  readonly ports: SmtpPorts
}

/** The library's view of one session, as far as we need it. */
export interface Caller {
  readonly session: string
  readonly client: Client
}

export interface Desk {
  readonly sender: (address: string) => Said
  /** `path` is what the address was, when it is accepted. Never rejects. */
  readonly recipient: (
    caller: Caller,
    address: string,
    state: { readonly accepted: number; readonly draining: boolean },
  ) => Promise<{ readonly said: Said; readonly path: ReturnPath | null }>
  /** Rejects only when the message did not arrive whole. */
  readonly message: (
    caller: Caller,
    mailFrom: string,
    paths: readonly ReturnPath[],
    reception: Reception,
  ) => Promise<Said>
}

export function openDesk({ hostName, limits, mailbox, ports }: DeskOptions): Desk {
  const fault = (caller: Caller, error: unknown, words: string): void =>
    ports.log.error({ session: caller.session, err: error }, words)

  return {
    sender: judgeSender,

    recipient: async (caller, address, state) => {
      const named = readMailbox(address)
      if (!named) return { said: reject('bad-recipient'), path: null }
      try {
        const path: ReturnPath | { kind: 'foreign' } =
          named.domain === ''
            ? { kind: 'role', raw: named.local, mailbox: 'postmaster' }
            : await within(
                limits.handlerMs,
                call(() => ports.readAddress(`${named.local}@${named.domain}`)),
              )
        const mailboxFull = path.kind === 'role' && (await within(limits.handlerMs, mailbox.isFull()))
        const said = judgeRecipient(path, { ...state, maxRecipients: limits.maxRecipients, mailboxFull })
        return { said, path: said.kind === 'answer' && path.kind !== 'foreign' ? path : null }
      } catch (error) {
        fault(caller, error, 'cannot read a recipient address')
        return { said: defer('address-failed'), path: null }
      }
    },

    message: (caller, mailFrom, paths, reception) => {
      const once = [...new Map(paths.map(path => [recipientKey(path), path])).values()]
      const roles = once.filter((path): path is RolePath => path.kind === 'role')
      const envelope = {
        session: caller.session,
        receivedAt: new Date(),
        client: caller.client,
        mailFrom: mailFrom === '' ? null : mailFrom,
        recipients: once.filter(path => path.kind !== 'role'),
      }
      return takeMessage({ envelope, roles, hostName }, reception, {
        receive: (...message) => call(() => ports.receive(...message)),
        mailbox,
        handlerMs: limits.handlerMs,
        onFault: error => fault(caller, error, 'cannot take a message'),
      })
    },
  }
}

/** A throw becomes a rejection. */
async function call<T>(act: () => Promise<T>): Promise<T> {
  return await act()
}
