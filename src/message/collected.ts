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

/** How much larger the buffer must become to take so many bytes more, of which there are at most `most` in the end: it doubles. */
export function growthFor({ buffer, bytes }: Collected, more: number, most: number): number {
  const wanted = bytes + more
  return wanted <= buffer.length ? 0 : Math.min(Math.max(wanted, 2 * buffer.length), most) - buffer.length
}

/** Adds a copy of the bytes, once the buffer has grown so much: a view would hold the whole block it is of. */
export function append(into: Collected, view: Buffer, growth: number): void {
  if (growth > 0) {
    const buffer = Buffer.allocUnsafe(into.buffer.length + growth)
    into.buffer.copy(buffer, 0, 0, into.bytes)
    into.buffer = buffer
  }
  view.copy(into.buffer, into.bytes)
  into.bytes += view.length
}
