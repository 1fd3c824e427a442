// The world's mail servers for a test: one that answers by the local part of the recipient, and a port where nobody is.

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'

/** What is answered to RCPT, by how the local part begins; everything else is accepted. */
const answers: readonly (readonly [begin: string, answer: (address: string) => string])[] = [
  [
    'dead',
    address => `550 5.1.1 <${address}>: Recipient address rejected: User unknown in virtual mailbox table`,
  ],
  ['full', address => `552 5.2.2 <${address}>: Mailbox full, quota exceeded`],
  ['quota', address => `452 4.2.2 <${address}>: user is over quota, try again later`],
  ['blocked', () => '554 5.7.1 Service unavailable; Client host [127.0.0.1] blocked using zen.spamhaus.org'],
  ['grey', () => '450 4.7.1 Greylisted, please try again in 300 seconds'],
]

export interface Accepted {
  /** MAIL FROM, without brackets. */
  readonly from: string
  readonly to: string
}

export interface Remote {
  readonly port: number
  readonly accepted: readonly Accepted[]
  readonly close: () => Promise<void>
}

export async function startRemote(): Promise<Remote> {
  const accepted: Accepted[] = []
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
    converse(socket, accepted)
  })
  const port = await listen(server)
  return {
    port,
    accepted,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>(done => server.close(() => done()))
    },
  }
}

/** A port of loopback that refuses connections. */
export async function closedPort(): Promise<number> {
  const server = createServer()
  const port = await listen(server)
  await new Promise<void>(done => server.close(() => done()))
  return port
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  return (server.address() as AddressInfo).port
}

function converse(socket: Socket, accepted: Accepted[]): void {
  let text = ''
  let isData = false
  let from = ''
  let to: string[] = []
  const say = (line: string): void => {
    socket.write(`${line}\r\n`)
  }
  /** The answer to a command. */
  const command = (line: string): string => {
    const [verb = ''] = line.toUpperCase().split(' ')
    const address = /<([^>]*)>/.exec(line)?.[1] ?? ''
    if (verb === 'MAIL') {
      from = address
      to = []
    }
    if (verb === 'RCPT') {
      const refused = answers.find(([begin]) => address.startsWith(begin))
      if (refused) return refused[1](address)
      to.push(address)
    }
    if (verb === 'DATA') {
      isData = to.length > 0
      return isData ? '354 go on' : '554 5.5.1 no valid recipients'
    }
    return verb === 'QUIT' ? '221 2.0.0 bye' : '250 2.0.0 ok'
  }
  say('220 mx.remote.example ESMTP')
  socket.on('data', chunk => {
    text += chunk.toString('latin1')
    for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
      const line = text.slice(0, end)
      text = text.slice(end + 2)
      if (!isData) say(command(line))
      else if (line === '.') {
        isData = false
        for (const address of to) accepted.push({ from, to: address })
        say('250 2.0.0 taken')
      }
    }
  })
}
