// How much of us one client may use: the limits, and the budget that a session has.

export interface SmtpLimits {
  /** Bytes of a message after dot-unstuffing. */
  readonly maxMessageBytes: number
  /** RFC 5321 §4.5.3.1.8 asks for at least 100. */
  readonly maxRecipients: number
  readonly maxConnections: number
  /** From one address. */
  readonly maxConnectionsPerIp: number
  /** From one site: a /24 of IPv4, or a /64 of IPv6. */
  readonly maxConnectionsPerNetwork: number
  /** Above this share of the connections the server is under stress: the deadlines are short. */
  readonly stressShare: number
  /** Replies since the last message that we took: NOOP, RSET, RCPT and EHLO floods. */
  readonly maxCommandsWithoutMessage: number
  /** Refusals since the last message that we took: dictionary attacks. */
  readonly maxErrorsWithoutMessage: number
  /** Messages without a byte of text since the last that had some. */
  readonly maxEmptyMessages: number
  /** Messages in one session; then the client must connect again. */
  readonly maxSessionMessages: number
  /** Octets of one command line; RFC 5321 §4.5.3.1.4 asks for 512, the DSN extension for about 1,300 more. */
  readonly maxCommandBytes: number
  /** Lines of a message that begin with a dot, besides one for each 256 bytes: see `Reception`. */
  readonly maxDotLines: number
  /** From our last reply to the end of the next command (RFC 5321 §4.5.3.2.7: at least 5 minutes). */
  readonly idleMs: number
  readonly stressIdleMs: number
  /** From the 354 to the final dot, besides the time that its bytes are given. */
  readonly dataMs: number
  readonly stressDataMs: number
  /** What a sender must keep up: each so many bytes of a message give it one second more. */
  readonly dataBytesPerSecond: number
  /** How long our own side may take for one RCPT, or for one message after its final dot. */
  readonly handlerMs: number
  /** Since the last message that we took, or the greeting; a message on its way is still finished. */
  readonly sessionMs: number
  /** How long a client may take to hear our last words and leave. */
  readonly lingerMs: number
  /** Messages to postmaster and abuse from one site in one day. */
  readonly maxRoleMailPerDay: number
}

const minute = 60_000

export const defaultLimits: SmtpLimits = {
  maxMessageBytes: 50 * 1024 * 1024,
  maxRecipients: 100,
  maxConnections: 1000,
  maxConnectionsPerIp: 50,
  maxConnectionsPerNetwork: 100,
  stressShare: 0.8,
  maxCommandsWithoutMessage: 500,
  maxErrorsWithoutMessage: 100,
  maxEmptyMessages: 20,
  maxSessionMessages: 10_000,
  maxCommandBytes: 4096,
  maxDotLines: 20_000,
  idleMs: 5 * minute,
  stressIdleMs: 10_000,
  dataMs: 3 * minute,
  stressDataMs: 30_000,
  dataBytesPerSecond: 500,
  handlerMs: minute,
  sessionMs: 60 * minute,
  lingerMs: 2000,
  maxRoleMailPerDay: 20,
}

type BudgetLimits = Pick<
  SmtpLimits,
  'maxCommandsWithoutMessage' | 'maxErrorsWithoutMessage' | 'maxEmptyMessages'
>

/** Counts what a client does between two messages. */
export class Budget {
  readonly #limits: BudgetLimits
  #commands = 0
  #errors = 0
  #empty = 0

  constructor(limits: BudgetLimits) {
    this.#limits = limits
  }

  /** Counts one reply by its code; says which budget it exceeds, if any. */
  spend(code: number): 'flood' | 'errors' | null {
    this.#commands += 1
    if (code >= 400) this.#errors += 1
    if (this.#errors > this.#limits.maxErrorsWithoutMessage) return 'errors'
    return this.#commands > this.#limits.maxCommandsWithoutMessage ? 'flood' : null
  }

  /** A message was taken: everything is forgiven. */
  refill(): void {
    this.#commands = 0
    this.#errors = 0
    this.#empty = 0
  }

  /** A message without a byte of text was taken: it brings nothing, and earns nothing. True when it was one too many. */
  spendEmpty(): boolean {
    this.#empty += 1
    return this.#empty > this.#limits.maxEmptyMessages
  }
}
