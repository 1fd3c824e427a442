// The names a person may type, and the nearest right one for those mistyped.

import { nearest } from '../model/spelling.ts'

/** Raised for an unknown name; `message` says what to write instead. */
export class UnknownNameError extends Error {
  override readonly name = 'UnknownNameError'
}

/** Throws UnknownNameError unless `word` is one of `names`. `noun` says what it should name. */
export function checkName<Name extends string>(noun: string, word: string, names: readonly Name[]): Name {
  const found = names.find(name => name === word)
  if (found !== undefined) return found
  throw new UnknownNameError(`There is no ${noun} "${word}". Did you mean "${nearest(word, names)}"?`)
}
