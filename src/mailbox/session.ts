// What IMAP and POP3 have in common: a connection that reads what waits in the mailbox, round by round.

import type { MailboxAddress, MailboxMemory, MailFate } from '../model/mailbox.ts'

/** A mail in the mailbox. */
export interface FoundMail {
  /** Names it in the mailbox. */
  readonly uid: string
  readonly receivedAt: Date | null
  /** Null: the server does not give it. */
  readonly bytes: AsyncIterable<Uint8Array> | null
}

export interface Secret {
  /** `token`: an access token of OAuth 2, for XOAUTH2. */
  readonly kind: 'password' | 'token'
  readonly text: string
}

export interface MailboxOptions extends MailboxAddress {
  /** Called for each connection, since a token lasts an hour. */
  readonly secret: () => Promise<Secret>
  /** Where a recorded bounce goes; null: it is deleted. Of IMAP. */
  readonly doneFolder: string | null
  /** Where other mail goes; null: it stays. Of IMAP. */
  readonly otherFolder: string | null
  /** Where mail goes that cannot be read. Of IMAP. */
  readonly asideFolder: string
}

export interface RoundSteps {
  /** Takes a mail in; never rejects. What it answers `recorded` for is committed. */
  readonly take: (mail: FoundMail) => Promise<MailFate>
  /** Counts a mail at which the connection broke; `aside` once that has been so often enough while others could be read. */
  readonly failed: (uid: string) => 'again' | 'aside'
  /** How often it has failed since it was first met; 0 for most. */
  readonly failures: (uid: string) => number
  readonly memory: MailboxMemory
  /** Told before each group of mails how many wait: the lease is renewed meanwhile. Rejects when it is lost. */
  readonly progress: (waiting: number) => Promise<void>
  readonly warn: (fields: object, words: string) => void
  readonly isStopping: () => boolean
}

export interface MailboxSession {
  /** Reads what waits. `again`: a mail could not be taken now. `more`: there is more, after a reconnection. */
  readonly round: (steps: RoundSteps) => Promise<'done' | 'again' | 'more'>
  /** Resolves at news, or when `ms` have passed; null: this protocol brings no news. Rejects when the connection ends. */
  readonly wait: ((ms: number, signal: AbortSignal) => Promise<void>) | null
  readonly close: () => Promise<void>
}

/** Connects and signs in; the signal breaks the connection, whatever it waits for. Throws MailboxFault. */
export type OpenSession = (options: MailboxOptions, broken: AbortSignal) => Promise<MailboxSession>
