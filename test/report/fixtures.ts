// The fixtures of this project: a mail, what a correct reader says of it (written by hand before it ran), and why.

import { readdirSync, readFileSync } from 'node:fs'
import { readMessage } from '../../src/message/parts.ts'
import type { Message } from '../../src/model/message.ts'
import type { Action, Kind, Report } from '../../src/model/report.ts'
import { readReport } from '../../src/report/read.ts'

const directory = new URL('../fixtures/', import.meta.url)

/** What `name.json` says. Absent keys are not checked. */
export interface Expected {
  /** One sentence: what this mail guards. */
  readonly why: string
  readonly kind: Kind
  readonly reader: string
  readonly recipients: readonly ExpectedRecipient[]
  readonly messageId?: string | null
  readonly subject?: string | null
  readonly references?: readonly string[]
}

export interface ExpectedRecipient {
  readonly address: string | null
  readonly originalAddress: string | null
  readonly action: Action | null
  readonly status: string | null
  readonly replyCode: number | null
  /** The verdict, for `test/classify`: needed where the mail is a bounce, null where this recipient did not fail. */
  readonly type?: 'hard' | 'soft' | null
  readonly category?: string | null
}

export interface Fixture {
  readonly name: string
  readonly bytes: Buffer
  readonly expected: Expected
}

/** Every fixture, by name; a folder without any is a fault. */
export function fixtures(): readonly Fixture[] {
  const names = readdirSync(directory).filter(file => file.endsWith('.eml'))
  if (names.length === 0) throw new Error(`no fixtures in ${directory.pathname}`)
  return names.map(file => ({
    name: file.slice(0, -4),
    bytes: readFileSync(new URL(file, directory)),
    expected: JSON.parse(readFileSync(new URL(file.replace(/eml$/, 'json'), directory), 'utf8')) as Expected,
  }))
}

/** A mail with all its line ends as given; fixtures are stored with LF. */
export function withLineEnds(bytes: Buffer, end: '\r\n' | '\n' | '\r'): Buffer {
  return Buffer.from(bytes.toString('latin1').replace(/\r\n|\r|\n/g, end), 'latin1')
}

/** Bytes in chunks of that many. */
export async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

export const parse = (bytes: Buffer | string, chunk = Number.MAX_SAFE_INTEGER): Promise<Message> =>
  readMessage(inChunks(Buffer.from(bytes as string), chunk))

export const read = async (bytes: Buffer | string, chunk?: number): Promise<Report> =>
  readReport(await parse(bytes, chunk))

/** The ways a mail may arrive, each of which must read the same. */
export function arrivals(bytes: Buffer): readonly { how: string; bytes: Buffer; chunk?: number }[] {
  return [
    { how: 'as is', bytes },
    { how: 'CRLF', bytes: withLineEnds(bytes, '\r\n') },
    { how: 'CR', bytes: withLineEnds(bytes, '\r') },
    { how: 'one-byte chunks', bytes, chunk: 1 },
    { how: 'CRLF in one-byte chunks', bytes: withLineEnds(bytes, '\r\n'), chunk: 1 },
  ]
}
