// Opening the socket, and what we do not ask the network about our clients.

import dns from 'node:dns'
import { EventEmitter } from 'node:events'
import type { Server } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { bind } from '../../src/smtp/listener.ts'
import { openStage } from './stage.ts'

/** A server that cannot do what it is asked on some addresses. */
function playedServer(faults: Record<string, string>): Server {
  const server = new EventEmitter() as EventEmitter & { address: () => object; listen: Server['listen'] }
  let host = ''
  server.address = () => ({ address: host, port: 25 })
  server.listen = ((_port: number, at: string, done: () => void) => {
    const code = faults[at]
    host = at
    setImmediate(() => (code ? server.emit('error', Object.assign(new Error(code), { code })) : done()))
  }) as never
  return server as never
}

describe('bind', () => {
  it.each([
    ['::', {}, '::'],
    ['::', { '::': 'EAFNOSUPPORT' }, '0.0.0.0'],
    ['::', { '::': 'EADDRNOTAVAIL' }, '0.0.0.0'],
    ['127.0.0.1', {}, '127.0.0.1'],
  ] as const)('%s where %j listens on %s', async (host, faults, expected) => {
    await expect(bind(playedServer(faults), host, 25)).resolves.toEqual({ host: expected, port: 25 })
  })
  it.each([
    ['::', { '::': 'EADDRINUSE' }, 'EADDRINUSE'],
    ['::1', { '::1': 'EADDRNOTAVAIL' }, 'EADDRNOTAVAIL'],
    ['::', { '::': 'EAFNOSUPPORT', '0.0.0.0': 'EACCES' }, 'EACCES'],
  ] as const)('%s where %j fails with %s', async (host, faults, expected) => {
    await expect(bind(playedServer(faults), host, 25)).rejects.toMatchObject({ code: expected })
  })
})

describe('the listener', () => {
  it('says that a port is taken', async () => {
    const stage = await openStage()
    onTestFinished(stage.close)
    await expect(openStage({ port: stage.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  it('asks no name server who its clients are', async () => {
    const reverse = vi.spyOn(dns, 'reverse')
    onTestFinished(() => reverse.mockRestore())
    const stage = await openStage()
    onTestFinished(stage.close)
    await stage.greeted()
    expect(reverse).not.toHaveBeenCalled()
  })

  it('that is stopped before it has started stays closed', async () => {
    const stage = await openStage()
    onTestFinished(stage.close)
    await stage.listener.drain(100)
    await expect(stage.listener.start()).rejects.toThrow('stopped before it had started')
  })
})
