// A POP3 server over TLS that behaves as a test says, for what Dovecot would never do.

import { readFileSync } from 'node:fs'
import type { AddressInfo, Socket } from 'node:net'
import { createServer } from 'node:tls'
import { makeCertificate, openCertificateFolder } from '../smtp/certificate-files.ts'

export interface Pop3Play {
  /** By their numbers from 1 on; deleted ones are null after QUIT. */
  readonly mails: (string | null)[]
  /** Lines of the answer to UIDL; unless given, a uid for each mail. */
  readonly uidl?: readonly string[]
  readonly capabilities?: readonly string[]
  /** Each byte comes by itself. */
  readonly isSlow?: boolean
  /** Answers a command in another way: true if it did. */
  readonly instead?: (command: string, socket: Socket) => boolean
}

export interface Pop3Server {
  readonly port: () => number
  /** Plays this from the next connection on; what it is asked is noted, a line a command, `|` where they came together. */
  readonly play: (play: Pop3Play) => readonly string[]
  readonly close: () => void
}

/** Its certificate is its own: whoever connects must not check it. */
export async function startPop3Server(): Promise<Pop3Server> {
  const { folder, remove } = openCertificateFolder()
  const { certFile, keyFile } = makeCertificate(folder, 'pop')
  let current: Pop3Play = { mails: [] }
  let asked: string[] = []
  const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, socket => {
    if (current.isSlow) byteByByte(socket)
    const answer = session(current, socket)
    let waiting = ''
    socket.on('error', () => {})
    socket.write('+OK ready\r\n')
    socket.on('data', data => {
      const lines = (waiting + data.toString('latin1')).split('\r\n')
      waiting = lines.pop() ?? ''
      asked.push(lines.join(' | '))
      for (const line of lines) answer(line)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: () => (server.address() as AddressInfo).port,
    play: play => {
      current = play
      asked = []
      return asked
    },
    close: () => {
      server.close()
      remove()
    },
  }
}

/** What is written from now on goes out a byte at a time, each once the one before it is on its way. */
function byteByByte(socket: Socket): void {
  const write = socket.write.bind(socket)
  socket.setNoDelay(true)
  socket.write = (data: string | Uint8Array) => {
    for (const byte of Buffer.from(data as string, 'latin1')) write(Buffer.of(byte))
    return true
  }
  const end = socket.end.bind(socket)
  socket.end = ((data: string) => {
    socket.write(data)
    return end()
  }) as typeof socket.end
}

const multiline = (lines: readonly string[]): Buffer =>
  Buffer.from(`+OK\r\n${lines.map(line => `${line.replace(/^\./, '..')}\r\n`).join('')}.\r\n`, 'latin1')

function session(
  { mails, uidl, capabilities = [], instead = () => false }: Pop3Play,
  socket: Socket,
): (command: string) => void {
  const marked = new Set<number>()
  const isThere = (number: number): boolean => mails[number - 1] != null && !marked.has(number)
  const listing = (): void => {
    const numbered = mails.flatMap((mail, at) => (mail === null ? [] : [`${at + 1} uid-${at + 1}`]))
    socket.write(multiline(uidl ?? numbered))
  }
  const ofMail: Record<string, (number: number) => void> = {
    RETR: number => socket.write(multiline((mails[number - 1] ?? '').split('\r\n'))),
    DELE: number => {
      marked.add(number)
      socket.write('+OK\r\n')
    },
  }
  const others: Record<string, () => void> = {
    CAPA: () => socket.write(multiline(capabilities)),
    UIDL: listing,
    QUIT: () => {
      for (const number of marked) mails[number - 1] = null
      socket.end('+OK\r\n')
    },
  }
  return command => {
    if (!socket.writable || instead(command, socket)) return
    const [word = '', argument] = command.split(' ')
    const number = Number(argument)
    if (others[word]) others[word]()
    else if (!ofMail[word]) socket.write('+OK\r\n')
    else if (isThere(number)) ofMail[word](number)
    else socket.write('-ERR no such message\r\n')
  }
}
