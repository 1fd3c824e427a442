// Multipart bodies (RFC 2046 §5.1), line by line.

export interface MimePart {
  readonly header: readonly string[]
  readonly body: readonly string[]
}

/**
 * The parts between their delimiters, closing one included.
 * The line end before a delimiter belongs to the delimiter, hence the empty line after each body.
 */
export function multipart(boundary: string, parts: readonly MimePart[]): string[] {
  return [
    ...parts.flatMap(({ header, body }) => [`--${boundary}`, ...header, '', ...body, '']),
    `--${boundary}--`,
  ]
}

/** Field blocks of a delivery-status part, the per-message one first, separated by empty lines (RFC 3464 §2.1). */
export function fieldBlocks(blocks: readonly (readonly string[])[]): string[] {
  return blocks.flatMap((block, index) => (index === 0 ? block : ['', ...block]))
}
