// Notices that label what they say: `Reason: …`, `Recipient: …`, block after block. The recipient comes first in none
// or all of them; whose reason is whose is told by the label that repeats.

import { headOf } from './heads.ts'

const label = /^\s{0,20}(\p{L}[\p{L} -]{0,30}?)\s?[:：](?:\s|$)/u

/**
 * The lines with the recipient of each labelled block put first, as lists have it. A block begins where the first label
 * of a run of labelled lines comes again; lines that are in no such run stay.
 */
export function recipientFirst(lines: readonly string[]): readonly string[] {
  const ordered: string[] = []
  let block: string[] = []
  let begins = ''
  const close = (): void => {
    ordered.push(...headFirst(block))
    block = []
    begins = ''
  }
  for (const line of lines) {
    const name = labelOf(line)
    // A reason may fold onto lines without a label.
    if (line.trim() === '' || (name === '' && block.length === 0)) {
      close()
      ordered.push(line)
      continue
    }
    if (name !== '' && name === begins) close()
    if (block.length === 0) begins = name
    block.push(line)
  }
  close()
  return ordered
}

function labelOf(line: string): string {
  return (label.exec(line.slice(0, 80))?.[1] ?? '').toLowerCase()
}

function headFirst(block: readonly string[]): readonly string[] {
  if (block.length < 2) return block
  const heads = block.filter(line => labelOf(line) !== '' && headOf(line)?.marked === true)
  const head = heads[0]
  if (heads.length !== 1 || head === undefined || block[0] === head) return block
  return [head, ...block.filter(line => line !== head)]
}
