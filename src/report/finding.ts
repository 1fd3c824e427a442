// What a reader says it found, before `finish` has made a report of it.

import type { Header, Problem } from '../model/message.ts'
import type { Action, Kind } from '../model/report.ts'
import type { Reading } from './reading.ts'

/** One recipient as its reader found it. Absent is null; codes are worked out later by `finish`. */
export interface RecipientFinding {
  readonly address: string | null
  readonly originalAddress?: string | null
  readonly action: Action | null
  /** The Status field, canonical. */
  readonly status?: string | null
  readonly diagnostic?: string | null
  readonly remoteMta?: string | null
  /** What the notification says of this recipient. */
  readonly text?: string
}

export interface Finding {
  readonly reader: string
  /** Left out, the recipients' actions decide. */
  readonly kind?: Kind
  readonly recipients: readonly RecipientFinding[]
  readonly reportingMta?: string | null
  readonly envelopeId?: string | null
  /** What the machine part itself says of the original's envelope sender. */
  readonly senders?: readonly string[]
  /** Fields about the original that stand in the report itself. */
  readonly originalHeader?: Header
  /** What it was found in, where that is a report that the mail encloses. */
  readonly within?: Reading
  /** Fields of the report that could not be read. */
  readonly problems?: readonly Problem[]
}
