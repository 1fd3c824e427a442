// What a mail reports: offers it to each reader in turn; the first that recognises it decides.

import { addresses, first, parseStructured } from '../message/header.ts'
import type { Message, Problem } from '../model/message.ts'
import { type Action, emptyReport, type Report, type ReportIdentity, type Sections } from '../model/report.ts'
import { readAutoReply, readChallenge } from './auto-reply.ts'
import { readAmazonSes } from './dialect/amazon-ses.ts'
import { readAol } from './dialect/aol.ts'
import { readCourier } from './dialect/courier.ts'
import { readDomino } from './dialect/domino.ts'
import { readDragonfly } from './dialect/dragonfly.ts'
import { readExchange } from './dialect/exchange.ts'
import { readExchangeOnline } from './dialect/exchange-online.ts'
import { readExim } from './dialect/exim.ts'
import { readGmail } from './dialect/gmail.ts'
import { readGroupwise } from './dialect/groupwise.ts'
import { readHaraka } from './dialect/haraka.ts'
import { readOpenSmtpd } from './dialect/opensmtpd.ts'
import { readPostfix } from './dialect/postfix.ts'
import { readQmail } from './dialect/qmail.ts'
import { readSendmail } from './dialect/sendmail.ts'
import { readVerizon } from './dialect/verizon.ts'
import { readXmail } from './dialect/xmail.ts'
import { readYahoo } from './dialect/yahoo.ts'
import type { Finding } from './finding.ts'
import { finishRecipients, kindOf, maxRecipients } from './finish.ts'
import { readCalendar } from './machine/calendar.ts'
import { readComplaint } from './machine/complaint.ts'
import { readDsn } from './machine/dsn.ts'
import { readDsnInText } from './machine/dsn-in-text.ts'
import { enclosedReport } from './machine/enclosed-dsn.ts'
import { readNamelessDsn } from './machine/nameless-dsn.ts'
import { readOriginal } from './machine/original.ts'
import { readReceipt } from './machine/receipt.ts'
import { isWarning } from './notice/delay.ts'
import { readFreeText } from './notice/free-text.ts'
import { readHousekeeping } from './notice/housekeeping.ts'
import { isByPerson, isMarked } from './notice/likelihood.ts'
import { completed, withoutRepeats } from './notice/recipients.ts'
import { isSuccess } from './notice/statements.ts'
import { layOut, type Reading } from './reading.ts'
import { decidingSign, signsOf } from './signs.ts'

export type Reader = (reading: Reading) => Finding | null

/** What a machine wrote for machines, and the challenge that borrows a mail program's words. */
const machineReaders: readonly Reader[] = [
  readComplaint,
  // Products that ask who we are may do so in the form of a report.
  readChallenge,
  readDsn,
  readEnclosed,
  readReceipt,
  readAmazonSes,
  readCalendar,
]

/** Programs that write for people, or whose machine part was lost. */
const dialectReaders: readonly Reader[] = [
  readDsnInText,
  readYahoo,
  readExim,
  readQmail,
  readPostfix,
  readSendmail,
  readExchangeOnline,
  readExchange,
  readDomino,
  readGmail,
  readAol,
  readCourier,
  readOpenSmtpd,
  readDragonfly,
  readGroupwise,
  readVerizon,
  readXmail,
  readHaraka,
]

/** What is no bounce before what may be one: reports were looked for already (RFC 3834 §5). */
const lastReaders: readonly Reader[] = [readHousekeeping, readNamelessDsn, readAutoReply, readFreeText]

/** In the order of asking. What a person pastes, quotes or forwards is no report to us. */
function* readersFor(reading: Reading): Generator<Reader> {
  if (!isReport(reading.message) && isByPerson(reading)) {
    yield readComplaint
    yield readChallenge
    yield readAutoReply
    return
  }
  yield* machineReaders
  if (isMarked(reading)) yield* dialectReaders
  yield* lastReaders
}

const maxIdentityChars = 64 * 1024
const maxSectionChars = 256 * 1024

/** What SMTP knows of a mail and its bytes do not say. */
export interface Delivery {
  /** It came with `MAIL FROM:<>`, as reports do (RFC 5321 §4.5.5). */
  readonly nullSender: boolean
}

const unknownDelivery: Delivery = { nullSender: false }

/** What the message reports. Never throws: a fault of ours becomes a problem, and the mail is ordinary. */
export function readReport(message: Message, { nullSender } = unknownDelivery): Report {
  try {
    const reading = layOut(message, nullSender)
    return toReport(reading, findingIn(reading) ?? { reader: 'none', kind: 'ordinary', recipients: [] })
  } catch (error) {
    return unreadable(message, nullSender, error)
  }
}

