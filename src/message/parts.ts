// A mail's bytes to a bounded value: header, leaves as text, what was wrong with it.

import type { MailMemory } from '../model/mail-memory.ts'
import type { Header, Message, Part, Problem } from '../model/message.ts'
import { first, parseHeader, parseStructured } from './header.ts'
import { htmlToText } from './html.ts'
import { LineEnds } from './line-ends.ts'
import { ownMemory } from './memory-budget.ts'
import { type Leaf, LeafSplitter, type SplitLimits, unknownType } from './splitter.ts'
import { cleanText, decodeText } from './text.ts'
import { decodeTransfer } from './transfer.ts'

/** What one message may cost. All in bytes but `maxParts`. */
export interface ReadLimits extends SplitLimits {
  /** Split at most; the rest is counted and dropped. */
  readonly maxSplitBytes: number
}

const KB = 1024

export const defaultLimits: ReadLimits = {
  maxHeadBytes: 128 * KB,
  maxParts: 100,
  maxPartBytes: 256 * KB,
  maxKeptBytes: 1024 * KB,
  maxSplitBytes: 8 * 1024 * KB,
}

/** The unit the splitter is fed with, whatever the chunks were: the result must not depend on them. */
const BLOCK_BYTES = 16 * KB

export interface ReadOptions {
  /** The share of this mail in what all mails in flight may keep. */
  readonly memory?: MailMemory
  readonly limits?: ReadLimits
}

/**
 * Reads a mail to its last byte (the SMTP session waits for that) and gives what is needed of it, in memory bounded by
 * `limits`. Same value for any chunks and line ends. Never throws for what the bytes say; rejects when `bytes` does.
 * Where `memory` has no room for it, nothing of the mail is kept: it has the problem `not-kept`.
 */
export async function readMessage(
  bytes: AsyncIterable<Uint8Array>,
  { memory = ownMemory, limits = defaultLimits }: ReadOptions = {},
): Promise<Message> {
  const lines = new LineEnds(BLOCK_BYTES, limits.maxSplitBytes)
  const splitter = new LeafSplitter(limits, memory)
  for await (const chunk of bytes) await readChunk(chunk, lines, splitter)
  const { head, leaves } = splitter.end(lines.end())

  const problems: Problem[] = []
  if (lines.bytes === 0) problems.push({ code: 'empty' })
  if (lines.startedEmpty) problems.push({ code: 'leading-empty-lines' })
  if (lines.cut) problems.push({ code: 'too-long' })
  if (splitter.failure !== null) problems.push({ code: 'split-failed', detail: splitter.failure })
  const header = parseHeader(head, lines.plain)
  const parts: Part[] = []
  for await (const part of toParts(leaves, lines.plain, limits, problems)) {
    // What is decoded comes to what it was decoded from, which is let go of only at the end.
    if (!memory.take(CHAR_BYTES * part.text.length)) break
    parts.push(part)
  }
  if (memory.isExhausted()) return notKept(lines.bytes)
  // Whoever reads the message does so in the turn that gets it.
  if (parts.some(({ text }) => text.length > PIECE_BYTES)) await pause()
  return { header, parts, bytes: lines.bytes, problems }
}

const CHAR_BYTES = 2

/** Nobody waits for a big chunk: other sessions have their turn between its pieces. */
async function readChunk(chunk: Uint8Array, lines: LineEnds, splitter: LeafSplitter): Promise<void> {
  for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
    if (at > 0) await pause()
    for (const block of lines.push(chunk.subarray(at, at + PIECE_BYTES))) splitter.write(block)
  }
}

/** Of a chunk, as much as one turn of the event loop reads. */
const PIECE_BYTES = 64 * KB

/** A mail of which only its size is known. */
function notKept(bytes: number): Message {
  return { header: [], parts: [], bytes, problems: [{ code: 'not-kept' }] }
}

const pause = (): Promise<void> => new Promise(setImmediate)

/** `plain`: every byte of the mail is ASCII and no control character. */
async function* toParts(
  leaves: readonly Leaf[],
  plain: boolean,
  limits: ReadLimits,
  problems: Problem[],
): AsyncGenerator<Part> {
  let before: Part | undefined
  let turnBytes = 0
  for (const leaf of leaves) {
    // Decoding is done in turns too: of most mails all of it in one.
    turnBytes += leaf.head.length + leaf.body.length
    if (turnBytes > PIECE_BYTES) {
      await pause()
      turnBytes = leaf.head.length + leaf.body.length
    }
    if (leaf.cut || isReadInPart(leaf)) problems.push({ code: 'part-cut', detail: leaf.type })
    if (leaf.headCut) problems.push({ code: 'header-cut', detail: leaf.type })
    if (leaf.unsplit) {
      // Splitting once more is done in one go.
      await pause()
      for (const part of splitByGuess(leaf, limits, problems)) {
        yield part
        before = part
      }
      continue
    }
    const part = toPart(isTold(leaf, before) ? { ...leaf, body: nothing } : leaf, plain)
    before = part
    if (isReport(part)) {
      await pause()
      yield { ...part, inner: partsWithin(leaf, limits) }
    } else yield part
  }
}

/** Of HTML more is read than anybody writes in a notice; of an enclosed report, its status part. One turn does either. */
const MAX_HTML_BYTES = 128 * KB
const MAX_INNER_BYTES = 64 * KB

function isReadInPart({ type, body }: Leaf): boolean {
  return type === 'text/html' && body.length > MAX_HTML_BYTES
}

