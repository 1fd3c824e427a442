// A network between Rebound and its database that can be cut, stalled, reset and made to lose single answers.

import { connect, createServer, type Socket } from 'node:net'

export interface DatabaseProxy {
  readonly port: number
  /** Refuses new connections and closes those there are. */
  readonly cut: () => void
  /** Lets nothing through, and closes nothing: what a firewall does that forgot its connections. */
  readonly stall: () => void
  /** Ends every connection with a reset; new ones are taken. */
  readonly reset: () => void
  /** Of every `n`-th COMMIT the answer is lost, and its connection. */
  readonly swallowCommits: (n: number) => void
  /** Every COMMIT arrives so much later. */
  readonly delayCommits: (ms: number) => void
  /** As a network should be. */
  readonly heal: () => void
  readonly close: () => Promise<void>
}

/** COM_QUERY of the client/server protocol, behind the four bytes of a packet's header. */
const comQuery = 3

const isCommit = (chunk: Buffer): boolean =>
  chunk[4] === comQuery && /^commit\b/i.test(chunk.subarray(5, 16).toString('latin1'))

export async function startDatabaseProxy(databasePort: number): Promise<DatabaseProxy> {
  const pairs = new Set<readonly [client: Socket, server: Socket]>()
  let isCut = false
  let isStalled = false
  let swallowEach = 0
  let delayMs = 0
  let commits = 0

  const endAll = (reset: boolean): void => {
    for (const pair of pairs)
      for (const socket of pair) {
        if (reset) socket.resetAndDestroy()
        else socket.destroy()
      }
  }
  const listener = createServer(client => {
    if (isCut) {
      client.destroy()
      return
    }
    const server = connect({ host: '127.0.0.1', port: databasePort })
    const pair = [client, server] as const
    pairs.add(pair)
    let isDeaf = false
    const end = (): void => {
      pairs.delete(pair)
      client.destroy()
      server.destroy()
    }
    for (const socket of pair) {
      socket.on('error', end)
      socket.on('close', end)
    }
    client.on('data', chunk => {
      const commit = isCommit(chunk)
      if (commit && swallowEach > 0 && ++commits % swallowEach === 0) isDeaf = true
      if (commit && delayMs > 0) setTimeout(() => server.destroyed || server.write(chunk), delayMs)
      else server.write(chunk)
    })
    server.on('data', chunk => {
      // The server has done it, and nobody learns of it.
      if (isDeaf) end()
      else client.write(chunk)
    })
    if (isStalled) for (const socket of pair) socket.pause()
  })
  await new Promise<void>(ready => listener.listen(0, '127.0.0.1', ready))
  const address = listener.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    cut: () => {
      isCut = true
      endAll(false)
    },
    stall: () => {
      isStalled = true
      for (const pair of pairs) for (const socket of pair) socket.pause()
    },
    reset: () => endAll(true),
    swallowCommits: n => {
      swallowEach = n
    },
    delayCommits: ms => {
      delayMs = ms
    },
    heal: () => {
      isCut = false
      isStalled = false
      swallowEach = 0
      delayMs = 0
      for (const pair of pairs) for (const socket of pair) socket.resume()
    },
    close: async () => {
      const closed = new Promise(done => listener.close(done))
      endAll(false)
      await closed
    },
  }
}