function findingIn(reading: Reading): Finding | null {
  for (const reader of readersFor(reading)) {
    const finding = reader(reading)
    if (finding?.within !== undefined) return finding
    if (finding) return completed(withActionOfWords(finding, reader, reading), reading)
  }
  return null
}

/** The report that a notice encloses, read by all readers: its frame may be as broken as any. */
function readEnclosed(reading: Reading): Finding | null {
  const message = enclosedReport(reading)
  if (message === null) return null
  const within = layOut(message, true)
  const finding = findingIn(within)
  return finding === null || finding.recipients.length === 0 ? null : { ...finding, within }
}

/** What about the message speaks for a notice and what made it no bounce, for `--explain`. Never throws. */
export function readSigns(message: Message, delivery = unknownDelivery): readonly string[] {
  try {
    const reading = layOut(message, delivery.nullSender)
    const deciding = decidingSign(reading, readReport(message, delivery))
    return [...signsOf(reading), ...(deciding === null ? [] : [`decided by: ${deciding}`])]
  } catch {
    return []
  }
}

/** A program that writes for people has one form for a failure, a warning and good news: its words tell them apart. */
function withActionOfWords(finding: Finding, reader: Reader, reading: Reading): Finding {
  if (finding.kind !== undefined || !dialectReaders.includes(reader) || reader === readDsnInText)
    return finding
  if (!finding.recipients.every(({ action }) => action === 'failed')) return finding
  const recipients = withoutRepeats(finding.recipients)
  const action = actionOfWords(reading)
  return { ...finding, recipients: recipients.map(found => ({ ...found, action })) }
}

function actionOfWords(reading: Reading): Action {
  if (isSuccess(reading)) return 'delivered'
  return isWarning(reading) ? 'delayed' : 'failed'
}

function problemsOf(reading: Reading, finding: Finding): readonly Problem[] {
  const extra = finding.recipients.length - maxRecipients
  return [
    ...reading.message.problems,
    ...(finding.problems ?? []),
    ...(reading.noteCut ? [{ code: 'note-cut' }] : []),
    ...(extra > 0 ? [{ code: 'too-many-recipients', detail: `${extra} left out` }] : []),
  ]
}

/** RFC 6522: the whole mail is a report. */
function isReport(message: Message): boolean {
  return parseStructured(first(message.header, 'content-type') ?? '').value === 'multipart/report'
}

function toReport(reading: Reading, finding: Finding): Report {
  const told = notificationText(reading)
  const within = finding.within ?? reading
  return {
    kind: kindOf(finding, within),
    reader: finding.reader,
    reportingMta: finding.reportingMta ?? null,
    original: readOriginal(finding.originalHeader ?? within.original, finding, reading.notified),
    recipients: finishRecipients(finding, within),
    sections: sectionsOf(reading, told),
    identity: identityOf(reading, told),
    nullSender: reading.nullSender,
    problems: problemsOf(reading, finding),
  }
}

/** What people and machines were told: the notification without the original, and the status parts. */
function notificationText(reading: Reading): string {
  const machine = reading.message.parts.filter(part => !part.enclosed && part.type.startsWith('message/'))
  return [reading.note, ...machine.map(part => part.text)].join('\n').slice(0, maxSectionChars)
}

function sectionsOf(reading: Reading, body: string): Sections {
  const { header } = reading.message
  return {
    body,
    subject: reading.subject,
    from: reading.senders.join('\n'),
    recipients: [...reading.notified, ...addresses(header, 'cc'), ...addresses(header, 'bcc')].join('\n'),
  }
}

/** Nothing that a relay adds or changes: no Received, Return-Path, signatures or boundaries. */
function identityOf(reading: Reading, told: string): ReportIdentity {
  const { header } = reading.message
  return {
    messageId: first(header, 'message-id'),
    date: first(header, 'date') ?? '',
    from: first(header, 'from') ?? '',
    subject: reading.subject,
    text: told.slice(0, maxIdentityChars),
  }
}

function unreadable(message: Message, nullSender: boolean, error: unknown): Report {
  const detail = error instanceof Error ? error.message.slice(0, 200) : 'unknown'
  return {
    ...emptyReport,
    identity: { ...emptyReport.identity, messageId: first(message.header, 'message-id') },
    nullSender,
    problems: [...message.problems, { code: 'reader-fault', detail }],
  }
}
