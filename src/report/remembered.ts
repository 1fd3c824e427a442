// Computes a value of an object on first use and keeps it as long as the object lives.

/** `work`, done once for each key: readers ask the same of one reading many times. Keys must not change. */
export function remembered<Key extends object, Value>(work: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, { readonly value: Value }>()
  return key => {
    const before = known.get(key)
    if (before !== undefined) return before.value
    const value = work(key)
    known.set(key, { value })
    return value
  }
}
