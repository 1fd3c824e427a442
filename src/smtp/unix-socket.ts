// Listening at a Unix socket: one that a dead server left is taken over, a living one is not.

import { chmod, lstat, rm } from 'node:fs/promises'
import { createConnection, type Server } from 'node:net'

/** Ours and our group's: a mail server that is to deliver here becomes a member of it. */
const mode = 0o660

/** Rejects with the error of listening: `EADDRINUSE` if another server listens there, `EACCES`, `ENOENT`. */
export async function bindSocket(
  server: Server,
  path: string,
): Promise<{ readonly host: string; readonly port: number }> {
  try {
    await listen(server, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || !(await isLeftOver(path))) throw error
    await rm(path)
    await listen(server, path)
  }
  await chmod(path, mode)
  return { host: path, port: 0 }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** A socket that nobody listens at any more; what is not a socket is not ours to remove. */
async function isLeftOver(path: string): Promise<boolean> {
  if (!(await lstat(path)).isSocket()) return false
  return await new Promise(resolve => {
    const socket = createConnection(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(false)
    })
    socket.once('error', error => resolve((error as NodeJS.ErrnoException).code === 'ECONNREFUSED'))
  })
}
