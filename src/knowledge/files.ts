// The tables in JSON, read as data: as modules, a hundred of them cost every command more time than their words do.

import { readFileSync } from 'node:fs'

/** The parsed files of a folder by their names, in the order of the names. `test/knowledge` holds each to its type. */
export function filesOf<Name extends string, File>(
  folder: 'causes' | 'languages' | 'providers',
  names: readonly Name[],
): Readonly<Record<Name, File>> {
  const read = (name: Name): File =>
    JSON.parse(readFileSync(new URL(`./${folder}/${name}.json`, import.meta.url), 'utf8'))
  return Object.fromEntries(names.map(name => [name, read(name)])) as Record<Name, File>
}
