// Search for text within columns, in any case of A to Z.

import type { Knex } from 'knex'

export type RowFilter = (select: Knex.QueryBuilder) => void

/** One of the columns holds the text. */
export function containing(columns: readonly string[], text: string): RowFilter {
  return like(columns, [`%${text.replace(/[!%_]/g, '!$&')}%`])
}

/** One of the columns fits one of the patterns of `like`, in which `!` escapes. */
export function like(columns: readonly string[], patterns: readonly string[]): RowFilter {
  return select =>
    void select.where(either => {
      // In MySQL's columns case counts; SQLite's lower() knows A to Z.
      for (const column of columns)
        for (const pattern of patterns)
          either.orWhereRaw("lower(??) like ? escape '!'", [column, pattern.toLowerCase()])
    })
}
