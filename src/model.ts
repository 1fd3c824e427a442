// The nouns of Rebound, in the order a bounce meets them. Read this first, `intake.ts` second.
// Plain frozen data only: no behaviour, no imports but the closed category vocabulary.

import type { Category } from './knowledge/categories.ts'

// ---------------------------------------------------------------- 1. The SMTP transaction

/** Who is talking to us. */
export interface Client {
  readonly ip: string
  /** The name it gave in HELO or EHLO, as given. */
  readonly helo: string
  readonly tls: boolean
}

/** One SMTP transaction up to DATA (RFC 5321 §2.3.1). */
export interface Envelope {
  /** Names the session in the log. */
  readonly session: string
  readonly receivedAt: Date
  readonly client: Client
  /** The reverse path; null is the null sender `<>` that reports use (RFC 5321 §4.5.5). */
  readonly mailFrom: string | null
  /** Every accepted RCPT TO, decoded; refused ones never get here. */
  readonly recipients: readonly ReturnPath[]
}

/** The bytes of DATA, once, and whether more came than we allow (known only at the end). */
export interface Incoming {
  readonly bytes: AsyncIterable<Uint8Array>
  readonly isTooBig: () => boolean
}

// ---------------------------------------------------------------- 2. The return path

/** Which mail a return path belongs to: the record it was sent to and the campaign that sent it. */
export interface SendRef {
  /** `contacts`, `companies`, `leads`, or a module of the mapping file. */
  readonly module: string
  readonly recordId: string
  readonly campaign: CampaignRef | null
  /** The CRM's own id of this one mail. */
  readonly mailId: string | null
  /** Short keyed check of the address the mail was sent to; opaque, compared by `return-path/codec`. */
  readonly addressCheck: string | null
}

/** A campaign by its id, or by the 32-bit number under which a signed path carries it. */
export type CampaignRef = { readonly id: string } | { readonly number: number }

/** What an address in RCPT TO turned out to be. `raw` is as received; `canonical` unwrapped and lower-cased. */
export type ReturnPath =
  | {
      readonly kind: 'signed' | 'expired'
      readonly raw: string
      readonly canonical: string
      readonly send: SendRef
      readonly issuedAt: Date
    }
  | {
      readonly kind: 'stored'
      readonly raw: string
      readonly canonical: string
      readonly send: SendRef
      readonly issuedAt: Date | null
    }
  /** An unsigned pattern; where it names an `address` alone, `recordId` is empty until `linkOf` has looked it up. */
  | {
      readonly kind: 'legacy'
      readonly raw: string
      readonly canonical: string
      readonly send: SendRef
      readonly address?: string
    }
  /** `unknown` at our domain in observe mode, or the setting REBOUND_INBOX: no send of its own. */
  | { readonly kind: 'inbox' | 'observed'; readonly raw: string; readonly canonical: string }
  | { readonly kind: 'forged' | 'unknown'; readonly raw: string }
  | { readonly kind: 'role'; readonly raw: string; readonly mailbox: 'postmaster' | 'abuse' }

/** How an event came to belong to a record, in the order tried; `signed` to `envelope-id` are proven. */
export type LinkedBy = 'signed' | 'stored' | 'original' | 'envelope-id' | 'legacy' | 'message-id' | 'address'

export interface Link {
  readonly by: LinkedBy
  /** Only a proven link may remove an address or promote (a signature or a random token vouches for it). */
  readonly proven: boolean
  readonly send: SendRef
  /** The canonical return path or token that vouched. */
  readonly token: string
  readonly issuedAt: Date | null
}

// ---------------------------------------------------------------- 3. The message as read

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

// ---------------------------------------------------------------- 4. The report

export type Kind = 'bounce' | 'delayed' | 'delivered' | 'complaint' | 'auto-reply' | 'receipt' | 'ordinary'

/** RFC 3464 §2.3.3. */
export type Action = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded'

