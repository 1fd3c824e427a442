// Bytes that arrive in pieces, collected into one buffer.

const nothing = Buffer.alloc(0)

/** Bytes collected, and room for more: a buffer a line would cost more than the lines. */
export interface Collected {
  buffer: Buffer
  bytes: number
  /** Bytes left out. */
  dropped: number
}

export const collected = (): Collected => ({ buffer: nothing, bytes: 0, dropped: 0 })
export const contentOf = ({ buffer, bytes }: Collected): Buffer => buffer.subarray(0, bytes)

/** Adds bytes, which are copied unless they are most of their own buffer. */
export function append(into: Collected, view: Buffer): void {
  const bytes = into.bytes + view.length
  // A view holds its whole block in memory: a small one is copied out of it.
  if (into.bytes === 0 && view.length * 4 >= view.buffer.byteLength) into.buffer = view
  else {
    if (bytes > into.buffer.length) {
      const buffer = Buffer.allocUnsafe(Math.max(bytes, 2 * into.bytes))
      into.buffer.copy(buffer, 0, 0, into.bytes)
      into.buffer = buffer
    }
    view.copy(into.buffer, into.bytes)
  }
  into.bytes = bytes
}
