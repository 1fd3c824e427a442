// Cuts a mail into its MIME leaves with mailparser's own splitter, keeping no more of each than allowed.
// Only this file imports it. It is told to leave enclosed messages whole: a report returns one, and it is not ours to judge.

import { type MessageChunk, type MimeNode, Splitter, type SplitterChunk } from '@zone-eu/mailsplit'
import type { MailMemory } from '../model/mail-memory.ts'
import { append, type Collected, collected, contentOf, growthFor } from './collected.ts'
import { ContentFields } from './content-fields.ts'
import { isReadable, keptOf, type Leaf, type Split, type SplitLimits, unknownType } from './leaf.ts'
import { restoreLines } from './line-ends.ts'
import { ownMemory } from './memory-budget.ts'

/** A line longer than this, and than a header block may be, is passed on in pieces. */
const leastLineBytes = 64 * 1024
const lf = 0x0a
const cr = 0x0d
const dash = 0x2d
const nothing = Buffer.alloc(0)
const otherField = Buffer.from('x\n')

interface Kept {
  readonly node: MimeNode
  readonly head: Collected
  readonly body: Collected
  /** Bytes that are kept of its body; null where nobody reads it. */
  readonly most: number | null
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
  /** Is the line a delimiter, here and now? */
  checkBoundary(line: Buffer): number | false
  /** The node that the next line belongs to, unless it is a delimiter; without `headers` while its header block lasts. */
  readonly node: MimeNode
}

type OnLine = (error: Error | null | undefined, chunk?: SplitterChunk | false) => void

/**
 * One mail through the splitter: `write` its blocks as `LineEnds` gives them, then `end`. A block may be filled anew
 * once it is written. Never throws; see `failure`.
 */
export class LeafSplitter {
  /** Why the splitter gave up; the leaves until then are kept. */
  failure: string | null = null

  readonly #splitter: LineSplitter
  readonly #limits: SplitLimits
  readonly #memory: MailMemory
  readonly #maxLineBytes: number
  readonly #kept: Kept[] = []
  #keptBytes = 0
  /** The end of the last block, where its line goes on in the next. */
  #rest: Buffer = nothing
  /** True when the line before was passed on before its end. */
  #continues = false
  /** The leaf whose body came last, if that ended a line. */
  #latest: Collected | null = null
  #latestNode: MimeNode | null = null
  /** The node whose header block is being read, and that block. */
  #headNode: MimeNode | null = null
  #head: Collected = collected()
  #fields = new ContentFields()

