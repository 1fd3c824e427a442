// Clients that ask and do not read. A request is 40 bytes and its answer may be 100 KB, so few may wait for one client
// (RFC 9112 §9.3.2 lets it ask for more before it has read), and none for long.

import { Socket } from 'node:net'
import type { Api } from './schema.ts'

/** Requests of one connection that are not answered yet. Hardly any client sends a second one before that. */
const mostAtOnce = 4

/**
 * Cuts a connection that asks for more at once, or takes nothing of an answer for so long. Comes before every other hook:
 * a thousand requests may have come in one piece, and none of them must be worked on.
 */
export function boundUnread(app: Api, stalledMs: number): void {
  const unanswered = new WeakMap<Socket, number>()
  app.addHook('onRequest', async ({ raw: { socket } }, reply) => {
    const waiting = unanswered.get(socket) ?? 0
    if (waiting >= mostAtOnce) socket.destroy()
    if (socket.destroyed) return reply.hijack()
    unanswered.set(socket, waiting + 1)
    reply.raw.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1))
  })
  app.addHook('onSend', async ({ raw: { socket } }, reply) => {
    // Until then it is we who are waited for.
    if (!(socket instanceof Socket) || socket.destroyed) return
    let writtenBefore = -1
    const looking = setInterval(() => {
      // An answer that waits behind another is not told that its connection is gone.
      if (socket.destroyed) return clearInterval(looking)
      if (socket.writableLength > 0 && socket.bytesWritten === writtenBefore) socket.destroy()
      writtenBefore = socket.bytesWritten
    }, stalledMs).unref()
    reply.raw.once('close', () => clearInterval(looking))
  })
}
