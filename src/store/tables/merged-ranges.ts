// Rows of several stretches of an index in their common order, reading little more of each than the page shows of it.

import type { Knex } from 'knex'
import type { Store } from '../database/open.ts'

export interface RangeRead<Row> {
  /** Which of the ranges. */
  readonly at: number
  /** The row to go on behind; null for the beginning. */
  readonly after: Row | null
  readonly limit: number
}

interface Stretch<Row> {
  readonly rows: Row[]
  last: Row | null
  isAtEnd: boolean
  /** What it is asked for next; doubled each time, since a stretch that is asked again has many of the next rows. */
  size: number
}

/** Below this, asking again costs more than the rows. */
const least = 10

/**
 * The first `limit` rows of `count` ranges, each once.
 * @param read gives the rows of each range asked for, in order; all of one call in one statement, where that is cheaper
 */
export async function mergeRanges<Row>(
  count: number,
  limit: number,
  isBefore: (one: Row, other: Row) => boolean,
  read: (wanted: readonly RangeRead<Row>[]) => Promise<readonly (readonly Row[])[]>,
): Promise<readonly Row[]> {
  const size = count === 1 ? limit : Math.max(least, Math.ceil(limit / count))
  const stretches = Array.from(
    { length: count },
    (): Stretch<Row> => ({
      rows: [],
      last: null,
      isAtEnd: false,
      size,
    }),
  )
  const merged: Row[] = []
  while (merged.length < limit) {
    const wanted = [...stretches.entries()].flatMap(([at, stretch]) =>
      stretch.isAtEnd || stretch.rows.length > 0
        ? []
        : [{ at, after: stretch.last, limit: Math.min(stretch.size, limit - merged.length) }],
    )
    const answers = wanted.length > 0 ? await read(wanted) : []
    for (const [place, { at, limit: asked }] of wanted.entries()) {
      const stretch = stretches[at]
      const rows = answers[place] ?? []
      if (!stretch) continue
      stretch.rows.push(...rows)
      stretch.last = rows.at(-1) ?? stretch.last
      stretch.isAtEnd = rows.length < asked
      stretch.size *= 2
    }
    // Until a stretch has given all it holds, nobody knows whether its next row comes before the others'.
    while (merged.length < limit && stretches.every(each => each.isAtEnd || each.rows.length > 0)) {
      const next = nextOf(stretches, isBefore)
      if (next === null) return merged
      const last = merged.at(-1)
      // The same in two ranges is one.
      if (last === undefined || isBefore(last, next)) merged.push(next)
    }
  }
  return merged
}

function nextOf<Row>(
  stretches: readonly Stretch<Row>[],
  isBefore: (one: Row, other: Row) => boolean,
): Row | null {
  let first: Stretch<Row> | null = null
  for (const stretch of stretches) {
    const [row] = stretch.rows
    const [best] = first?.rows ?? []
    if (row !== undefined && (best === undefined || isBefore(row, best))) first = stretch
  }
  return first?.rows.shift() ?? null
}

/** Several selects, each with its order and limit, as one statement; each answer says in `stretch` whose it is. */
export async function selectAll<Row extends { readonly stretch: number }>(
  { knex, dialect }: Store,
  selects: readonly Knex.QueryBuilder[],
): Promise<readonly Row[]> {
  const [first, ...others] = selects
  if (!first) return []
  if (others.length === 0) return (await first) as readonly Row[]
  if (dialect === 'mysql') return (await knex.unionAll([...selects], true)) as readonly Row[]
  // SQLite takes no brackets in a compound select.
  const [whole, ...more] = selects.map((select, at) => knex.select('*').from(select.as(`r${at}`)))
  return (await whole?.unionAll(more)) as readonly Row[]
}
