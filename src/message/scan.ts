// Splits a mail that is small and whole in one scan, to exactly what the splitter makes of it. Whatever is unusual is
// left to the splitter: the scanner never guesses. `scan.test.ts` and `npm run fuzz -- scan` hold the two together.

import { isReadable, keptOf, type Leaf, type Split, type SplitLimits } from './leaf.ts'
import { type Content, UsualFields } from './usual-fields.ts'

/** More parts, or parts within parts, are unusual. */
const maxNodes = 50
const maxDepth = 5

/**
 * The leaves of a whole mail and its own header block; null for what is left to the splitter. `text` is a character a
 * byte, its lines end in lf.
 */
export function scan(text: string, limits: SplitLimits): Split | null {
  if (text.length > Math.min(limits.maxHeadBytes, limits.maxPartBytes, limits.maxKeptBytes)) return null
  const head = headAt(text, 0, text.length)
  if (head === null) return null
  const mail: Mail = {
    text,
    leaves: [],
    boundaries: [],
    nodesLeft: Math.min(limits.maxParts, maxNodes),
  }
  if (!scanNode(mail, 0, head, text.length, false)) return null
  return { head: text.slice(0, head.end), leaves: mail.leaves }
}

interface Mail {
  readonly text: string
  readonly leaves: Leaf[]
  /** Of the multiparts around the place, outermost first. */
  readonly boundaries: string[]
  nodesLeft: number
}

/** A message or body part whose header block begins at `from` and whose body ends before `to`. False: left to the splitter. */
function scanNode(mail: Mail, from: number, head: HeadBlock, to: number, alternative: boolean): boolean {
  if (mail.nodesLeft-- === 0) return false
  const { text, boundaries, leaves } = mail
  const { end, content } = head
  const { type, encoding, charset, boundary } = content
  const isMultipart = type.startsWith('multipart/')
  // Its boundary is nowhere: all of it is one leaf.
  const unsplit = isMultipart && boundaries.length === 0 && !text.includes(`\n--${boundary}`, end - 1)
  if (isMultipart && (boundary === null || !unsplit)) return scanParts(mail, head, to)
  // The splitter believes any boundary.
  if (boundary !== null && !unsplit) return false
  // A line end before the delimiter may be the one behind the header block.
  const body = isReadable(type) ? text.slice(end, Math.max(end, to)) : ''
  if (body.length > keptOf(type, Number.POSITIVE_INFINITY)) return false
  leaves.push({
    type,
    encoding,
    charset,
    head: text.slice(from, end),
    body,
    depth: boundaries.length,
    root: boundaries.length === 0,
    alternative,
    cut: false,
    headCut: false,
    unsplit,
  })
  return true
}

/** The parts of a multipart (RFC 2046 §5.1.1), each between two delimiter lines. */
function scanParts(mail: Mail, { end: from, content }: HeadBlock, to: number): boolean {
  const { text, boundaries } = mail
  const { boundary } = content
  if (boundary === null || boundaries.length >= maxDepth) return false
  // A line that may be a delimiter of two.
  if (boundaries.some(outer => mayBeTaken(outer, boundary) || mayBeTaken(boundary, outer))) return false
  boundaries.push(boundary)
  const isAlternative = content.type === 'multipart/alternative'
  const delimiter = `\n--${boundary}`
  let at = text.indexOf(delimiter, from - 1)
  let parts = 0
  while (at >= 0 && at < to) {
    const behind = at + delimiter.length
    if (isDashDash(text, behind)) {
      boundaries.pop()
      return parts > 0 && isLineEnd(text, behind + 2)
    }
    if (text.charCodeAt(behind) !== lf) return false
    const next = text.indexOf(delimiter, behind)
    const isLast = next < 0 || next >= to
    // Only what is cut off at the end of the mail may lack its last delimiter.
    if (isLast && to !== text.length) return false
    const end = isLast ? to : next
    const head = headAt(text, behind + 1, end)
    if (head === null || !scanNode(mail, behind + 1, head, end, isAlternative)) return false
    parts++
    at = next
  }
  boundaries.pop()
  return parts > 0
}

const mayBeTaken = (one: string, other: string): boolean => one === other || one === `${other}--`

const lf = 0x0a
const space = 0x20
const tab = 0x09
const dash = 0x2d
const lowerC = 0x63

const isDashDash = (text: string, at: number): boolean =>
  text.charCodeAt(at) === dash && text.charCodeAt(at + 1) === dash

const isLineEnd = (text: string, at: number): boolean => at === text.length || text.charCodeAt(at) === lf

interface HeadBlock {
  /** Behind the empty line that ends the block. */
  readonly end: number
  readonly content: Content
}

/** The header block that begins there; null for one without its end, or with unusual fields about the content. */
function headAt(text: string, from: number, to: number): HeadBlock | null {
  const fields = new UsualFields()
  let at = from
  for (;;) {
    let end = text.indexOf('\n', at)
    if (end < 0 || end > to) return null
    if (end === at) break
    if (isDashDash(text, at)) return null
    if ((text.charCodeAt(at) | 0x20) === lowerC) {
      end = foldedEnd(text, end)
      if (end < 0 || end > to || !fields.take(text.slice(at, end))) return null
    }
    at = end + 1
  }
  const content = fields.content()
  return content === null ? null : { end: at + 1, content }
}

/** Where a field ends whose first line ends there (RFC 5322 §2.2.3); negative for a fold without an end. */
function foldedEnd(text: string, lineEnd: number): number {
  let end = lineEnd
  while (end >= 0 && isFold(text.charCodeAt(end + 1))) end = text.indexOf('\n', end + 1)
  return end
}

const isFold = (code: number): boolean => code === space || code === tab
