// Amazon SES: its notification as JSON (SNS sent by mail), and its own words where the machine part is missing.

import { cleanLine } from '../../message/text.ts'
import type { Action, Kind } from '../../model/report.ts'
import type { Finding, RecipientFinding } from '../finding.ts'
import { statusOfField } from '../machine/codes.ts'
import { actionOf } from '../machine/dsn.ts'
import { isNamedAddress } from '../machine/typed-address.ts'
import type { Reading } from '../reading.ts'

const maxJsonChars = 256 * 1024

type JsonFields = Readonly<Record<string, unknown>>

/** A bounce or complaint that SES reports as JSON, or null. */
export function readAmazonSes(reading: Reading): Finding | null {
  const text = reading.words.trim()
  if (!text.startsWith('{') || text.length > maxJsonChars || !text.includes('otificationType')) return null
  const outer = parse(text)
  const notice = typeof outer?.Message === 'string' ? parse(outer.Message) : outer
  if (!notice) return null
  const kind = kinds[String(notice.notificationType ?? notice.eventType ?? '').toLowerCase()]
  if (kind === undefined) return null
  const detail = object(notice[kind.field])
  const recipients = list(detail?.[kind.recipients]).map(item => toFinding(item, kind.kind))
  return {
    reader: 'amazon-ses',
    kind: kind.kind,
    recipients: recipients.filter(found => found.address !== null),
    reportingMta:
      typeof detail?.reportingMTA === 'string' ? detail.reportingMTA.replace(/^dsn;\s*/i, '') : null,
    originalHeader: originalOf(object(notice.mail)),
  }
}

const kinds: Readonly<Record<string, { kind: Kind; field: string; recipients: string }>> = {
  bounce: { kind: 'bounce', field: 'bounce', recipients: 'bouncedRecipients' },
  complaint: { kind: 'complaint', field: 'complaint', recipients: 'complainedRecipients' },
  delivery: { kind: 'delivered', field: 'delivery', recipients: 'recipients' },
  deliverydelay: { kind: 'delayed', field: 'deliveryDelay', recipients: 'delayedRecipients' },
}

/** JSON that went through mail: line ends inside strings are the wrapping of a relay. */
function parse(text: string): JsonFields | null {
  for (const candidate of [text, text.replaceAll(/\n ?/g, ''), text.replaceAll('\n', '')]) {
    try {
      return object(JSON.parse(candidate, washed))
    } catch {
      // Not this way.
    }
  }
  return null
}

/** Escapes may stand for control characters. */
const washed = (_: string, value: unknown): unknown => (typeof value === 'string' ? cleanLine(value) : value)

function object(value: unknown): JsonFields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonFields) : null
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, 100) : []
}

function toFinding(item: unknown, kind: Kind): RecipientFinding {
  const fields = typeof item === 'string' ? { emailAddress: item } : object(item)
  const text = (name: string): string | null =>
    typeof fields?.[name] === 'string' ? (fields[name] as string) : null
  const address = text('emailAddress')
  const diagnostic = text('diagnosticCode')?.replace(/^(?:smtp|x-[a-z-]{1,20});\s*/i, '') ?? null
  return {
    address: address !== null && isNamedAddress(address) ? address : null,
    action: actionOf(text('action')) ?? actions[kind] ?? null,
    status: statusOfField(text('status') ?? ''),
    diagnostic,
    text: '',
  }
}

const actions: Partial<Record<Kind, Action>> = {
  bounce: 'failed',
  delayed: 'delayed',
  delivered: 'delivered',
}

function originalOf(mail: JsonFields | null): readonly { name: string; value: string }[] {
  const common = object(mail?.commonHeaders)
  const fields: [string, unknown][] = [
    ['message-id', common?.messageId ?? mail?.messageId],
    ['subject', common?.subject],
    ['return-path', mail?.source],
  ]
  return fields.flatMap(([name, value]) => (typeof value === 'string' ? [{ name, value }] : []))
}
