// The memory that mails in flight share: one budget for all of them, and the share of each.

/** What one mail in flight keeps. */
export interface MailMemory {
  /** Takes so many bytes more. False once the budget has no room: the mail is then read no further, and not kept. */
  readonly take: (bytes: number) => boolean
  /** Counts what is there whether or not there is room, such as the buffers of a stream; kept until `close`. */
  readonly hold: (bytes: number) => void
  /** True once `take` was refused: answered 451 after the final dot. */
  readonly isExhausted: () => boolean
  /** Gives everything back once the mail is answered, whatever became of it; from then on nothing is counted. */
  readonly close: () => void
}

/** One budget for all mails in flight: headers, parts, decoded texts, events that wait for their commit. */
export interface MemoryBudget {
  /** For a mail from this address. */
  readonly open: (ip: string) => MailMemory
  /** True while new mail from this address should wait: answered 452 4.3.1 (RFC 3463 §3.4) at MAIL and RCPT. */
  readonly isTight: (ip: string) => boolean
  /** Bytes kept now. */
  readonly bytes: () => number
}
