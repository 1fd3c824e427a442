// Big mails are held back in their sockets, and what was copied of them is given back at once: not one byte may go with it.

import { PassThrough } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { SMTPServer } from 'smtp-server'
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js'
import { describe, expect, it } from 'vitest'
import { Inflow, isWholeCopy } from '../../src/smtp/inflow.ts'
import { giveBack, own } from '../../src/system/give-back.ts'

const chunkBytes = 20_000

/** The library's parser in the middle of a message, behind what a socket brings. */
function message(): { socket: PassThrough; inflow: Inflow; body: PassThrough } {
  const server = new SMTPServer({ logger: false, hideSTARTTLS: true, disabledCommands: ['AUTH'] })
  const connection = new SMTPConnection(server, { remoteAddress: '192.0.2.7', on: () => {} } as never, null)
  const parser = connection._createParser() as ReturnType<SMTPConnection['_createParser']> & {
    startDataMode: () => PassThrough
  }
  const socket = new PassThrough()
  const inflow = new Inflow(parser, () => socket)
  const body = parser.startDataMode()
  socket.pipe(parser)
  return { socket, inflow, body }
}

/** Of its own memory, as the chunks of sockets are. */
const chunkOf = (text: string): Buffer => Buffer.from(new TextEncoder().encode(text).buffer)

describe('what was copied of a message and read', () => {
  const offsets = Array.from({ length: 12 }, (_, at) => at - 6)

  it.each(offsets)('is given back, and nothing else, with a stuffed dot %d bytes from the edge', async at => {
    const { socket, body } = message()
    const line = '\r\n..x'
    const filler = (length: number): string => 'abcdefghi\n'.repeat(length / 10 + 1).slice(0, length)
    const wire = `${filler(2 * chunkBytes + at)}${line}${filler(2 * chunkBytes)}\r\n.\r\n`
    let read = ''
    const given: Uint8Array[] = []
    body.on('data', piece => {
      if (isWholeCopy(piece)) own(piece)
      queueMicrotask(() => {
        read += Buffer.from(piece).toString('latin1')
        giveBack(piece)
        if (piece.length === 0) given.push(piece)
      })
    })
    const ended = new Promise(done => body.once('end', done))
    const chunks: Buffer[] = []
    for (let from = 0; from < wire.length; from += chunkBytes) {
      chunks.push(chunkOf(wire.slice(from, from + chunkBytes)))
      socket.write(chunks.at(-1))
      await nextTurn()
    }
    await ended
    await nextTurn()
    expect(read).toBe(wire.slice(0, -3).replace(line, line.replace('..', '.')))
    expect(given.length).toBeGreaterThan(1)
    // The first is no copy: the message is a view of it.
    expect(chunks.slice(1, 3).map(({ length }) => length)).toEqual([0, 0])
  })
})

it('a message that is held back is parsed no further until it is let go', async () => {
  const { socket, inflow, body } = message()
  let read = 0
  body.on('data', piece => {
    read += piece.length
  })
  inflow.hold()
  for (let n = 0; n < 3; n++) {
    socket.write(chunkOf('x'.repeat(chunkBytes)))
    await nextTurn()
  }
  expect(read).toBeLessThanOrEqual(chunkBytes)
  expect(inflow.isWaiting).toBe(true)
  inflow.release()
  await nextTurn()
  expect(inflow.isWaiting).toBe(false)
  expect(read).toBe(3 * chunkBytes - 4)
})
