// The message as read: a mail of any size as a bounded value.

/** Something wrong with a mail that did not stop us from reading it. */
export interface Problem {
  /** Kebab-case, closed by use: `truncated`, `no-boundary`, `bad-field`, … */
  readonly code: string
  readonly detail?: string
}

export interface HeaderField {
  /** Lower-cased. */
  readonly name: string
  /** Unfolded, encoded words decoded, control characters removed. */
  readonly value: string
}

export type Header = readonly HeaderField[]

/** One MIME leaf, or the header block of an enclosed message. */
export interface Part {
  /** `type/subtype`, lower-cased; `text/plain` when absent. */
  readonly type: string
  readonly parameters: Readonly<Record<string, string>>
  readonly header: Header
  /** Decoded text, HTML turned to text, capped by `maxTextBytes`; empty for what is not text. */
  readonly text: string
  /** Nesting depth in MIME terms; the message itself is 0. */
  readonly depth: number
  /** True inside a returned message: never searched for causes. */
  readonly enclosed: boolean
  /** The parts of an enclosed message that is a report itself (RFC 6522). */
  readonly inner?: readonly Part[]
}

/** A message of any size as a bounded value. */
export interface Message {
  readonly header: Header
  /** In order of appearance. */
  readonly parts: readonly Part[]
  /** Bytes received, CRLF included. */
  readonly bytes: number
  readonly problems: readonly Problem[]
}
