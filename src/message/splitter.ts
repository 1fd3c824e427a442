// Cuts a mail into its MIME leaves with mailparser's own splitter, keeping no more of each than allowed.
// Only this file imports it. It is told to leave enclosed messages whole: a report returns one, and it is not ours to judge.

import { type MessageChunk, type MimeNode, Splitter, type SplitterChunk } from '@zone-eu/mailsplit'
import { restoreLines } from './line-ends.ts'

export interface SplitLimits {
  /** Of one header block, in bytes. */
  readonly maxHeadBytes: number
  /** MIME nodes in one mail. */
  readonly maxParts: number
  /** Kept of one leaf, in bytes, before its transfer encoding is undone. */
  readonly maxPartBytes: number
  /** Kept of all leaves together. */
  readonly maxKeptBytes: number
}

/** A leaf, or a multipart of which no part was found: its own header block and the bytes kept of its body. */
export interface Leaf {
  /** `type/subtype` in lower case, or what stands in its place. */
  readonly type: string
  readonly encoding: string
  readonly charset: string | null
  readonly head: Buffer
  readonly body: Buffer
  readonly depth: number
  readonly root: boolean
  /** True inside a multipart/alternative. */
  readonly alternative: boolean
  /** True when body bytes were left out. */
  readonly cut: boolean
  /** True for a multipart whose parts could not be told apart. */
  readonly unsplit: boolean
}

/** What a mail is split into. */
export interface Split {
  /** Its own header block, as it stands; its first bytes when not even that could be read. */
  readonly head: Buffer
  /** In order of appearance. */
  readonly leaves: readonly Leaf[]
}

const FIRST_BYTES = 16 * 1024
/** A line longer than this, and than a header block may be, is passed on in pieces. */
const MAX_LINE_BYTES = 64 * 1024
const LF = 0x0a
const CR = 0x0d
const nothing = Buffer.alloc(0)

interface Kept {
  readonly node: MimeNode
  /** The bytes kept, and room for more: a buffer a line would cost more than the lines. */
  body: Buffer
  bytes: number
  /** Bytes left out. */
  dropped: number
  hasChildren: boolean
}

/**
 * The splitter without its stream, which costs as much as the splitting: a line in, a chunk out, at once. Its types
 * name neither method nor flag, so the version is pinned, and `splitter.test.ts` tells whether a new one still works.
 */
interface LineSplitter {
  /** Gives what the line ended or belongs to. */
  processLine(line: Buffer, isLast: boolean, next: OnLine): void
  /** What it gives beside the line's own: a node that a delimiter closed before its body. */
  push(chunk: SplitterChunk | null): boolean
  /** The next line goes on where the last one stopped, so it is no delimiter. */
  pendingLineTruncated: boolean
}

type OnLine = (error: Error | null | undefined, chunk?: SplitterChunk | false) => void

/**
 * One mail through the splitter: `write` its blocks as `LineEnds` gives them, then `end`.
 * Never throws; see `failure`.
 */
export class LeafSplitter {
  /** Why the splitter gave up; the leaves until then are kept. */
  failure: string | null = null

  readonly #splitter: LineSplitter
  readonly #limits: SplitLimits
  readonly #maxLineBytes: number
  readonly #kept: Kept[] = []
  #keptBytes = 0
  /** All there is when the header block itself is too big. */
  #firstBytes: Buffer = nothing
  /** The end of the last block, where its line goes on in the next. */
  #rest: Buffer = nothing
  /** The leaf whose body came last, if that ended a line. */
  #latest: Kept | null = null

