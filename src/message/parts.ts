// A mail's bytes to a bounded value: header, leaves as text, what was wrong with it.

import type { MailMemory } from '../model/mail-memory.ts'
import type { Message, Part, Problem } from '../model/message.ts'
import { first, parseHeader, parseStructured } from './header.ts'
import type { Leaf } from './leaf.ts'
import { ownMemory } from './memory-budget.ts'
import { maxHtmlBytes, skipSeparator, toPart } from './part.ts'
import { defaultLimits, MailSplit, pause, pieceBytes, type ReadLimits, splitText } from './split.ts'
import { decodeTransferText } from './transfer.ts'

export interface ReadOptions {
  /** The share of this mail in what all mails in flight may keep. */
  readonly memory?: MailMemory
  readonly limits?: ReadLimits
}

/**
 * Reads a mail to its last byte and gives what is needed of it, in memory bounded by `limits`. Same value for any chunks
 * and line ends. Never throws for what the bytes say; rejects when `bytes` does. Where `memory` has no room for it,
 * reading stops and nothing of the mail is kept: it has the problem `not-kept`.
 */
export async function readMessage(
  bytes: AsyncIterable<Uint8Array>,
  { memory = ownMemory, limits = defaultLimits }: ReadOptions = {},
): Promise<Message> {
  const mail = new MailSplit(limits, memory)
  for await (const chunk of bytes) {
    await mail.push(chunk)
    if (memory.isExhausted()) return notKept(mail.bytes)
  }
  const { head, leaves } = await mail.end()

  const problems: Problem[] = []
  if (mail.bytes === 0) problems.push({ code: 'empty' })
  if (mail.startedEmpty) problems.push({ code: 'leading-empty-lines' })
  if (mail.cut) problems.push({ code: 'too-long' })
  if (mail.failure !== null) problems.push({ code: 'split-failed', detail: mail.failure })
  const header = parseHeader(head, mail.plain)
  const parts = await toParts(leaves, mail.plain, limits, memory, problems)
  if (memory.isExhausted()) return notKept(mail.bytes)
  // Whoever reads the message does so in the turn that gets it.
  if (parts.some(({ text }) => text.length > pieceBytes)) await pause()
  return { header, parts, bytes: mail.bytes, problems }
}

/** A mail of which only its size is known. */
function notKept(bytes: number): Message {
  return { header: [], parts: [], bytes, problems: [{ code: 'not-kept' }] }
}

const charBytes = 2

/** `plain`: every byte of the mail is ASCII and no control character. Ends early where `memory` has no room. */
async function toParts(
  leaves: readonly Leaf[],
  plain: boolean,
  limits: ReadLimits,
  memory: MailMemory,
  problems: Problem[],
): Promise<readonly Part[]> {
  const parts: Part[] = []
  let turnBytes = 0
  for (const leaf of leaves) {
    // Decoding is done in turns too: of most mails all of it in one.
    turnBytes += leaf.head.length + leaf.body.length
    if (turnBytes > pieceBytes) {
      await pause()
      turnBytes = leaf.head.length + leaf.body.length
    }
    if (leaf.cut || isReadInPart(leaf)) problems.push({ code: 'part-cut', detail: leaf.type })
    if (leaf.headCut) problems.push({ code: 'header-cut', detail: leaf.type })
    const read = readLeaf(leaf, parts.at(-1), plain, limits, problems)
    for (const part of read instanceof Promise ? await read : read) {
      // What is decoded comes to what it was decoded from, which is let go of only at the end.
      if (!memory.take(charBytes * part.text.length)) return parts
      parts.push(part)
    }
  }
  return parts
}

/** A promise only for what must be split once more. */
function readLeaf(
  leaf: Leaf,
  before: Part | undefined,
  plain: boolean,
  limits: ReadLimits,
  problems: Problem[],
): readonly Part[] | Promise<readonly Part[]> {
  if (leaf.unsplit) return splitByGuess(leaf, limits, problems)
  const part = toPart(isTold(leaf, before) ? { ...leaf, body: '' } : leaf, plain)
  return isReport(part) ? withParts(part, leaf, limits, problems) : [part]
}

async function withParts(
  part: Part,
  leaf: Leaf,
  limits: ReadLimits,
  problems: Problem[],
): Promise<readonly Part[]> {
  return [{ ...part, inner: await partsWithin(leaf, limits, problems) }]
}

function isReadInPart({ type, body }: Leaf): boolean {
  return type === 'text/html' && body.length > maxHtmlBytes
}

/** A returned message that is a report itself, or the report that a gateway put its own notice around (RFC 6522). */
function isReport({ type, header }: Part): boolean {
  if (type !== 'message/rfc822' && type !== 'message/global') return false
  const field = first(header, 'content-type') ?? ''
  if (!/report/i.test(field)) return false
  const inner = parseStructured(field)
  // The type may be missing.
  const about = inner.parameters['report-type']?.toLowerCase() ?? 'delivery-status'
  return inner.value === 'multipart/report' && about === 'delivery-status'
}

/** Of an enclosed report its status part is read: one turn does that. */
const maxInnerBytes = 64 * 1024

async function partsWithin(leaf: Leaf, limits: ReadLimits, problems: Problem[]): Promise<readonly Part[]> {
  await pause()
  const bytes = skipSeparator(decodeTransferText(leaf.body, leaf.encoding))
  if (bytes.length > maxInnerBytes && !leaf.cut) problems.push({ code: 'part-cut', detail: leaf.type })
  const inner = new MailSplit(limits)
  await inner.push(Buffer.from(bytes.slice(0, maxInnerBytes), 'latin1'))
  const { leaves } = await inner.end()
  const parts: Part[] = []
  for (const within of leaves) {
    const below = { ...within, depth: within.depth + leaf.depth }
    if (within.unsplit) parts.push(...(await splitByGuess(below, limits, problems)))
    else parts.push(toPart(below))
  }
  return parts
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
async function splitByGuess(leaf: Leaf, limits: ReadLimits, problems: Problem[]): Promise<readonly Part[]> {
  problems.push({ code: 'no-boundary' })
  // Splitting once more is done in one go.
  await pause()
  const boundary = guessBoundary(leaf.body)
  if (boundary === null) return [toPart({ ...leaf, type: 'text/plain' })]
  const head = `Content-Type: multipart/mixed; boundary="${boundary}"\n\n`
  const { leaves } = await splitText(head + leaf.body, limits)
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
function guessBoundary(body: string): string | null {
  const lines = body.slice(0, 64 * 1024).split('\n')
  for (let at = 0; at + 1 < lines.length; at++) {
    const line = lines[at] ?? ''
    if (!/^--[^\s"\\][^"\\]{0,98}$/.test(line.trimEnd())) continue
    if (/^content-[a-z-]{2,40}\s{0,3}:/i.test(lines[at + 1] ?? '')) return line.trimEnd().slice(2)
  }
  return null
}
