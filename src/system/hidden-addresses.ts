// Mail addresses in lines of the log, in whose place stands what says only that two of them are the same.

import { createHmac, randomBytes } from 'node:crypto'

/** What surrounds an address in a line and is no part of one; in JSON a quoted local part has its quotes escaped. */
const delimiters = new Set(' \t\r\n<>()[],;:"\\@')
const isLocal = (character: string | undefined): boolean =>
  character !== undefined && !delimiters.has(character)
const isDomain = (character: string | undefined): boolean =>
  character !== undefined && /[A-Za-z0-9._\-\u0080-\uffff]/.test(character)

/** As a quote within a JSON string is written. */
const quote = '\\"'

/**
 * Replaces each address by `address-` and 12 digits, in any case of its letters. Whoever has the secret can make them
 * from an address that they know; without one they are the same until the process ends.
 */
export function hideAddresses(secret: string | undefined): (line: string) => string {
  const key = createHmac('sha256', secret ?? randomBytes(32))
    .update('rebound/1/log')
    .digest()
  const nameOf = (address: string): string =>
    `address-${createHmac('sha256', key).update(address.toLowerCase(), 'utf8').digest('hex').slice(0, 12)}`
  return line => {
    let hidden = ''
    let shown = 0
    for (let at = line.indexOf('@'); at !== -1; at = line.indexOf('@', at + 1)) {
      const start = startOfLocal(line, at, shown)
      const end = endOfDomain(line, at)
      if (start === at || end === at + 1) continue
      hidden += line.slice(shown, start) + nameOf(line.slice(start, end))
      shown = end
    }
    return hidden + line.slice(shown)
  }
}

/** Where the local part before this at-sign begins: the at-sign itself where there is none. */
function startOfLocal(line: string, at: number, from: number): number {
  if (line.endsWith(quote, at)) {
    const opening = line.lastIndexOf(quote, at - quote.length - 1)
    return opening < from ? at : opening
  }
  // A path in a stack.
  if (line.endsWith('node_modules/', at)) return at
  let start = at
  while (start > from && isLocal(line[start - 1])) start -= 1
  // Quotation marks around it, not its own; where there is nothing else, they are.
  let inner = start
  while (inner < at && line[inner] === "'") inner += 1
  return inner < at ? inner : start
}

function endOfDomain(line: string, at: number): number {
  let end = at + 1
  if (line[end] === '[') {
    const closing = line.indexOf(']', end)
    return closing === -1 || closing > end + 64 ? at + 1 : closing + 1
  }
  while (isDomain(line[end])) end += 1
  // The end of a sentence.
  while (line[end - 1] === '.') end -= 1
  return end
}
