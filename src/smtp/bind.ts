// Opens the listening socket.

import type { AddressInfo, Server } from 'node:net'

/**
 * Listens on host and port (0: any free one) and says which it became; on IPv4 alone where `::` does not exist.
 * Rejects with the error of listening: `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`.
 */
export async function bind(
  server: Server,
  host: string,
  port: number,
): Promise<{ host: string; port: number }> {
  try {
    await attempt(server, host, port)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (host !== '::' || (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL')) throw error
    await attempt(server, '0.0.0.0', port)
  }
  const bound = server.address() as AddressInfo
  return { host: bound.address, port: bound.port }
}

function attempt(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
