// What the reader's thread is at, as the listener's sees it without asking: a thread that hangs or is gone answers nothing.

const at = 0
const steps = 1

export class Progress {
  readonly shared: SharedArrayBuffer
  readonly #cells: Int32Array

  constructor(shared = new SharedArrayBuffer(8)) {
    this.shared = shared
    this.#cells = new Int32Array(shared)
  }

  /** The mail that it is at, 0 for none. */
  get mail(): number {
    return Atomics.load(this.#cells, at)
  }

  /** Changes with every order. */
  get steps(): number {
    return Atomics.load(this.#cells, steps)
  }

  enter(mail: number): void {
    Atomics.store(this.#cells, at, mail)
    Atomics.add(this.#cells, steps, 1)
  }

  leave(): void {
    Atomics.store(this.#cells, at, 0)
  }
}
