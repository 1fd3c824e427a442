// A mail that was read to its verdicts: what the stages behind the reader need of it.

import type { Envelope, Unaddressed } from './envelope.ts'
import type { MailMemory } from './mail-memory.ts'
import type { Report } from './report.ts'
import type { Judgement } from './verdict.ts'

/** What is kept of the mail itself. */
export interface Letter {
  readonly from: string | null
  readonly replyTo: string | null
  readonly subject: string | null
  /** Bytes received, CRLF included. */
  readonly bytes: number
}

/** What the header of a mail without an envelope says of its delivery. Anybody may have written it. */
export interface Trace {
  /** Null is the null sender; undefined if nothing says. */
  readonly sender: string | null | undefined
  /** What the mail may have been delivered to, the surest first. */
  readonly addresses: readonly string[]
  readonly receivedAt: Date | null
}

export interface ReadMail {
  readonly letter: Letter
  /** Null if it came with an envelope, or is not a mail at all. */
  readonly trace: Trace | null
  readonly report: Report
  readonly judgement: Judgement
  /** Splitting, reading and judging, without waiting for bytes. */
  readonly seconds: number
}

/**
 * Bytes to verdicts; `mail` is what the door knows of it. Never throws for what the bytes say; rejects when `bytes` does, and for our own trouble. Null if
 * `memory` had no room: the mail is read no further and not kept.
 */
export type ReadBytes = (
  bytes: AsyncIterable<Uint8Array>,
  memory: MailMemory,
  mail: Envelope | Unaddressed,
) => Promise<ReadMail | null>

/** Why a thread that read mail is no more: a fault, no room on its heap, or too long at one mail. */
export const readerEnds = ['died', 'no-memory', 'stuck'] as const

export type ReaderEnd = (typeof readerEnds)[number]
