// Notices that label what they say: `Reason: …`, `Recipient: …`, block after block. The recipient comes first in none
// or all of them; whose reason is whose is told by the label that repeats.

import { isNamedAddress, stripEnds } from '../machine/typed-address.ts'
import { headOf } from './heads.ts'
import { isSenderLabel, labelledValue, labelOf } from './labels.ts'

/** Labels before an address that is neither a recipient nor the sender, lower-cased. */
const others = ['contact', 'postmaster', 'help', 'reporter']

/**
 * The lines with the recipient of each labelled block put first, as lists have it. A block begins where the first label
 * of a run of labelled lines comes again; lines that are in no such run stay.
 */
export function recipientFirst(lines: readonly string[]): readonly string[] {
  const blocks: (readonly string[])[] = []
  let block: string[] = []
  /** The label that the block begins with. */
  let begins = ''
  const repeated = new Map<string, number>()
  const close = (): void => {
    if (block.length === 0) return
    if (begins !== '') repeated.set(begins, (repeated.get(begins) ?? 0) + 1)
    blocks.push(block)
    block = []
    begins = ''
  }
  for (const line of lines) {
    const name = labelOf(line)
    // A reason may fold onto lines without a label.
    if (line.trim() === '' || (name === '' && begins === '')) {
      close()
      blocks.push([line])
      continue
    }
    if (name !== '' && name === begins) close()
    if (block.length === 0) begins = name
    block.push(line)
  }
  close()
  return blocks.flatMap(one => headFirst(one, (repeated.get(labelOf(one[0] ?? '')) ?? 0) > 1))
}

/** In blocks that repeat, any label may stand before the recipient: `For: ana@example.org`. */
function headFirst(block: readonly string[], isRepeated: boolean): readonly string[] {
  if (block.length < 2) return block
  const heads = block.filter(line => labelOf(line) !== '' && headOf(line)?.marked === true)
  const named = heads.length > 0 || !isRepeated ? heads : block.filter(line => addressIn(line) !== '')
  const head = named[0]
  if (named.length !== 1 || head === undefined || (block[0] === head && heads.length > 0)) return block
  return [heads.length > 0 ? head : addressIn(head), ...block.filter(line => line !== head)]
}

/** The value of a labelled line that is an address and nothing else; empty for any other. */
function addressIn(line: string): string {
  const name = line.includes('@') ? labelOf(line) : ''
  if (name === '' || others.includes(name) || isSenderLabel(name)) return ''
  const value = stripEnds(labelledValue(line))
  return isNamedAddress(value) ? value : ''
}
