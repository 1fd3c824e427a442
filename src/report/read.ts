// What a mail reports: offers it to each reader in turn; the first that recognises it has the word.

import { addresses, first } from '../message/header.ts'
import type { Message, Problem, Report, ReportIdentity, Sections } from '../model.ts'
import { readAutoReply } from './auto-reply.ts'
import { readComplaint } from './complaint.ts'
import { readDsn } from './dsn.ts'
import type { Finding } from './finding.ts'
import { finishRecipients, kindOf } from './finish.ts'
import { readFreeText } from './free-text.ts'
import { readExim } from './mta/exim.ts'
import { readPostfix } from './mta/postfix.ts'
import { readQmail } from './mta/qmail.ts'
import { readOriginal } from './original.ts'
import { layOut, type Reading } from './reading.ts'
import { readReceipt } from './receipt.ts'

export type Reader = (reading: Reading) => Finding | null

/** Machine parts first; programs that write none; then what is no bounce, so that free text is asked last (RFC 3834 §5). */
const readers: readonly Reader[] = [
  readComplaint,
  readDsn,
  readReceipt,
  readExim,
  readQmail,
  readPostfix,
  readAutoReply,
  readFreeText,
]

const MAX_IDENTITY_CHARS = 64 * 1024
const MAX_SECTION_CHARS = 256 * 1024

/** What the message reports. Never throws: a fault of ours becomes a problem, and the mail is ordinary. */
export function readReport(message: Message): Report {
  try {
    const reading = layOut(message)
    for (const reader of readers) {
      const finding = reader(reading)
      if (finding) return toReport(reading, finding, [])
    }
    return toReport(reading, { reader: 'none', kind: 'ordinary', recipients: [] }, [])
  } catch (error) {
    return unreadable(message, error)
  }
}

function toReport(reading: Reading, finding: Finding, problems: readonly Problem[]): Report {
  return {
    kind: kindOf(finding),
    reader: finding.reader,
    reportingMta: finding.reportingMta ?? null,
    original: readOriginal(finding.originalHeader ?? reading.original, finding.envelopeId ?? null),
    recipients: finishRecipients(finding, reading),
    sections: sectionsOf(reading),
    identity: identityOf(reading),
    problems: [...reading.message.problems, ...problems],
  }
}

function machineText(reading: Reading): string {
  return reading.message.parts
    .filter(part => !part.enclosed && part.type.startsWith('message/'))
    .map(part => part.text)
    .join('\n')
}

function sectionsOf(reading: Reading): Sections {
  const { header } = reading.message
  return {
    body: [reading.note, machineText(reading)].join('\n').slice(0, MAX_SECTION_CHARS),
    subject: reading.subject,
    from: addresses(header, 'from').join('\n'),
    recipients: ['to', 'cc', 'bcc'].flatMap(name => addresses(header, name)).join('\n'),
  }
}

/** Nothing that a relay adds or changes: no Received, Return-Path, signatures or boundaries. */
function identityOf(reading: Reading): ReportIdentity {
  const { header } = reading.message
  return {
    messageId: first(header, 'message-id'),
    date: first(header, 'date') ?? '',
    from: first(header, 'from') ?? '',
    subject: reading.subject,
    text: [reading.note, machineText(reading)].join('\n').slice(0, MAX_IDENTITY_CHARS),
  }
}

function unreadable(message: Message, error: unknown): Report {
  const detail = error instanceof Error ? error.message.slice(0, 200) : 'unknown'
  return {
    kind: 'ordinary',
    reader: 'none',
    reportingMta: null,
    original: { messageId: null, envelopeId: null, subject: null, references: [] },
    recipients: [],
    sections: { body: '', subject: '', from: '', recipients: '' },
    identity: { messageId: first(message.header, 'message-id'), date: '', from: '', subject: '', text: '' },
    problems: [...message.problems, { code: 'reader-fault', detail }],
  }
}
