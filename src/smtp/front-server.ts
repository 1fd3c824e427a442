// What a trusted front server says before the first byte of SMTP: for whom it speaks.

import type { Socket } from 'node:net'
import { systemClock } from './clock.ts'
import { type ProxyHeader, readProxyHeader } from './proxy-header.ts'

/** How long we wait for a PROXY header, which comes with the connection; the greeting waits as long in any case. */
const waitMs = 100

/**
 * Reads the PROXY header of a connection, if there is one; what follows it, or whatever came instead, stays to be read.
 * Null when the connection ended or the header is broken: then it is destroyed.
 */
export async function clientBehind(socket: Socket): Promise<{ readonly client: string | null } | null> {
  const header = await headerOf(socket)
  if (header === 'gone' || header.kind === 'broken' || socket.destroyed) {
    socket.destroy()
    return null
  }
  return { client: header.kind === 'header' ? header.client : null }
}

function headerOf(socket: Socket): Promise<ProxyHeader | 'gone'> {
  return new Promise(resolve => {
    let bytes: Buffer = Buffer.alloc(0)
    const done = (header: ProxyHeader | 'gone'): void => {
      cancel()
      socket.off('readable', read)
      for (const event of ['end', 'close', 'error']) socket.off(event, gone)
      const taken = header !== 'gone' && header.kind === 'header' ? header.bytes : 0
      if (header !== 'gone' && bytes.length > taken) socket.unshift(bytes.subarray(taken))
      resolve(header)
    }
    const gone = (): void => done('gone')
    const read = (): void => {
      for (let chunk = socket.read(); chunk !== null; chunk = socket.read())
        bytes = Buffer.concat([bytes, chunk])
      const header = readProxyHeader(bytes)
      if (bytes.length > 0 && header.kind !== 'incomplete') done(header)
    }
    for (const event of ['end', 'close', 'error']) socket.on(event, gone)
    socket.on('readable', read)
    // On a busy machine time is up before the bytes that are there were read: they get one turn more.
    const cancel = systemClock.after(waitMs, () =>
      setImmediate(() => setImmediate(() => done({ kind: 'absent' }))),
    )
  })
}
