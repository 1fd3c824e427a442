// The lines of one header block that tell what its body is (RFC 2045 §5, §6; RFC 2183): as many as any mail needs.

/** Types, boundaries and encodings are shorter. */
const maxBytes = 8192
/** What a line counts at least: each becomes an object. */
const lineCost = 64

const tab = 0x09
const space = 0x20
const lowerC = 0x63
const contentField = /^content-(?:type|disposition|transfer-encoding)[ \t]{0,20}:/i

/** Asked of each line of the block in turn. */
export class ContentFields {
  #bytes = 0
  #isWithin = false

  /** Does the line belong to such a field? `continues`: it goes on where the line before was cut. */
  has(line: Buffer, continues: boolean): boolean {
    const start = line[0] ?? 0
    if (!continues && start !== space && start !== tab)
      this.#isWithin = (start | 0x20) === lowerC && contentField.test(line.toString('latin1', 0, 60))
    if (!this.#isWithin) return false
    this.#bytes += Math.max(line.length, lineCost)
    return this.#bytes <= maxBytes
  }
}