/** One per-recipient block (RFC 3464 §2.3), or what a text says of one recipient. */
export interface RecipientReport {
  /** Final-Recipient: where it failed. Bare address without type, comments or angle brackets. */
  readonly address: string | null
  /** Original-Recipient: whom we wrote to, xtext decoded. */
  readonly originalAddress: string | null
  readonly action: Action | null
  /**
   * The status that counts for this block, `5.1.1`: the Status field; where that is absent, vague (x.0.0) or of another
   * class than its own diagnostic, the code in the Diagnostic-Code, else in the text. Null where none is stated.
   */
  readonly status: string | null
  /** The Status field as it stood, before a better code was found in the diagnostic. */
  readonly statusField: string | null
  readonly replyCode: number | null
  readonly diagnostic: string | null
  readonly remoteMta: string | null
  /** The words that explain this failure: diagnostic first, then notification text about this recipient. Never the original. */
  readonly explanation: string
}

/** What the returned original says of itself: ids only. */
export interface Original {
  readonly messageId: string | null
  readonly envelopeId: string | null
  readonly subject: string | null
  /** Candidate tokens of ours, strongest first: X-Rebound-Ref, Return-Path, both verbatim. */
  readonly references: readonly string[]
  /** Who sent it, as far as the report tells: bare addresses of envelope and header, lower-cased. */
  readonly senders: readonly string[]
}

/** What the operators' rules search (§2.3): addresses of From; of To, Cc, Bcc; decoded subject; human text and status part. */
export interface Sections {
  readonly body: string
  readonly subject: string
  readonly from: string
  readonly recipients: string
}

/** What makes this report this report, whatever path it travelled: input of the fingerprint. */
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
  /** Empty when the mail names nobody. */
  readonly recipients: readonly RecipientReport[]
  readonly sections: Sections
  readonly identity: ReportIdentity
  readonly problems: readonly Problem[]
}

// ---------------------------------------------------------------- 5. The verdict

export type BounceType = 'hard' | 'soft'

/** The ladder's rungs in order; the first with an opinion decides. */
export type Rung =
  | 'override'
  | 'provider'
  | 'exact-status'
  | 'text'
  | 'vague-status'
  | 'reply-code'
  | 'action'
  | 'fallback'
  | 'none'

export interface Because {
  readonly rung: Rung
  /** The id of the row or rule that decided. */
  readonly rule: string
  /** The words that decided, as they stood. */
  readonly text?: string
  /** Set when a sender's-fault text overruled a hard opinion: what that opinion was. */
  readonly overruled?: { readonly rung: Rung; readonly rule: string }
}

export interface Verdict {
  readonly category: Category
  readonly type: BounceType
  /** Was this message's failure permanent (class 5) or temporary (class 4)? Null where nothing says. */
  readonly permanent: boolean | null
  readonly because: Because
}

export interface JudgedRecipient extends RecipientReport {
  /** Null when this recipient did not fail. */
  readonly verdict: Verdict | null
}

/** A report with its verdicts. A bounce has at least one recipient here, its address perhaps null. */
export interface Judgement {
  readonly kind: Kind
  readonly recipients: readonly JudgedRecipient[]
}

/** What one rung of the ladder says of one failure. */
export interface Opinion {
  readonly category: Category
  /** The id of the row or rule. */
  readonly rule: string
  /** The row's or rule's words. */
  readonly text?: string
  /** Only operators' rules set it: elsewhere hardness follows from category and class. */
  readonly type?: BounceType
}

/** `outranked`: an earlier rung decided. `overruled`: a hard opinion against which the sender's fault was told. */
export type Fate = 'silent' | 'decides' | 'overruled' | 'outranked'

/** How a verdict came about: every rung in order. Empty steps where there was nothing to judge. */
export interface RecipientExplanation {
  readonly address: string | null
  readonly verdict: Verdict | null
  readonly steps: readonly { readonly rung: Rung; readonly opinion: Opinion | null; readonly fate: Fate }[]
}

export interface Explanation {
  readonly kind: Kind
  readonly recipients: readonly RecipientExplanation[]
}

// ---------------------------------------------------------------- 6. The operators' rules

export type RuleSection = keyof Sections
export type RuleType = 'hard' | 'soft' | 'both'
export type RuleStage = 'override' | 'fallback'

export interface Rule {
  readonly id: string
  readonly section: RuleSection
  /** 1–100 code points, case sensitive, plain. */
  readonly text: string
  readonly type: RuleType
  readonly stage: RuleStage
  readonly source: 'own' | 'shipped'
  readonly enabled: boolean
  readonly category: Category | null
  readonly note: string | null
  readonly hits: number
  readonly lastHitAt: Date | null
}

