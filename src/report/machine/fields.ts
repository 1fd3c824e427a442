// The field lists inside machine parts (RFC 3464 §2.1, RFC 5965 §3, RFC 8098 §3): blocks separated by empty lines.

import { decodeWords } from '../../message/encoded-word.ts'
import { cleanLine } from '../../message/text.ts'

export interface Field {
  /** Lower-cased. */
  readonly name: string
  /** Unfolded; the lines of a folded value are joined by one space. */
  readonly value: string
}
export type Block = readonly Field[]

const maxBlocks = 1000
const maxValueChars = 8 * 1024
const fieldName = /^[A-Za-z][A-Za-z0-9_-]{0,80}$/

/** Blocks of fields in order. A line that is neither field nor fold continues the field before it: senders forget to indent. */
export function readBlocks(text: string): readonly Block[] {
  const blocks: Field[][] = []
  let block: Field[] = []
  let name = ''
  let value: string[] = []
  const endField = (): void => {
    if (name !== '')
      block.push({ name, value: cleanLine(decodeWords(value.join(' ').slice(0, maxValueChars))) })
    name = ''
    value = []
  }
  for (const line of text.split('\n')) {
    if (line.trim() === '') {
      endField()
      if (block.length > 0) blocks.push(block)
      if (blocks.length >= maxBlocks) return blocks
      block = []
      continue
    }
    const colon = line.indexOf(':')
    const folded = line.startsWith(' ') || line.startsWith('\t')
    const label = colon > 0 ? line.slice(0, Math.min(colon, 100)).trimEnd() : ''
    if (!folded && fieldName.test(label)) {
      endField()
      name = label.toLowerCase()
      value.push(line.slice(colon + 1).trim())
    } else if (name !== '' && value.length < 200) {
      value.push(line.trim())
    }
  }
  endField()
  if (block.length > 0) blocks.push(block)
  return blocks
}
