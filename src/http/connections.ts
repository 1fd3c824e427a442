// Who keeps a connection when all are taken: those whose request is whole. Half of one, or none, costs a stranger nothing,
// and must not keep probes and people out.

import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Api } from './schema.ts'

/** Holds at most so many connections; a newcomer takes the place of the oldest that has not asked for anything whole. */
export function boundConnections(app: Api, most: number): void {
  /** Each with the request that it brings, those first that brought nothing for longest. */
  const open = new Map<Socket, IncomingMessage | null>()
  const put = (socket: Socket, request: IncomingMessage | null): void => {
    if (open.delete(socket)) open.set(socket, request)
  }
  const makeRoom = (): boolean => {
    for (const [socket, request] of open) {
      if (request?.complete) continue
      open.delete(socket)
      socket.destroy()
      return true
    }
    return false
  }
  app.server.on('connection', (socket: Socket) => {
    if (open.size < most || makeRoom()) {
      open.set(socket, null)
      socket.once('close', () => open.delete(socket))
    } else {
      socket.destroy()
    }
  })
  app.addHook('onRequest', async ({ raw }) => put(raw.socket, raw))
  app.addHook('onResponse', async ({ raw }) => put(raw.socket, null))
}
