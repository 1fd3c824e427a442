// A value that may never be asked for.

/** Works a value out when it is first asked for, and keeps it. */
export function once<T>(work: () => T): () => T {
  let known: { readonly value: T } | null = null
  return () => {
    known ??= { value: work() }
    return known.value
  }
}
