// Long lists as statements take them: values of an `in (…)`, rows of an insert.

import type { Store } from './open.ts'

/** Far below what any of the databases takes. */
const most = 200

/**
 * The items in order. SQLite gets pieces of 64, 32, 16, …, so that its statements come in few shapes and stay prepared
 * (open.ts); MySQL, where each statement is a round trip, gets them as long as can be.
 */
export function chunks<T>(store: Store, items: readonly T[]): readonly (readonly T[])[] {
  const all: (readonly T[])[] = []
  let size = store.dialect === 'sqlite' ? 64 : most
  for (let at = 0; at < items.length; at += size) {
    if (store.dialect === 'sqlite') while (size > items.length - at) size /= 2
    all.push(items.slice(at, at + size))
  }
  return all
}

/** What follows `in` on SQLite, which takes JSON apart: a statement has one text, and stays prepared, however many it asks for. */
export const jsonList = '(select value from json_each(?))'