// ---------------------------------------------------------------- 7. The event, and what recording it did

/**
 * Whom a recipient block concerns. `owner`: the address of the return path, or the only block.
 * `forward`: the only block, but another address than we wrote to. `expanded`: one of several of
 * which none is ours (an alias was expanded): soft whatever the category. `other`: somebody else's block, no effect.
 */
export type Concern = 'owner' | 'forward' | 'expanded' | 'other'

/** One event per return path and recipient block: the unit that is stored, deduplicated and counted. */
export interface BounceEvent {
  /** 8 hex digits of issue day, then SHA-256 in hex (72 characters). */
  readonly fingerprint: string
  readonly receivedAt: Date
  readonly clientIp: string
  readonly returnPath: string
  readonly kind: Kind
  readonly concern: Concern
  readonly link: Link | null
  readonly recipient: RecipientReport
  readonly verdict: Verdict | null
  readonly report: Report
}

export interface Recorded {
  readonly event: BounceEvent
  /** The row's id. */
  readonly id: string
  /** False: the same event was stored before; nothing was counted. */
  readonly isNew: boolean
  /** The address the bounce counts for, when it matches the return path's check. */
  readonly address: string | null
  /** What `rebound_bounced_sends_total` counts: the campaign's count moved to this type, or a record's first of the type. */
  readonly movedTo: BounceType | null
}

/** A reply as SMTP says it (RFC 5321 §4.2, RFC 2034). */
export interface Reply {
  readonly code: number
  readonly enhanced: string
  readonly text: string
}

export type Outcome =
  | { readonly kind: 'accepted'; readonly recorded: readonly Recorded[] }
  | { readonly kind: 'refused' | 'deferred'; readonly reason: string }

// ---------------------------------------------------------------- 8. What the store holds for people

export interface CrmRecord {
  readonly module: string
  readonly id: string
  readonly email: string | null
  readonly emailBounced: boolean
  readonly bouncedAddress: string | null
  readonly hardBounces: number
  readonly softBounces: number
  readonly lastBounceAt: Date | null
  readonly resetAt: Date | null
}

export interface Campaign {
  readonly id: string
  readonly number: number
  readonly name: string | null
  readonly sent: number
  readonly hardBounces: number
  readonly softBounces: number
  /** Part of soft: the sender was at fault. */
  readonly blockedBounces: number
  readonly complaints: number
}

/**
 * What an event did to its record. `none`: nothing, it is no bounce or nobody's. `absent`: counted, while the CRM has
 * no such record. `counted`: counted and no more, the record has another address by now. `flagged`: the record is
 * flagged as bounced. `removed`: that, and the address is taken from it.
 */
export type RecordEffect = 'none' | 'absent' | 'counted' | 'flagged' | 'removed'

/** A row of `rebound_bounces` (§3.5). */
export interface StoredBounce {
  readonly id: string
  readonly receivedAt: Date
  readonly recordedAt: Date
  readonly kind: Kind
  /** As it counted; null for what is no bounce, and for somebody else's block (`concern: other`). */
  readonly type: BounceType | null
  readonly category: Category | null
  readonly permanent: boolean | null
  readonly status: string | null
  readonly replyCode: number | null
  readonly diagnostic: string | null
  /** The address the bounce counts for: the record's at that time. */
  readonly address: string | null
  readonly reportedAddress: string | null
  readonly module: string | null
  readonly recordId: string | null
  readonly campaignId: string | null
  readonly mailId: string | null
  readonly linkedBy: LinkedBy | null
  readonly concern: Concern
  readonly decidedBy: Rung | null
  readonly decidedRule: string | null
  readonly decidedText: string | null
  readonly subject: string | null
  readonly originalMessageId: string | null
  readonly envelopeId: string | null
  readonly reportingMta: string | null
  readonly remoteMta: string | null
  readonly clientIp: string
  readonly returnPath: string
  readonly effect: RecordEffect
  readonly undoneAt: Date | null
}

/** A page of a list: `next` is an opaque cursor, null at the end. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly next: string | null
}
