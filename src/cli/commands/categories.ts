// `rebound categories`: the closed vocabulary of causes, for people and programs.

import { shownCategories } from '../../view/categories.ts'
import type { Define, JsonOption } from '../shell.ts'
import { printTable } from '../table.ts'
import { type Io, json } from '../terminal.ts'

export const categoriesCommand: Define = (command, { io, hints, exit }) => {
  command
    .option('--json', 'one JSON object a line')
    .addHelpText('after', `\nExample: ${hints.rebound('categories --json')}`)
    .action((options: JsonOption) => exit(categoriesList(options, io)))
}

/** Prints every category with its group, its sentence and its names elsewhere; one JSON object a line with `json`. */
export function categoriesList(options: JsonOption, io: Io): number {
  if (options.json === true) {
    for (const row of shownCategories) io.out(json(row))
    return 0
  }
  const cells = shownCategories.map(row => [
    row.name,
    row.group,
    row.advice,
    row.rfc,
    row.sisimai,
    row.sparkpost,
    row.ses,
    row.sentence,
  ])
  printTable(
    io,
    ['category', 'type', 'advice', 'standard', 'Sisimai', 'SparkPost', 'SES', 'meaning'],
    cells,
    90,
  )
  return 0
}
