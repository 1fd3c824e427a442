// A client that sends exactly the bytes it is told to, and reads replies (RFC 5321 §4.2.1).

import { connect, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { within } from '../patience.ts'

const patienceMs = within(10_000)

export class RawClient {
  #socket: Socket | TLSSocket
  #text = ''
  #isClosed = false
  #wake: () => void = () => {}

  private constructor(socket: Socket | TLSSocket) {
    this.#socket = socket
    this.#listen(socket)
  }

  static async open(port: number, host = '127.0.0.1', localAddress?: string): Promise<RawClient> {
    return RawClient.#opened(
      connect({ port, host, noDelay: true, ...(localAddress ? { localAddress } : {}) }),
    )
  }

  /** At a Unix socket. */
  static async openPath(path: string): Promise<RawClient> {
    return RawClient.#opened(connect({ path }))
  }

  static async #opened(socket: Socket): Promise<RawClient> {
    const client = new RawClient(socket)
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    return client
  }

  get socket(): Socket {
    return this.#socket
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Bytes as they are; a string counts as latin1, so that `\xff` is one byte. */
  send(bytes: string | Uint8Array): void {
    this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  /** One whole reply, its lines joined by a line feed; `(closed)` when the server has closed instead. */
  async reply(): Promise<string> {
    const lines: string[] = []
    for (;;) {
      const line = await this.#line()
      if (line === null) return lines.length > 0 ? `${lines.join('\n')} (closed)` : '(closed)'
      lines.push(line)
      if (!/^\d{3}-/.test(line)) return lines.join('\n')
    }
  }

  /** Sends a line and reads the reply to it. */
  async ask(line: string): Promise<string> {
    this.send(`${line}\r\n`)
    return await this.reply()
  }

  /** A transaction from the null sender up to DATA; throws unless everything is accepted. */
  async begin(...localParts: string[]): Promise<void> {
    const commands = [
      'MAIL FROM:<>',
      ...localParts.map(local => `RCPT TO:<${local}@bounces.example>`),
      'DATA',
    ]
    for (const command of commands) {
      const reply = await this.ask(command)
      if (!/^(250|354) /.test(reply)) throw new Error(`${command}: ${reply}`)
    }
  }

  async closed(): Promise<void> {
    await this.#until(() => this.#isClosed)
  }

  /** Starts TLS on the connection; resolves after the handshake. */
  async secure(options: object = {}): Promise<TLSSocket> {
    const plain = this.#socket
    plain.removeAllListeners('data')
    plain.removeAllListeners('close')
    const secure = connectTls({ socket: plain, rejectUnauthorized: false, ...options })
    this.#socket = secure
    this.#listen(secure)
    await new Promise<void>((resolve, reject) => {
      secure.once('secureConnect', resolve)
      secure.once('error', reject)
    })
    return secure
  }

  /** Vanishes without a word, as a crash does. */
  reset(): void {
    this.#socket.resetAndDestroy()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #listen(socket: Socket): void {
    socket.on('data', chunk => {
      this.#text += chunk.toString('latin1')
      this.#wake()
    })
    socket.on('error', () => {})
    socket.on('end', () => socket.end())
    socket.on('close', () => {
      this.#isClosed = true
      this.#wake()
    })
  }

  async #line(): Promise<string | null> {
    await this.#until(() => this.#isClosed || this.#text.includes('\r\n'))
    const end = this.#text.indexOf('\r\n')
    if (end === -1) return null
    const line = this.#text.slice(0, end)
    this.#text = this.#text.slice(end + 2)
    return line
  }

  async #until(isSo: () => boolean): Promise<void> {
    const giveUp = Date.now() + patienceMs
    while (!isSo()) {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`nothing came; unread: ${JSON.stringify(this.#text)}`)),
          Math.max(1, giveUp - Date.now()),
        )
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }
}
