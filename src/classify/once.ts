// Computes a value on first use and keeps it.

/** `compute` runs at most once, when the value is first asked for. */
export function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | null = null
  return () => {
    known ??= { value: compute() }
    return known.value
  }
}
