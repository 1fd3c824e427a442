// A small SMTP server that keeps every byte it is given, to see what the harness really sends.

import { createServer, type Socket } from 'node:net'

export interface Transaction {
  readonly mailFrom: string
  readonly to: string
  /** What stood behind the address in RCPT TO. */
  readonly recipientParameters: string
  /** Between DATA and the final dot, dot-stuffing undone. */
  readonly content: Buffer
}

export interface FakeSmtp {
  readonly port: number
  readonly transactions: Transaction[]
  readonly connections: () => number
  readonly close: () => Promise<void>
}

export interface Manners {
  readonly greeting?: string
  /** What EHLO offers; 8BITMIME where absent. */
  readonly extensions?: readonly string[]
  /** Reply to RCPT TO; 250 where absent. */
  readonly recipient?: (address: string) => string
  /** Reply to the final dot; null hangs up instead. */
  readonly message?: (transaction: Transaction) => string | null
}

export async function fakeSmtp(manners: Manners = {}): Promise<FakeSmtp> {
  const transactions: Transaction[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer(socket => {
    connections++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    converse(socket, manners, transactions)
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    transactions,
    connections: () => connections,
    close: () =>
      new Promise<void>(closed => {
        server.close(() => closed())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function converse(socket: Socket, manners: Manners, transactions: Transaction[]): void {
  let pending = ''
  /** Chunks of the message under way; null outside DATA. */
  let data: string[] | null = null
  let mailFrom = ''
  let to = ''
  let recipientParameters = ''
  const say = (line: string): void => {
    socket.write(`${line}\r\n`)
  }
  const endOfMessage = (text: string): void => {
    const content = text.slice(0, -3).replace(/(^|\r\n)\.\./g, '$1.')
    const transaction = { mailFrom, to, recipientParameters, content: Buffer.from(content, 'latin1') }
    transactions.push(transaction)
    const reply = manners.message === undefined ? '250 2.1.5 kept' : manners.message(transaction)
    if (reply === null) socket.destroy()
    else say(reply)
  }
  const command = (line: string): void => {
    const verb = line.slice(0, 4).toUpperCase()
    if (verb === 'EHLO') {
      const lines = ['fake.example', ...(manners.extensions ?? ['8BITMIME'])]
      lines.forEach((each, at) => {
        say(`250${at < lines.length - 1 ? '-' : ' '}${each}`)
      })
    } else if (verb === 'MAIL') {
      mailFrom = line.slice('MAIL FROM:'.length)
      say('250 2.1.0 ok')
    } else if (verb === 'RCPT') {
      to = /<(.*)>/.exec(line)?.[1] ?? ''
      recipientParameters = line.slice(line.indexOf('>') + 1).trim()
      say(manners.recipient?.(to) ?? '250 2.1.5 ok')
    } else if (verb === 'DATA') {
      data = []
      say('354 go on')
    } else if (verb === 'QUIT') {
      say('221 2.0.0 bye')
      socket.end()
    } else say('250 ok')
  }
  say(manners.greeting ?? '220 fake.example ESMTP')
  socket.on('data', bytes => {
    const chunk = bytes.toString('latin1')
    if (data === null) {
      const lines = (pending + chunk).split('\r\n')
      pending = lines.pop() ?? ''
      lines.forEach(command)
      return
    }
    // The harness waits for the answer to its final dot, so nothing follows it.
    data.push(chunk)
    if (!data.slice(-5).join('').endsWith('\r\n.\r\n')) return
    const text = data.join('')
    data = null
    endOfMessage(text)
  })
}
