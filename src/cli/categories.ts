// `rebound categories`: the closed vocabulary of causes, for people and programs.

import { categories, promotable } from '../model/categories.ts'
import { type Io, table } from './terminal.ts'

/** Prints every category with its group, its sentence and its names elsewhere; one JSON object a line with `json`. */
export function categoriesList(options: { readonly json?: boolean }, io: Io): number {
  const rows = Object.entries(categories)
  if (options.json === true) {
    for (const [name, row] of rows) {
      const isPromotable = promotable.some(category => category === name)
      io.out(
        JSON.stringify({
          name,
          type: row.group === 'hard' ? 'hard' : 'soft',
          ...row,
          promotable: isPromotable,
        }),
      )
    }
    return 0
  }
  const cells = rows.map(([name, row]) => [
    name,
    row.group,
    row.rfc,
    row.sisimai,
    row.sparkpost,
    row.ses,
    row.sentence,
  ])
  io.out(table(['category', 'type', 'standard', 'Sisimai', 'SparkPost', 'SES', 'meaning'], cells, 90))
  return 0
}
