// The part of a message that is kept to judge it again: the report, cut down to at most 4 KB of JSON.

import type { RecipientReport, Report, Sections } from '../model/report.ts'

/** Upper bound of one piece of evidence, in bytes of UTF-8. */
export const maxEvidenceBytes = 4096

const maxRecipients = 5
const maxSenders = 3
const maxField = 200
const version = 1

interface EvidenceBody {
  readonly v: typeof version
  readonly kind: Report['kind']
  readonly reader: string
  readonly reportingMta: string | null
  readonly senders?: readonly string[]
  readonly recipients: readonly RecipientReport[]
  readonly sections: Sections
  /** Absent where it is false. */
  readonly nullSender?: true
}

/** Of more messages a second, those that come first are kept: a flood teaches nothing new, and costs as much. */
const maxPerSecond = 100

/** Says of each message, by when it came, whether it is among those that evidence is kept of. */
export function createSample(): (receivedAt: Date) => boolean {
  let second = 0
  let taken = 0
  return receivedAt => {
    const now = Math.floor(receivedAt.getTime() / 1000)
    if (now !== second) taken = 0
    second = now
    taken += 1
    return taken <= maxPerSecond
  }
}

/**
 * Keeps what the verdict depends on: codes, the words of the refusal, and the start of each of the four sections.
 * The texts are cut evenly until everything fits, so that rules and causes still find text near the top.
 */
export function keepEvidence(report: Report): string {
  for (let textBudget = 2048; ; textBudget = textBudget >> 1) {
    const kept = JSON.stringify(cutTo(report, textBudget))
    if (Buffer.byteLength(kept) <= maxEvidenceBytes) return kept
    if (textBudget === 0) return JSON.stringify(barest(report))
  }
}

/** Reads evidence back as a report that can be judged; null if it is not evidence (another version, damage). */
export function reportFromEvidence(kept: string): Report | null {
  let read: Partial<EvidenceBody>
  try {
    read = JSON.parse(kept) as Partial<EvidenceBody>
  } catch {
    return null
  }
  if (typeof read !== 'object' || read === null || read.v !== version) return null
  const { kind, reader, reportingMta, senders, recipients, sections, nullSender } = read
  if (kind === undefined || recipients === undefined || sections === undefined) return null
  return {
    kind,
    reader: reader ?? 'none',
    reportingMta: reportingMta ?? null,
    original: { messageId: null, envelopeId: null, subject: null, references: [], senders: senders ?? [] },
    recipients: recipients.map(recipient => ({
      ...recipient,
      explanation: explanationOf(recipient),
    })),
    sections,
    identity: { messageId: null, date: '', from: '', subject: '', text: '' },
    nullSender: nullSender === true,
    problems: [],
  }
}

function cutTo(report: Report, budget: number): EvidenceBody {
  const each = Math.floor(budget / Math.min(Math.max(report.recipients.length, 1), maxRecipients))
  return {
    v: version,
    kind: report.kind,
    reader: cut(report.reader, 50),
    reportingMta: cutOrNull(report.reportingMta, maxField),
    ...(report.nullSender ? { nullSender: true } : {}),
    senders: report.original.senders.slice(0, maxSenders).map(sender => cut(sender, maxField)),
    recipients: report.recipients.slice(0, maxRecipients).map(recipient => ({
      address: cutOrNull(recipient.address, maxField),
      originalAddress: cutOrNull(recipient.originalAddress, maxField),
      action: recipient.action,
      status: recipient.status,
      statusField: recipient.statusField,
      replyCode: recipient.replyCode,
      diagnostic: cutOrNull(recipient.diagnostic, each),
      remoteMta: cutOrNull(recipient.remoteMta, maxField),
      explanation: cut(withoutDiagnostic(recipient), each),
    })),
    sections: {
      body: cut(report.sections.body, budget),
      subject: cut(report.sections.subject, Math.min(budget, maxField)),
      from: cut(report.sections.from, Math.min(budget, maxField)),
      recipients: cut(report.sections.recipients, Math.min(budget, maxField)),
    },
  }
}

/** If even empty texts do not fit: only the kind. */
function barest(report: Report): EvidenceBody {
  return {
    v: version,
    kind: report.kind,
    reader: '',
    reportingMta: null,
    ...(report.nullSender ? { nullSender: true } : {}),
    recipients: [],
    sections: { body: '', subject: '', from: '', recipients: '' },
  }
}

/** The explanation begins with the diagnostic, which is kept only once. */
function withoutDiagnostic({ diagnostic, explanation }: RecipientReport): string {
  return diagnostic !== null && explanation.startsWith(diagnostic)
    ? explanation.slice(diagnostic.length).trimStart()
    : explanation
}

function explanationOf({ diagnostic, explanation }: RecipientReport): string {
  return [diagnostic ?? '', explanation].filter(text => text !== '').join('\n')
}

function cutOrNull(text: string | null, length: number): string | null {
  return text === null ? null : cut(text, length)
}

/** Never through a surrogate pair. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length)
}