/** A returned message that is a report itself, or the report that a gateway put its own notice around (RFC 6522). */
function isReport({ type, header }: Part): boolean {
  if (type !== 'message/rfc822' && type !== 'message/global') return false
  const field = first(header, 'content-type') ?? ''
  if (!field.includes('report')) return false
  const inner = parseStructured(field)
  return inner.value === 'multipart/report' && inner.parameters['report-type'] === 'delivery-status'
}

function partsWithin(leaf: Leaf, limits: ReadLimits): readonly Part[] {
  const bytes = skipSeparator(decodeTransfer(leaf.body, leaf.encoding)).subarray(0, MAX_INNER_BYTES)
  const lines = new LineEnds(Math.max(bytes.length, 1), limits.maxSplitBytes)
  const splitter = new LeafSplitter(limits)
  for (const block of lines.push(bytes)) splitter.write(block)
  const { leaves } = splitter.end(lines.end())
  return leaves
    .filter(inner => !inner.unsplit)
    .map(inner => toPart({ ...inner, depth: inner.depth + leaf.depth }))
}

/** HTML that says again what the plain text before it has said (RFC 2046 §5.1.4): reading it would cost, and tell nothing. */
function isTold(leaf: Leaf, before: Part | undefined): boolean {
  return (
    leaf.alternative &&
    leaf.type === 'text/html' &&
    before?.type === 'text/plain' &&
    before.depth === leaf.depth &&
    before.text.trim() !== ''
  )
}

/** A multipart without a boundary, or with another than it says (RFC 2046 §5.1.1): the lines tell which it is. */
function splitByGuess(leaf: Leaf, limits: ReadLimits, problems: Problem[]): readonly Part[] {
  problems.push({ code: 'no-boundary' })
  const boundary = guessBoundary(leaf.body)
  if (boundary === null) return [toPart({ ...leaf, type: 'text/plain' })]
  const splitter = new LeafSplitter(limits)
  const head = Buffer.from(`Content-Type: multipart/mixed; boundary="${boundary}"\n\n`)
  const { leaves } = splitter.end(Buffer.concat([head, leaf.body]))
  return leaves.map(inner =>
    toPart({
      ...inner,
      type: inner.unsplit ? 'text/plain' : inner.type,
      depth: inner.depth + leaf.depth,
      root: false,
    }),
  )
}

/** The first `--line` that is followed by what looks like a header field. */
function guessBoundary(body: Buffer): string | null {
  const lines = body.toString('latin1', 0, 64 * KB).split('\n')
  for (let at = 0; at + 1 < lines.length; at++) {
    const line = lines[at] ?? ''
    if (!/^--[^\s"\\][^"\\]{0,98}$/.test(line.trimEnd())) continue
    if (/^content-[a-z-]{2,40}\s{0,3}:/i.test(lines[at + 1] ?? '')) return line.trimEnd().slice(2)
  }
  return null
}

const nothing = Buffer.alloc(0)

const enclosedTypes = new Set([
  'message/rfc822',
  'message/global',
  'text/rfc822-headers',
  'text/rfc822-header',
  'message/rfc822-headers',
  'message/global-headers',
])

function typeOf(leaf: Leaf): string {
  if (!leaf.type.includes('/')) return 'text/plain'
  return isStatus(leaf) ? 'message/delivery-status' : leaf.type
}

function toPart(leaf: Leaf, plain = false): Part {
  const type = typeOf(leaf)
  const own = parseHeader(leaf.head, plain)
  const contentType = first(own, 'content-type') ?? ''
  const enclosed = enclosedTypes.has(type)
  return {
    type,
    parameters: contentType.includes(';') ? parseStructured(contentType).parameters : {},
    header: enclosed ? headerWithin(leaf, plain) : own,
    text: !enclosed && isReadable(type) ? textOf(leaf, type, own.length === 0, plain) : '',
    depth: leaf.depth,
    enclosed,
  }
}

/** A status part that lost its type: its first field says what it is (RFC 3464 §2.1). */
function isStatus(leaf: Leaf): boolean {
  if (leaf.type !== unknownType) return false
  const opening = decodeTransfer(leaf.body.subarray(0, 1024), leaf.encoding).toString('latin1')
  return /^\s{0,20}(?:reporting-mta|original-envelope-id|arrival-date|final-recipient|original-recipient)\s{0,3}:/i.test(
    opening,
  )
}

function isReadable(type: string): boolean {
  return type.startsWith('text/') || type.startsWith('message/')
}

function headerWithin(leaf: Leaf, plain: boolean): Header {
  const bytes = decodeTransfer(leaf.body, leaf.encoding)
  return parseHeader(skipSeparator(bytes), plain && bytes === leaf.body)
}

function textOf(leaf: Leaf, type: string, headless: boolean, plain: boolean): string {
  // A mail that has no header at all is text from its first line.
  const bytes =
    leaf.root && headless ? Buffer.concat([leaf.head, leaf.body]) : decodeTransfer(leaf.body, leaf.encoding)
  const text = decodeText(bytes, leaf.charset)
  if (type === 'text/html') return cleanText(htmlToText(text.slice(0, MAX_HTML_BYTES)))
  // As it came, and read byte by byte: there is nothing to clean away.
  return plain && bytes === leaf.body && text.length === bytes.length ? text : cleanText(text)
}

/** Empty lines and an mbox separator that some programs put before the message they return. */
function skipSeparator(bytes: Buffer): Buffer {
  let at = 0
  while (bytes[at] === 0x0a || bytes[at] === 0x20) at++
  for (const separator of ['From ', '>From ']) {
    if (bytes.toString('latin1', at, at + separator.length) === separator) {
      const end = bytes.indexOf(0x0a, at)
      return end < 0 ? bytes : bytes.subarray(end + 1)
    }
  }
  return bytes.subarray(at)
}
