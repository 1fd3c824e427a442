// Opaque cursors of lists: a position by time and id, so that no page skips or repeats what another showed.

/** `after` is none of our cursors. */
export class CursorError extends Error {
  override readonly name = 'CursorError'
}

export interface Position {
  /** Epoch milliseconds. */
  readonly at: number
  readonly id: number
}

/** `list` keeps the cursor of one list from being taken for another's. */
export function encodeCursor(list: string, position: Position): string {
  return Buffer.from(`${list}.${position.at}.${position.id}`).toString('base64url')
}

/** Throws CursorError. */
export function decodeCursor(list: string, cursor: string): Position {
  const text = cursor.length > 100 ? '' : Buffer.from(cursor, 'base64url').toString('latin1')
  const [name, at, id, ...rest] = text.split('.')
  const position = { at: Number(at), id: Number(id) }
  const valid =
    name === list &&
    rest.length === 0 &&
    Number.isSafeInteger(position.at) &&
    Number.isSafeInteger(position.id) &&
    encodeCursor(list, position) === cursor
  if (!valid) throw new CursorError('must be a cursor from the `next` of an earlier answer of this list')
  return position
}
