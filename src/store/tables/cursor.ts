// Opaque cursors of lists: where a page ended, so that the next one neither skips nor repeats.

import { CursorError } from '../../model/page.ts'

const longest = 1_000

/** `list` keeps the cursor of one list from being taken for another's. */
export function encodeCursor(list: string, ...position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([list, ...position])).toString('base64url')
}

/**
 * The position, with as many values as `like` has, each of the same type; numbers are safe integers.
 * Throws CursorError.
 */
export function decodeCursor<P extends readonly (string | number)[]>(
  list: string,
  cursor: string,
  like: P,
): P {
  const position = cursor.length > longest ? null : parse(cursor)
  const valid =
    position !== null &&
    position.length === like.length + 1 &&
    position[0] === list &&
    like.every((example, at) => {
      const value = position[at + 1]
      return typeof value === typeof example && (typeof value === 'string' || Number.isSafeInteger(value))
    })
  if (!valid) throw brokenCursor()
  return position.slice(1) as unknown as P
}

/** Says what a cursor has to be. */
export function brokenCursor(): CursorError {
  return new CursorError('must be a cursor from the `next` of an earlier answer of this list')
}

function parse(cursor: string): readonly unknown[] | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(value) && encodeCursor(value[0], ...value.slice(1)) === cursor ? value : null
  } catch {
    return null
  }
}