  constructor(limits: SplitLimits) {
    this.#limits = limits
    // A header line in pieces would be too long in any case: none can be taken for the empty line behind the block.
    this.#maxLineBytes = Math.max(MAX_LINE_BYTES, limits.maxHeadBytes)
    this.#splitter = new Splitter({
      ignoreEmbedded: true,
      maxHeadSize: limits.maxHeadBytes,
      maxChildNodes: limits.maxParts,
    }) as unknown as LineSplitter
    this.#splitter.push = chunk => {
      if (chunk) this.#take(chunk)
      return true
    }
  }

  write(block: Buffer): void {
    if (this.failure !== null) return
    if (this.#firstBytes.length === 0) this.#firstBytes = block.subarray(0, FIRST_BYTES)
    const bytes = this.#rest.length === 0 ? block : Buffer.concat([this.#rest, block])
    let from = 0
    // What was left over holds no line end.
    for (let at = bytes.indexOf(LF, this.#rest.length); at >= 0; at = bytes.indexOf(LF, from)) {
      this.#splitter.processLine(bytes.subarray(from, at + 1), false, this.#onLine)
      from = at + 1
      if (this.failure !== null) return
    }
    this.#rest = bytes.subarray(from)
    // Joined lines are a body's: nobody waits for their end.
    if (this.#rest.length <= this.#maxLineBytes && !this.#rest.includes(CR)) return
    this.#splitter.processLine(this.#rest, false, this.#onLine)
    this.#splitter.pendingLineTruncated = true
    this.#rest = nothing
  }

  /** Ends the mail with its last block. */
  end(block: Buffer): Split {
    this.write(block)
    if (this.failure === null) this.#splitter.processLine(this.#rest, true, this.#onLine)
    // Taken out, so that of a mail nothing lives longer than its splitter is needed: the collector's work halves.
    const kept = this.#kept.splice(0)
    const root = kept.find(({ node }) => node.root)
    return {
      head: root?.node.getHeaders() ?? this.#firstBytes,
      leaves: kept.filter(({ hasChildren }) => !hasChildren).map(toLeaf),
    }
  }

  readonly #onLine: OnLine = (error, chunk) => {
    if (error) this.failure ??= error.message
    else if (chunk) this.#take(chunk)
  }

  #take(chunk: SplitterChunk): void {
    if (chunk.type === 'node') this.#open(chunk)
    else {
      if (this.#latest !== null && this.#latest.node !== chunk.node) this.#endBody(this.#latest)
      this.#keep(chunk)
    }
  }

  /** RFC 2046 §5.1.1: the line end before a delimiter is the delimiter's. */
  #endBody(kept: Kept): void {
    this.#latest = null
    if (!kept.node.parentNode) return
    if (kept.dropped > 0) {
      kept.dropped--
      return
    }
    kept.bytes--
    this.#keptBytes--
  }

  #open(node: MimeNode): void {
    if (node.parentNode) {
      const parent = this.#keptOf(node.parentNode)
      if (parent) {
        parent.hasChildren = true
        this.#keptBytes -= parent.bytes
        parent.body = nothing
        parent.bytes = 0
      }
    }
    this.#kept.push({ node, body: nothing, bytes: 0, dropped: 0, hasChildren: false })
  }

  /** Nearly always the last. */
  #keptOf(node: MimeNode | false): Kept | undefined {
    return this.#kept.findLast(kept => kept.node === node)
  }

  #keep({ type, node, value }: MessageChunk): void {
    const kept = this.#keptOf(node)
    if (!kept || kept.hasChildren || !isReadable(node) || value.length === 0) return
    const most =
      node.contentType === unknownType
        ? Math.min(MAX_UNKNOWN_BYTES, this.#limits.maxPartBytes)
        : this.#limits.maxPartBytes
    const room = Math.min(most - kept.bytes, this.#limits.maxKeptBytes - this.#keptBytes)
    const count = Math.max(0, Math.min(room, value.length))
    kept.dropped += value.length - count
    this.#latest = type === 'body' && value.at(-1) === LF ? kept : null
    if (count === 0) return
    append(kept, value.subarray(0, count))
    this.#keptBytes += count
  }
}

function append(kept: Kept, view: Buffer): void {
  const bytes = kept.bytes + view.length
  // A view holds its whole block in memory: a small one is copied out of it.
  if (kept.bytes === 0 && view.length * 4 >= view.buffer.byteLength) kept.body = view
  else {
    if (bytes > kept.body.length) {
      const body = Buffer.allocUnsafe(Math.max(bytes, 2 * kept.bytes))
      kept.body.copy(body, 0, 0, kept.bytes)
      kept.body = body
    }
    view.copy(kept.body, kept.bytes)
  }
  kept.bytes = bytes
}

/** Bytes of no stated kind (RFC 2046 §4.5.1): a gateway may have made them of a status part. */
export const unknownType = 'application/octet-stream'
const MAX_UNKNOWN_BYTES = 16 * 1024

/** Attachments are passed over: only text and what reports is worth keeping. */
function isReadable(node: MimeNode): boolean {
  const type = node.contentType || 'text/plain'
  return type === unknownType || !type.includes('/') || /^(?:text|message|multipart)\//.test(type)
}

function toLeaf({ node, body, bytes, dropped }: Kept): Leaf {
  return {
    type: node.contentType || 'text/plain',
    encoding: node.encoding || '',
    charset: node.charset || null,
    head: node.getHeaders(),
    body: restoreLines(body.subarray(0, bytes)),
    depth: depthOf(node),
    root: node.root,
    alternative: Boolean(node.parentNode) && (node.parentNode as MimeNode).multipart === 'alternative',
    cut: dropped > 0 && node.contentType !== unknownType,
    unsplit: Boolean(node.multipart),
  }
}

function depthOf(node: MimeNode): number {
  let depth = 0
  for (let parent = node.parentNode; parent; parent = parent.parentNode) depth++
  return depth
}
