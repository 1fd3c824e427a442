// What a mail is split into, and how much of it is kept.

export interface SplitLimits {
  /** Kept of one header block, in bytes. */
  readonly maxHeadBytes: number
  /** MIME nodes in one mail. */
  readonly maxParts: number
  /** Kept of one leaf, in bytes, before its transfer encoding is undone. */
  readonly maxPartBytes: number
  /** Kept of all header blocks and leaves together. */
  readonly maxKeptBytes: number
}

/** A leaf, or a multipart of which no part was found: its own header block and what is kept of its body. */
export interface Leaf {
  /** `type/subtype` in lower case, or what stands in its place. */
  readonly type: string
  readonly encoding: string
  readonly charset: string | null
  /** A character a byte, as all of it: most bytes of a mail are looked at as text alone. */
  readonly head: string
  readonly body: string
  readonly depth: number
  readonly root: boolean
  /** True inside a multipart/alternative. */
  readonly alternative: boolean
  /** True when body bytes were left out. */
  readonly cut: boolean
  /** True when a part of its header block was left out. */
  readonly headCut: boolean
  /** True for a multipart whose parts could not be told apart. */
  readonly unsplit: boolean
}

/** What a mail is split into. */
export interface Split {
  /** Its own header block, as it stands; its first bytes when not even that could be read. */
  readonly head: string
  /** In order of appearance. */
  readonly leaves: readonly Leaf[]
}

/** Bytes of no stated kind (RFC 2046 §4.5.1): a gateway may have made them of a status part. */
export const unknownType = 'application/octet-stream'
const maxUnknownBytes = 16 * 1024

/** Of a returned message its header is read, and 64 KB of one that is a report itself; Base64 makes 88 KB of them. */
const maxReturnedBytes = 96 * 1024

/** What is kept of a leaf of this type, in lower case, where any other may keep `most`. */
export function keptOf(type: string, most: number): number {
  if (type === unknownType) return Math.min(maxUnknownBytes, most)
  return isReturned.has(type) ? Math.min(maxReturnedBytes, most) : most
}

const isReturned = new Set(['message/rfc822', 'message/global'])

/** Attachments are passed over: only text and what reports is worth keeping. `type` is lower-cased. */
export function isReadable(type: string): boolean {
  return type === unknownType || !type.includes('/') || /^(?:text|message|multipart)\//.test(type)
}
