// The nouns of the harness: what went wrong with a mail, who reports it, and what the report ends up stating.

import type { Category } from '../model/categories.ts'
import type { Action } from '../model/report.ts'
import type { Variation } from './variation.ts'

/** Causes for which a program that holds the mailbox has words of its own. */
export type TroubleCause =
  | 'unknown-user'
  | 'mailbox-full'
  | 'mailbox-disabled'
  | 'spam'
  | 'blocked'
  | 'auth-failure'
  | 'too-big'
  | 'greylisted'

/** A server's no, in answer to an SMTP command. */
export interface Refusal {
  readonly kind: 'refused'
  readonly cause: TroubleCause
  readonly command: 'MAIL FROM' | 'RCPT TO' | 'end of DATA'
  readonly replyCode: number
  /** Null where the server gives no enhanced code (RFC 2034 is optional). */
  readonly status: string | null
  /** The text after the codes; several lines make a reply of several lines. */
  readonly text: string
}

/** What stood in the way of one recipient. */
export type Trouble =
  | Refusal
  /** DNS says that there is no such domain. */
  | { readonly kind: 'no-domain' }
  /** Nobody answers at the domain's server. */
  | { readonly kind: 'unreachable' }
  /** Nothing: the mail was delivered. */
  | { readonly kind: 'none' }

/** What is to be reported of one recipient. */
export interface FailedBlock {
  /** Where it was to be delivered: Final-Recipient. */
  readonly address: string
  /** Whom the mail was sent to, when that is another address and the reporter knows it. */
  readonly originalAddress: string | null
  readonly action: Extract<Action, 'failed' | 'delayed' | 'delivered'>
  readonly trouble: Trouble
}

/** The mail that is reported on, as its CRM sent it. */
export interface SentMail {
  readonly messageId: string
  readonly subject: string
  readonly date: Date
  readonly from: string
  readonly to: string
  /** Header lines as a receiving server holds them, without Return-Path. */
  readonly header: readonly string[]
  /** Its envelope sender, as the returned copy shows it. */
  readonly returnPath: string
  readonly body: readonly string[]
}

/** All that a writer is told. */
export interface Situation {
  /** Where the report goes. */
  readonly returnPath: string
  /** Whom the mail was sent to. */
  readonly recipient: string
  /** When the report is written. */
  readonly at: Date
  readonly mail: SentMail
  readonly blocks: readonly FailedBlock[]
  readonly vary: Variation
}

/** The codes that a report states of one block: what a reader can know at best; codes are never invented. */
export interface Stated {
  readonly status: string | null
  /** Undefined where it is a matter of taste whether the text states one. */
  readonly replyCode: number | null | undefined
  /** A second cause that the report honestly gives, such as the reporter's patience behind a full mailbox. */
  readonly alsoRight?: Category
}

/** One block, as a writer reports it: each adds the words that it has for it. */
export interface StatedBlock {
  readonly block: FailedBlock
  readonly stated: Stated
}

/** A report as its program writes it: lines without their ends, and one `Stated` for each block. */
export interface Written {
  readonly lines: readonly string[]
  readonly stated: readonly Stated[]
}

export interface Writer {
  /** The program and its generation. */
  readonly program: string
  /**
   * `report`: multipart/report with a status part; `mixed`: a status part in another multipart; `attached`: words alone,
   * the mail attached; `text`: plain text.
   */
  readonly format: 'report' | 'mixed' | 'attached' | 'text'
  /** What it reports at all: qmail knows neither delay warnings nor success reports. */
  readonly actions: readonly FailedBlock['action'][]
  /** True: never more than one recipient a report. */
  readonly oneRecipient?: boolean
  /** True: neither the mail nor its header comes back. */
  readonly returnsNothing?: boolean
  readonly write: (situation: Situation) => Written
}
