// What we use of smtp-server beyond its documented interface: a version without it must not go unnoticed.

import { SMTPServer } from 'smtp-server'
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js'
import { expect, it } from 'vitest'
import { openStage } from './stage.ts'

it.each([
  ['_parseAddressCommand', 'quoted local parts are hidden from it'],
  ['send', 'every reply passes there'],
  ['init', 'the greeting begins there'],
  ['_setListeners', 'it begins to listen there'],
  ['connectionReady', 'and then greets'],
  ['_onError', 'failed handshakes are told there'],
  ['_onCloseEvent', 'and those that just end'],
  ['_createParser', 'it finishes once all that came is answered'],
] as const)('SMTPConnection.%s is still there: %s', (name, _reason) => {
  expect(SMTPConnection.prototype[name]).toBeTypeOf('function')
})

it.each([
  ['connect', 'who is let in is decided there'],
  ['_onError', 'errors of connections are told there'],
  ['updateSecureContext', 'a renewed certificate is shown from then on'],
] as const)('SMTPServer.%s is still there: %s', (name, _reason) => {
  expect(SMTPServer.prototype[name]).toBeTypeOf('function')
})

it.each([
  ['upgrade', 'sets `_upgrading` until the handshake is over'],
  ['_resetSession', 'gives the session object a new envelope, and no other object in its place'],
  ['_isSupported', 'asks `session.disabledCommands`'],
  ['close', 'ends the socket and reads on'],
] as const)('SMTPConnection.%s is still there: %s', (name, _reason) => {
  expect((SMTPConnection.prototype as unknown as Record<string, unknown>)[name]).toBeTypeOf('function')
})

/** A connection that nobody is at the other end of. */
function lonely(): SMTPConnection {
  const server = new SMTPServer({ logger: false, hideSTARTTLS: true, disabledCommands: ['AUTH'] })
  return new SMTPConnection(server, { remoteAddress: '192.0.2.7', on: () => {} } as never, null)
}

it('commands disabled for a session take the place of those of the server', () => {
  const connection = lonely() as SMTPConnection & { _isSupported: (command: string) => boolean }
  const supported = (): readonly boolean[] =>
    ['AUTH', 'XCLIENT', 'NOOP'].map(name => connection._isSupported(name))
  expect(supported()).toEqual([false, true, true])
  connection.session.disabledCommands = ['AUTH', 'XCLIENT']
  expect(supported()).toEqual([false, false, true])
})

it('a session keeps its object when it is reset, so that we find ours by it', () => {
  const connection = lonely() as SMTPConnection & { _resetSession: () => void }
  const { session } = connection
  connection._resetSession()
  expect(connection.session).toBe(session)
  expect(session.envelope).toMatchObject({ mailFrom: false, rcptTo: [] })
})

it('a server counts its connections in a set that we may add to', () => {
  expect(new SMTPServer({ logger: false, hideSTARTTLS: true }).connections).toBeInstanceOf(Set)
})

it('a connection has the socket, the session and the state of TLS where we look for them', () => {
  const server = new SMTPServer({ logger: false, hideSTARTTLS: true })
  const socket = { remoteAddress: '192.0.2.7', on: () => {} }
  const connection = new SMTPConnection(server, socket as never, null)
  expect(connection._socket).toBe(socket)
  expect(connection.session.id).toBe(connection.id)
  expect(connection.remoteAddress).toBe('192.0.2.7')
  expect(connection.secure).toBe(false)
  expect(connection.hostNameAppearsAs).toBe(false)
  expect(connection._upgrading).toBe(false)
})

it('a parsed address is what we may put another in the place of', async () => {
  const stage = await openStage()
  try {
    const client = await stage.greeted()
    expect(await client.ask('MAIL FROM:<"a b"@client.example>')).toMatch(/^250 /)
  } finally {
    await stage.close()
  }
})