  constructor(limits: SplitLimits, memory: MailMemory = ownMemory) {
    this.#limits = limits
    this.#memory = memory
    this.#maxLineBytes = Math.max(leastLineBytes, limits.maxHeadBytes)
    this.#splitter = new Splitter({
      ignoreEmbedded: true,
      maxChildNodes: limits.maxParts,
    }) as unknown as LineSplitter
    this.#splitter.push = chunk => {
      if (chunk) this.#take(chunk)
      return true
    }
  }

  write(block: Buffer): void {
    if (this.failure !== null) return
    const bytes = this.#rest.length === 0 ? block : Buffer.concat([this.#rest, block])
    let from = 0
    // What was left over holds no line end.
    for (let at = bytes.indexOf(lf, this.#rest.length); at >= 0; at = bytes.indexOf(lf, from)) {
      this.#line(bytes.subarray(from, at + 1), false)
      from = at + 1
      if (this.failure !== null) return
    }
    const rest = bytes.subarray(from)
    this.#rest = nothing
    // Joined lines are a body's: nobody waits for their end.
    if (rest.length <= this.#maxLineBytes && !rest.includes(cr)) {
      if (rest.length > 0) this.#rest = bytes === block ? Buffer.from(rest) : rest
      return
    }
    this.#line(rest, false)
    this.#continues = true
  }

  /** Ends the mail with its last block. */
  end(block: Buffer): Split {
    this.write(block)
    if (this.failure === null) this.#line(this.#rest, true)
    // Taken out, so that of a mail nothing lives longer than its splitter is needed: the collector's work halves.
    const kept = this.#kept.splice(0)
    const root = kept.find(({ node }) => node.root)
    return {
      head: textOf(root?.head ?? this.#head),
      leaves: kept.filter(({ hasChildren }) => !hasChildren).map(toLeaf),
    }
  }

  #line(line: Buffer, isLast: boolean): void {
    const { node } = this.#splitter
    const continues = this.#continues
    this.#continues = false
    if (!node.headers) this.#headLine(node, line, continues, isLast)
    else this.#pass(line, continues, isLast)
  }

  #pass(line: Buffer, continues: boolean, isLast: boolean): void {
    this.#splitter.pendingLineTruncated = continues
    this.#splitter.processLine(line, isLast, this.#onLine)
  }

  /**
   * A line of a header block. The splitter gets what it needs: fields about the content, what may be a delimiter, the
   * end of the block, and one line that says that there is a block. It would keep each several times.
   */
  #headLine(node: MimeNode, line: Buffer, continues: boolean, isLast: boolean): void {
    const isFirst = node !== this.#headNode
    if (isFirst) {
      this.#headNode = node
      this.#head = collected()
      this.#fields = new ContentFields()
    }
    const isField = this.#fields.has(line, continues)
    const isStructure =
      !continues && (line[0] === lf || (line[0] === dash && this.#splitter.checkBoundary(line) !== false))
    // What is kept of a header block is not to change with the block that it came in.
    if (isField || isStructure) this.#pass(isField ? Buffer.from(line) : line, continues, isLast)
    else if (isFirst || isLast) this.#pass(isFirst ? otherField : nothing, false, isLast)
    // A delimiter ends the block and is no part of it.
    if (this.#splitter.node === node) this.#collect(this.#head, line, this.#limits.maxHeadBytes)
  }

  readonly #onLine: OnLine = (error, chunk) => {
    if (error) this.failure ??= error.message
    else if (chunk) this.#take(chunk)
  }

  #take(chunk: SplitterChunk): void {
    if (chunk.type === 'node') this.#open(chunk)
    else {
      if (this.#latest !== null && this.#latestNode !== chunk.node) this.#endBody(this.#latest)
      this.#keep(chunk)
    }
  }

  /** RFC 2046 §5.1.1: the line end before a delimiter is the delimiter's. */
  #endBody(body: Collected): void {
    this.#latest = null
    if (body.dropped > 0) {
      body.dropped--
      return
    }
    body.bytes--
    this.#keptBytes--
  }

  #open(node: MimeNode): void {
    if (node.parentNode) {
      const parent = this.#keptOf(node.parentNode)
      if (parent) {
        parent.hasChildren = true
        this.#keptBytes -= parent.body.bytes
        parent.body.buffer = nothing
        parent.body.bytes = 0
      }
    }
    const type = node.contentType || 'text/plain'
    this.#kept.push({
      node,
      head: this.#head,
      body: collected(),
      most: isReadable(type) ? keptOf(type, this.#limits.maxPartBytes) : null,
      hasChildren: false,
    })
  }

  #keptOf(node: MimeNode | false): Kept | undefined {
    const last = this.#kept.at(-1)
    return last?.node === node ? last : this.#kept.findLast(kept => kept.node === node)
  }

  #keep({ type, node, value }: MessageChunk): void {
    const kept = this.#keptOf(node)
    if (!kept || kept.hasChildren || kept.most === null || value.length === 0) return
    this.#latest = type === 'body' && value.at(-1) === lf && node.parentNode ? kept.body : null
    this.#latestNode = node
    this.#collect(kept.body, value, kept.most)
  }

  /** Keeps as much of the bytes as the limits of the block or leaf, of the mail and of all mails allow. */
  #collect(into: Collected, view: Buffer, most: number): void {
    const room = Math.min(most - into.bytes, this.#limits.maxKeptBytes - this.#keptBytes)
    const wanted = Math.max(0, Math.min(room, view.length))
    into.dropped += view.length - wanted
    if (wanted === 0) return
    const growth = growthFor(into, wanted, most)
    if (growth > 0 && !this.#memory.take(growth)) {
      this.#abandon()
      return
    }
    append(into, wanted === view.length ? view : view.subarray(0, wanted), growth)
    this.#keptBytes += wanted
  }

  /** Lets go of everything: nothing of this mail is kept. */
  #abandon(): void {
    this.failure ??= 'no memory left'
    this.#kept.length = 0
    this.#head = collected()
    this.#rest = nothing
  }
}

function toLeaf({ node, head, body }: Kept): Leaf {
  return {
    type: node.contentType || 'text/plain',
    encoding: node.encoding || '',
    charset: node.charset || null,
    head: textOf(head),
    body: restoreLines(contentOf(body)).toString('latin1'),
    depth: depthOf(node),
    root: node.root,
    alternative: Boolean(node.parentNode) && (node.parentNode as MimeNode).multipart === 'alternative',
    cut: body.dropped > 0 && node.contentType !== unknownType,
    headCut: head.dropped > 0,
    unsplit: Boolean(node.multipart),
  }
}

const textOf = (block: Collected): string => contentOf(block).toString('latin1')

function depthOf(node: MimeNode): number {
  let depth = 0
  for (let parent = node.parentNode; parent; parent = parent.parentNode) depth++
  return depth
}
