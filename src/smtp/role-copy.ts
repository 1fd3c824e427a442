// The copy of a mail for postmaster and abuse while it comes in: our trace on top, and its beginning.

import { maxRoleMailBytes } from '../model/role-mail.ts'

export class RoleCopy {
  readonly #pieces: Buffer[]
  #kept: number

  constructor(trace: string) {
    const top = Buffer.from(trace)
    this.#pieces = [top]
    this.#kept = top.length
  }

  /** Takes what there is room for. */
  readonly write = (chunk: Uint8Array): void => {
    const taken = chunk.subarray(0, Math.max(0, maxRoleMailBytes - this.#kept))
    if (taken.length === 0) return
    // A copy: the chunk may be part of a buffer that is far bigger.
    this.#pieces.push(Buffer.from(taken))
    this.#kept += taken.length
  }

  whole(): Buffer {
    return Buffer.concat(this.#pieces)
  }
}
