// Memory in which the chunks of big mails go to the reader's thread and come back. Left to the collectors of two threads,
// what a flood of them spent stayed for as long as neither had a reason to collect.

/** The first chunk that crosses has up to 64 KB of those before it, and a socket gives 64 KB. */
const bufferBytes = 128 * 1024
const mostKept = 8

export class SpentBuffers {
  readonly #spent: ArrayBuffer[] = []

  /** So many bytes, not blank. */
  take(length: number): Uint8Array {
    if (length > bufferBytes) return new Uint8Array(length)
    return new Uint8Array(this.#spent.pop() ?? new ArrayBuffer(bufferBytes), 0, length)
  }

  give({ buffer }: Uint8Array): void {
    if (buffer instanceof ArrayBuffer && buffer.byteLength === bufferBytes && this.#spent.length < mostKept)
      this.#spent.push(buffer)
  }
}
