// SMTP by hand over a raw socket: what a stranger can send, and what is answered.

import { connect, type Socket } from 'node:net'

export interface RawSession {
  /** Sends a line, or nothing for the greeting, and gives the last line of the answer; rejects when the connection ends. */
  readonly ask: (line: string | null) => Promise<string>
  /** Sends bytes and waits for no answer. */
  readonly send: (bytes: string | Buffer) => Promise<void>
  readonly end: () => void
}

/** A connection to loopback, by default from 127.0.0.1. What is not answered within `patienceMs` counts as ended. */
export async function openSession(
  port: number,
  { from = '127.0.0.1', patienceMs = 60_000 }: { readonly from?: string; readonly patienceMs?: number } = {},
): Promise<RawSession> {
  const socket = connect({ host: '127.0.0.1', port, localAddress: from })
  const answers = answersOf(socket)
  socket.setTimeout(patienceMs, () => socket.destroy(new Error('no answer')))
  await new Promise<void>((done, failed) => {
    socket.once('connect', done)
    socket.once('error', failed)
  })
  const send = (bytes: string | Buffer): Promise<void> =>
    new Promise((done, failed) =>
      socket.write(bytes, error => {
        if (error) failed(error)
        else done()
      }),
    )
  return {
    ask: async line => {
      if (line !== null) await send(`${line}\r\n`)
      const { value, done } = await answers.next()
      if (done) throw new Error('connection ended')
      return value
    },
    send,
    end: () => socket.destroy(),
  }
}

/** The last line of each answer (RFC 5321 §4.2.1: a hyphen behind the code says that more follow). */
async function* answersOf(socket: Socket): AsyncGenerator<string> {
  let text = ''
  for await (const chunk of socket) {
    text += String(chunk)
    for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
      const line = text.slice(0, end)
      text = text.slice(end + 2)
      if (line[3] !== '-') yield line
    }
  }
}

/** A mail as it goes over the wire: CRLF, dots doubled, the final dot. */
export function onTheWire(mail: string): Buffer {
  const text = mail.replaceAll('\r\n', '\n').replaceAll('\n', '\r\n').replace(/^\./gm, '..')
  return Buffer.from(`${text}\r\n.\r\n`, 'latin1')
}

/** One mail in a session of its own; the answer to it, or to what was refused before, or what went wrong. */
export async function deliver(
  port: number,
  recipients: readonly string[],
  bytes: Buffer,
  options: { readonly from?: string; readonly patienceMs?: number } = {},
): Promise<string> {
  let session: RawSession | null = null
  try {
    session = await openSession(port, options)
    for (const line of [null, 'EHLO soak.example', 'MAIL FROM:<>']) {
      const answer = await session.ask(line)
      if (!answer.startsWith('2')) return answer
    }
    for (const recipient of recipients) {
      const answer = await session.ask(`RCPT TO:<${recipient}>`)
      if (!answer.startsWith('2')) return answer
    }
    const start = await session.ask('DATA')
    if (!start.startsWith('3')) return start
    await session.send(bytes)
    return await session.ask(null)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    session?.end()
  }
}
