// A machine part that lost its MIME frame: gateways and careless senders leave `Final-Recipient:` standing in the text.

import { first, parseStructured } from '../../message/header.ts'
import type { Finding } from '../finding.ts'
import { isByMachine } from '../notice/likelihood.ts'
import type { Reading } from '../reading.ts'
import { findingOf } from './dsn.ts'
import { type Block, readBlocks } from './fields.ts'

const begins =
  /^(?:reporting-mta|arrival-date|original-envelope-id|final-recipient|original-recipient|action|status)\s{0,3}:/i
const names = /^(?:final|original)-recipient\s{0,3}:/i

/** The report whose fields stand in the notification, or null. What a person quotes or pastes is none. */
export function readDsnInText(reading: Reading): Finding | null {
  if (!isByMachine(reading)) return null
  return findingIn(reading.lines) ?? readWrapped(reading)
}

/** A provider may put its own notice around a whole report, which then looks like the returned message. */
function readWrapped(reading: Reading): Finding | null {
  const type = parseStructured(first(reading.original, 'content-type') ?? '')
  if (reading.quoted === '' || type.value !== 'multipart/report') return null
  if (type.parameters['report-type']?.toLowerCase() !== 'delivery-status') return null
  return findingIn(reading.quoted.split('\n'))
}

function findingIn(lines: readonly string[]): Finding | null {
  const start = lines.findIndex(line => begins.test(lead(line)))
  if (start < 0 || !lines.some(line => names.test(lead(line)))) return null
  return findingOf('dsn', blocksFrom(lines.slice(start)))
}

const lead = (line: string): string => line.trimStart().slice(0, 40)

/** Fields that were indented are none the less fields; what follows a MIME delimiter is another part. */
function blocksFrom(lines: readonly string[]): readonly Block[] {
  const end = lines.findIndex(line => /^--\S/.test(line))
  const fields = lines
    .slice(0, end < 0 ? undefined : end)
    .map(line => (begins.test(lead(line)) ? line.trimStart() : line))
  return readBlocks(fields.join('\n'))
}
