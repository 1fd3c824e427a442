// Sends bytes exactly as they are: nodemailer mends line ends on the way, and some tests are about broken ones.

import { connect, type Socket } from 'node:net'

export interface SmtpReply {
  readonly code: number
  readonly response: string
}

const stepMs = 60_000

/**
 * One transaction with the null sender (RFC 5321 §4.5.5), the content byte for byte but for dot-stuffing (§4.5.2).
 * Gives the reply to the final dot, or the first 4yz or 5yz before it.
 * Rejects when there is no connection, or when the server falls silent for a minute.
 */
export async function sendVerbatim(
  target: { readonly host: string; readonly port: number },
  to: string,
  content: Buffer,
): Promise<SmtpReply> {
  const socket = connect({ host: target.host, port: target.port })
  socket.setTimeout(stepMs, () => socket.destroy(new Error(`no answer in ${stepMs / 1000} s`)))
  const replies = repliesOf(socket)
  const ask = async (line: string | Buffer): Promise<SmtpReply> => {
    socket.write(line)
    return await nextReply(replies)
  }
  try {
    const steps = ['EHLO harness.example\r\n', 'MAIL FROM:<>\r\n', `RCPT TO:<${to}>\r\n`, 'DATA\r\n']
    let answer = await nextReply(replies)
    for (const step of steps) {
      if (answer.code >= 400) return answer
      answer = await ask(step)
    }
    if (answer.code !== 354) return answer
    answer = await ask(Buffer.concat([stuffed(content), Buffer.from('.\r\n')]))
    socket.write('QUIT\r\n')
    return answer
  } finally {
    socket.end()
    // A server that keeps its half open would keep us too.
    setTimeout(() => socket.destroy(), 1000).unref()
  }
}

/** There is no SMTP server at the target; the message says what to do. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
}

/** Waits for a server's greeting and says goodbye. Throws UnreachableError. */
export async function checkGreeting(target: { readonly host: string; readonly port: number }): Promise<void> {
  const place = `${target.host}:${target.port}`
  const socket = connect({ host: target.host, port: target.port })
  socket.setTimeout(10_000, () => socket.destroy(new Error('it does not greet')))
  try {
    const { code, response } = await nextReply(repliesOf(socket))
    if (code !== 220) throw new Error(response)
    socket.write('QUIT\r\n')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new UnreachableError(
      `Nothing takes mail at ${place} (${code ?? message}). Start the server, or name its address with --smtp.`,
    )
  } finally {
    socket.end()
    setTimeout(() => socket.destroy(), 1000).unref()
  }
}

/** Dot-stuffed, and with the CRLF that must come before the final dot. */
function stuffed(content: Buffer): Buffer {
  // Latin-1 maps every byte to itself and back.
  const text = content.toString('latin1').replace(/(^|\r\n)\./g, '$1..')
  return Buffer.from(text.endsWith('\r\n') ? text : `${text}\r\n`, 'latin1')
}

async function nextReply(replies: AsyncGenerator<SmtpReply, undefined>): Promise<SmtpReply> {
  const { value } = await replies.next()
  if (value === undefined) throw new Error('the server closed the connection')
  return value
}

/** Replies, several lines as one (RFC 5321 §4.2.1). */
async function* repliesOf(socket: Socket): AsyncGenerator<SmtpReply, undefined> {
  let pending = ''
  let reply: string[] = []
  for await (const chunk of socket) {
    const lines = (pending + String(chunk)).split('\r\n')
    pending = lines.pop() ?? ''
    for (const line of lines) {
      if (!/^\d{3}([ -]|$)/.test(line)) throw new Error(`no SMTP reply: ${line.slice(0, 100)}`)
      reply.push(line)
      if (line[3] === '-') continue
      yield { code: Number(line.slice(0, 3)), response: reply.join('\n') }
      reply = []
    }
  }
  return undefined
}
