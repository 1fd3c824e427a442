// Which file an `sqlite:` address names.

import { resolve } from 'node:path'

/** The path, or `:memory:`; empty when the address names none. Relative paths begin at `baseDir`. */
export function sqliteFile(url: string, baseDir = '.'): string {
  // The driver drops blanks at the end: it would open another file than we made.
  const name = url
    .slice('sqlite:'.length)
    .trimEnd()
    .replace(/^\/\/(?=\/)/, '')
  return name === '' || name === ':memory:' ? name : resolve(baseDir, name)
}
