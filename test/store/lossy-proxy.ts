// Stands between Rebound and MariaDB, and loses what a test wants lost.

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * What becomes of a connection on which certain bytes are seen on their way to the server. `forget`: they do not arrive,
 * and neither side hears of the connection again. `drop`: they do not arrive, and both sides are cut. `swallow`: they
 * arrive, and the client is cut instead of getting the answer.
 */
export type Loss = 'forget' | 'drop' | 'swallow'

export interface LossyProxy {
  /** The database's URL by way of the proxy. */
  readonly url: string
  /** The next connection on which `words` are sent meets `loss`; the others pass. */
  readonly lose: (loss: Loss, words: string) => void
  readonly close: () => void
}

/** `databaseUrl` is that of the server itself. */
export async function openLossyProxy(databaseUrl: string): Promise<LossyProxy> {
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let next: { readonly loss: Loss; readonly words: string } | null = null

  const server = createServer(client => {
    const upstream = connect(Number(target.port || 3306), target.hostname)
    let met: Loss | null = null
    sockets.add(client).add(upstream)
    for (const socket of [client, upstream]) socket.on('error', () => {})
    upstream.on('data', data => {
      if (met === null) client.write(data)
      else if (met === 'swallow') client.destroy()
    })
    client.on('data', data => {
      if (next !== null && data.toString('latin1').includes(next.words)) {
        met = next.loss
        next = null
      }
      if (met === 'drop') {
        client.destroy()
        upstream.destroy()
      } else if (met !== 'forget') upstream.write(data)
    })
    client.on('close', () => {
      if (met !== 'forget') upstream.end()
    })
    upstream.on('close', () => client.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const url = new URL(databaseUrl)
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.toString(),
    lose: (loss, words) => {
      next = { loss, words }
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
