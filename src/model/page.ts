// Pages of lists.

/** A page of a list: `next` is an opaque cursor, null at the end. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly next: string | null
}

export interface PageQuery {
  /** The `next` of an earlier page; anything else throws CursorError. */
  readonly after?: string | undefined
  /** 1–1000. */
  readonly limit: number
}

/** `after` is not a cursor of this list. */
export class CursorError extends Error {
  override readonly name = 'CursorError'
}
