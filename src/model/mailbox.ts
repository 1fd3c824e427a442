// A mailbox that mail is fetched from: where it is, what becomes of a mail there, and what may go wrong.

/** As the setting names it, without its secret. */
export interface MailboxAddress {
  readonly protocol: 'imap' | 'pop3'
  readonly host: string
  readonly port: number
  readonly user: string
  /** Of IMAP. */
  readonly folder: string
}

/** `recorded`: a bounce. `left`: no bounce of ours. `aside`: it cannot be read. `again`: the next round tries it. */
export const mailFates = ['recorded', 'left', 'aside', 'again'] as const

export type MailFate = (typeof mailFates)[number]

/** Why nothing is fetched: no connection, a wrong password, no such folder, somebody else has it, our own database. */
export const mailboxFaults = ['unreachable', 'refused', 'folder', 'busy', 'protocol', 'database'] as const

export type MailboxFaultReason = (typeof mailboxFaults)[number]

/** How far a mailbox has been read. */
export interface MailboxPlace {
  /** IMAP (RFC 3501 §2.3.1.1): uids mean something only under it. */
  readonly uidValidity: string
  /** Everything up to it has been read. */
  readonly lastUid: number
  /**
   * POP3: unique ids (RFC 1939 §7) of what stays in the mailbox and has been read. IMAP: uids above `lastUid` that have
   * been read, while one below them cannot be.
   */
  readonly seen: readonly string[]
}

/** Which server fetches from a mailbox, and how far it is: shared by all servers of a database. */
export interface MailboxMemory {
  /** Takes or renews the mailbox for so long; false while another server has it. */
  readonly claim: (leaseMs: number) => Promise<boolean>
  readonly read: () => Promise<MailboxPlace>
  readonly write: (place: MailboxPlace) => Promise<void>
  /** Gives it up, so that another server may take over at once. */
  readonly release: () => Promise<void>
}
