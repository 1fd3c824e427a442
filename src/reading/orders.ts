// What crosses between the listener's thread and the reader's: plain values, several in one message of the port.

import type { Envelope, Unaddressed } from '../model/envelope.ts'
import type { Letter, ReadMail, Trace } from '../model/read-mail.ts'
import type { Kind, Report } from '../model/report.ts'
import type { Rule } from '../model/rule.ts'
import type { JudgedRecipient, RefusalHints, Verdict } from '../model/verdict.ts'

/** What of a door's knowledge a verdict depends on. */
export interface EnvelopeSender {
  readonly hasEnvelope: boolean
  /** Null is the null sender; undefined if nothing says. */
  readonly mailFrom: string | null | undefined
}

export const senderOf = (mail: Envelope | Unaddressed): EnvelopeSender => ({
  hasEnvelope: 'client' in mail,
  mailFrom: mail.mailFrom,
})

/** To the reader, obeyed in order. `mail` is the number of one, from 1. */
export type Order =
  /** These rules are in force for every mail whose end is behind this. */
  | { readonly kind: 'rules'; readonly mail: 0; readonly rules: readonly Rule[] }
  /** All of a mail. */
  | {
      readonly kind: 'mail'
      readonly mail: number
      readonly sender: EnvelopeSender
      readonly bytes: Uint8Array
    }
  /** The next of a longer one. */
  | {
      readonly kind: 'chunk'
      readonly mail: number
      readonly sender: EnvelopeSender
      readonly bytes: Uint8Array
    }
  /** It ends here. */
  | { readonly kind: 'end'; readonly mail: number }
  /** Nobody wants the rest of it. */
  | { readonly kind: 'drop'; readonly mail: number }

export type ReaderAnswer =
  /** The first of all. */
  | { readonly kind: 'ready'; readonly mail: 0 }
  /** To `mail` and `end`. */
  | ({ readonly kind: 'read'; readonly mail: number } & Packed)
  /** To `chunk`: it is read, its memory is `spent`, and so many bytes of the mail are kept by now. */
  | { readonly kind: 'kept'; readonly mail: number; readonly bytes: number; readonly spent: Uint8Array }
  /** Our own trouble. */
  | { readonly kind: 'failed'; readonly mail: number; readonly fault: string }

/** A mail as read, without saying of each recipient again what its report says. */
export interface Packed {
  readonly letter: Letter
  readonly trace: Trace | null
  readonly report: Report
  readonly judged: Kind
  readonly verdicts: readonly { readonly verdict: Verdict | null; readonly hints: RefusalHints }[]
  /** Where the judge had to name a recipient itself. */
  readonly unnamed: readonly JudgedRecipient[] | null
  readonly seconds: number
}

export function pack({ letter, trace, report, judgement, seconds }: ReadMail): Packed {
  const { kind, recipients } = judgement
  const isUnnamed = recipients.length !== report.recipients.length
  return {
    letter,
    trace,
    report,
    judged: kind,
    verdicts: isUnnamed ? [] : recipients.map(({ verdict, hints }) => ({ verdict, hints })),
    unnamed: isUnnamed ? recipients : null,
    seconds,
  }
}

export function unpack({ letter, trace, report, judged, verdicts, unnamed, seconds }: Packed): ReadMail {
  const recipients =
    unnamed ??
    verdicts.flatMap(({ verdict, hints }, at) => {
      const recipient = report.recipients[at]
      return recipient === undefined ? [] : [{ ...recipient, verdict, hints }]
    })
  return { letter, trace, report, judgement: { kind: judged, recipients }, seconds }
}
