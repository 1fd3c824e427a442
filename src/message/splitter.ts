// Cuts a mail into its MIME leaves with mailparser's own splitter, keeping no more of each than allowed.
// Only this file imports it. It is told to leave enclosed messages whole: a report returns one, and it is not ours to judge.

import type { Transform } from 'node:stream'
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

const FIRST_BYTES = 16 * 1024

interface Kept {
  readonly node: MimeNode
  readonly chunks: Buffer[]
  bytes: number
  cut: boolean
  hasChildren: boolean
}

/**
 * One mail through the splitter: `write` its blocks as `LineEnds` gives them, `end`, then take the leaves.
 * Never throws; see `failure`.
 */
export class LeafSplitter {
  /** Why the splitter gave up; the leaves until then are kept. */
  failure: string | null = null

  readonly #splitter: Transform
  readonly #limits: SplitLimits
  readonly #kept = new Map<MimeNode, Kept>()
  #keptBytes = 0
  /** All there is when the header block itself is too big. */
  #firstBytes: Buffer = Buffer.alloc(0)

  constructor(limits: SplitLimits) {
    this.#limits = limits
    // Its own type knows of 'data' only.
    this.#splitter = new Splitter({
      ignoreEmbedded: true,
      maxHeadSize: limits.maxHeadBytes,
      maxChildNodes: limits.maxParts,
    }) as unknown as Transform
    this.#splitter.on('data', (chunk: SplitterChunk) => {
      if (chunk.type === 'node') this.#open(chunk)
      else this.#keep(chunk)
    })
    this.#splitter.on('error', (error: Error) => {
      this.failure ??= error.message
    })
  }

  /** Resolves when the block has been split; at once after a failure. */
  write(block: Buffer): Promise<void> {
    this.#begin(block)
    if (this.failure !== null) return Promise.resolve()
    return new Promise(resolve => this.#splitter.write(block, () => resolve()))
  }

  /** Ends the mail with its last block and gives its leaves in order of appearance. */
  async end(block: Buffer): Promise<readonly Leaf[]> {
    this.#begin(block)
    if (this.failure === null) {
      await new Promise<void>(resolve => {
        this.#splitter.once('end', resolve)
        this.#splitter.once('error', () => resolve())
        this.#splitter.end(block)
      })
    }
    const leaves: Leaf[] = []
    for (const kept of this.#kept.values()) if (!kept.hasChildren) leaves.push(toLeaf(kept))
    return leaves
  }

  #begin(block: Buffer): void {
    if (this.#firstBytes.length === 0) this.#firstBytes = block.subarray(0, FIRST_BYTES)
  }

  /** The mail's own header block, as it stands; empty when not even that could be read. */
  rootHead(): Buffer {
    for (const { node } of this.#kept.values()) if (node.root) return node.getHeaders()
    return this.#firstBytes
  }

  /** Frees the stream of a mail that did not come to its end. */
  close(): void {
    this.#splitter.destroy()
  }

  #open(node: MimeNode): void {
    if (node.parentNode) {
      const parent = this.#kept.get(node.parentNode)
      if (parent) {
        parent.hasChildren = true
        this.#keptBytes -= parent.bytes
        parent.chunks.length = 0
        parent.bytes = 0
      }
    }
    this.#kept.set(node, { node, chunks: [], bytes: 0, cut: false, hasChildren: false })
  }

  #keep({ node, value }: MessageChunk): void {
    const kept = this.#kept.get(node)
    if (!kept || kept.hasChildren || !isReadable(node) || value.length === 0) return
    const unknown = node.contentType === unknownType
    const most = unknown ? Math.min(MAX_UNKNOWN_BYTES, this.#limits.maxPartBytes) : this.#limits.maxPartBytes
    const room = Math.min(most - kept.bytes, this.#limits.maxKeptBytes - this.#keptBytes)
    const count = Math.max(0, Math.min(room, value.length))
    if (count < value.length && !unknown) kept.cut = true
    if (count === 0) return
    // A copy: a view would hold its whole block in memory.
    kept.chunks.push(restoreLines(Buffer.from(value.subarray(0, count))))
    kept.bytes += count
    this.#keptBytes += count
  }
}

/** Bytes of no stated kind (RFC 2046 §4.5.1): a gateway may have made them of a status part. */
export const unknownType = 'application/octet-stream'
const MAX_UNKNOWN_BYTES = 16 * 1024

/** Attachments are passed over: only text and what reports is worth keeping. */
function isReadable(node: MimeNode): boolean {
  const type = node.contentType || 'text/plain'
  return type === unknownType || !type.includes('/') || /^(?:text|message|multipart)\//.test(type)
}

function toLeaf({ node, chunks, cut }: Kept): Leaf {
  return {
    type: node.contentType || 'text/plain',
    encoding: node.encoding || '',
    charset: node.charset || null,
    head: node.getHeaders(),
    body: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks),
    depth: depthOf(node),
    root: node.root,
    alternative: Boolean(node.parentNode) && (node.parentNode as MimeNode).multipart === 'alternative',
    cut,
    unsplit: Boolean(node.multipart),
  }
}

function depthOf(node: MimeNode): number {
  let depth = 0
  for (let parent = node.parentNode; parent; parent = parent.parentNode) depth++
  return depth
}
