// Replies to commands that came together leave together: one write for all that is said in a turn (RFC 2920 §3.2).

import type { Socket } from 'node:net'

export class GatheredReplies {
  #isGathering = false

  /** From now until this turn ends, what is written to the socket waits for the rest. */
  gather(socket: Socket): void {
    if (this.#isGathering) return
    this.#isGathering = true
    socket.cork()
    process.nextTick(() => {
      this.#isGathering = false
      socket.uncork()
    })
  }
}
