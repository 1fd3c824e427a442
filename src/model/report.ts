// The report: what a message says about the mail that it reports on.

import type { Problem } from './message.ts'

export const kinds = [
  'bounce',
  'delayed',
  'delivered',
  'complaint',
  'auth-report',
  'auto-reply',
  'receipt',
  'ordinary',
] as const

export type Kind = (typeof kinds)[number]

/** RFC 3464 §2.3.3. */
export const actions = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const

export type Action = (typeof actions)[number]

/** One per-recipient block (RFC 3464 §2.3), or what a text says of one recipient. */
export interface RecipientReport {
  /** Final-Recipient: where it failed. Bare address without type, comments or angle brackets. */
  readonly address: string | null
  /** Original-Recipient: the address that we wrote to, xtext decoded. */
  readonly originalAddress: string | null
  readonly action: Action | null
  /**
   * The status that counts for this block, `5.1.1`: the Status field; where that is absent, vague (x.0.0) or of another
   * class than its own diagnostic, the code in the Diagnostic-Code, else in the text. Null where none is stated.
   */
  readonly status: string | null
  /** The Status field as written, before a better code was found in the diagnostic. */
  readonly statusField: string | null
  readonly replyCode: number | null
  readonly diagnostic: string | null
  readonly remoteMta: string | null
  /** The words that explain this failure: diagnostic first, then notification text about this recipient. Never the original. */
  readonly explanation: string
}

/** The ids in the returned original. */
export interface Original {
  readonly messageId: string | null
  readonly envelopeId: string | null
  readonly subject: string | null
  /** Candidate tokens of ours, strongest first: X-Rebound-Ref, Return-Path, both verbatim. */
  readonly references: readonly string[]
  /** Who sent it, as far as the report tells: bare addresses of envelope and header, lower-cased. */
  readonly senders: readonly string[]
}

/** What the operators' rules search: addresses of From; of To, Cc, Bcc; decoded subject; human text and status part. Never the returned original: its words are the CRM's own. */
export interface Sections {
  readonly body: string
  readonly subject: string
  readonly from: string
  readonly recipients: string
}

/** What identifies this report, whichever route it took: the input of the fingerprint. */
export interface ReportIdentity {
  readonly messageId: string | null
  readonly date: string
  readonly from: string
  readonly subject: string
  /** The first 64 KB of notification and status text. */
  readonly text: string
}

export interface Report {
  readonly kind: Kind
  /** Which reader recognised it: `dsn`, `qmail`, `complaint`, …, `none`. */
  readonly reader: string
  readonly reportingMta: string | null
  readonly original: Original
  /** Empty if the mail names no recipient. */
  readonly recipients: readonly RecipientReport[]
  readonly sections: Sections
  readonly identity: ReportIdentity
  /** SMTP delivered it with `MAIL FROM:<>`; false where only the bytes were given. */
  readonly nullSender: boolean
  readonly problems: readonly Problem[]
}

/** What a mail says of its recipient when it names none. */
export const nobody: RecipientReport = {
  address: null,
  originalAddress: null,
  action: null,
  status: null,
  statusField: null,
  replyCode: null,
  diagnostic: null,
  remoteMta: null,
  explanation: '',
}

/** What is known of a mail of which nothing is. */
export const emptyReport: Report = {
  kind: 'ordinary',
  reader: 'none',
  reportingMta: null,
  original: { messageId: null, envelopeId: null, subject: null, references: [], senders: [] },
  recipients: [],
  sections: { body: '', subject: '', from: '', recipients: '' },
  identity: { messageId: null, date: '', from: '', subject: '', text: '' },
  nullSender: false,
  problems: [],
}
