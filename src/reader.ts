// The stages from bytes to verdicts, put together: what `classify` needs, and no database.

import { createJudge } from './classify/ladder.ts'
import { defaultRules } from './knowledge/default-rules.ts'
import { readMessage } from './message/parts.ts'
import { adviceOf } from './model/categories.ts'
import type { Classified } from './model/classified.ts'
import type { Message } from './model/message.ts'
import type { Report } from './model/report.ts'
import type { Explanation, Judgement } from './model/verdict.ts'
import { type Delivery, readReport, readSigns } from './report/read.ts'
import { readRules } from './rules/rule-file.ts'

export interface MailReader {
  readonly parse: (bytes: AsyncIterable<Uint8Array>) => Promise<Message>
  readonly read: (message: Message, delivery?: Delivery) => Report
  /** What about the message speaks for a notice of a mail system, in words. */
  readonly signs: (message: Message, delivery?: Delivery) => readonly string[]
  readonly judge: (report: Report) => Judgement
  readonly explain: (report: Report) => Explanation
}

/** `rules` is parsed JSON, undefined for the shipped rules. Throws an Error that says what is wrong with it. */
export function createReader(options: { readonly rules?: unknown } = {}): MailReader {
  const { judge, explain } = createJudge({
    rules: options.rules === undefined ? defaultRules : readRules(options.rules),
  })
  return { parse: bytes => readMessage(bytes), read: readReport, signs: readSigns, judge, explain }
}

/** What `classify --json` and `POST /v1/classify` answer about one mail (but for its file). */
export function classifiedOf(report: Report, judgement: Judgement): Classified {
  return {
    kind: judgement.kind,
    recipients: judgement.recipients.map(recipient => ({
      address: recipient.address,
      originalAddress: recipient.originalAddress,
      type: recipient.verdict?.type ?? null,
      permanent: recipient.verdict?.permanent ?? null,
      category: recipient.verdict?.category ?? null,
      action: recipient.action,
      status: recipient.status,
      replyCode: recipient.replyCode,
      diagnostic: recipient.diagnostic,
      remoteMta: recipient.remoteMta,
      because: recipient.verdict?.because ?? null,
      advice:
        recipient.verdict === null ? null : adviceOf(recipient.verdict.category, recipient.verdict.type),
      ...recipient.hints,
    })),
    reportingMta: report.reportingMta,
    original: {
      messageId: report.original.messageId,
      envelopeId: report.original.envelopeId,
      subject: report.original.subject,
    },
    problems: report.problems,
  }
}
