// POP3 over TLS (RFC 1939, RFC 8314), streamed and byte for byte. node-pop3 would not do: it decodes mails as UTF-8,
// leaves dots stuffed, and misses an end that comes in two pieces.

import { connect, type TLSSocket } from 'node:tls'
import { MailboxFault, serverWords } from './fault.ts'
import type { Secret } from './session.ts'

const timeoutMs = 60_000
const lineFeed = 0x0a
const dot = 0x2e
/** Longer lines of a mail come in pieces; a status line is never so long (RFC 2449 §4). */
const longestLine = 64 * 1024
/** More than any mailbox holds, and any mail: a server that sends more never comes to an end. */
const mostMails = 1_000_000
const mostBytes = 256 * 1024 * 1024

/** `-ERR`: the server does not do what was asked. */
export class Pop3Refusal extends Error {}

/** A line with its line end, or a piece of one that is too long. */
interface Line {
  readonly bytes: Buffer
  readonly isStart: boolean
}

export class Pop3Client {
  readonly #socket: TLSSocket
  readonly #chunks: AsyncIterator<Buffer>
  #buffer: Buffer = Buffer.alloc(0)
  #atStart = true
  /** Does the server take several commands at a time (RFC 2449 §6.6)? */
  #pipelines = false
  /** Mails that have been asked for, in the order of their answers. */
  readonly #asked: number[] = []

  private constructor(socket: TLSSocket) {
    this.#socket = socket
    this.#chunks = socket[Symbol.asyncIterator]()
  }

  /** Resolves once the server has greeted us; the signal breaks the connection. Rejects with an error of the connection. */
  static async connect(host: string, port: number, broken: AbortSignal): Promise<Pop3Client> {
    broken.throwIfAborted()
    const socket = connect({ host, port, servername: host })
    broken.addEventListener('abort', () => socket.destroy(), { once: true })
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error('the server takes too long')))
    // Heard even while nobody reads.
    socket.on('error', () => {})
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve)
      socket.once('error', reject)
      socket.once('close', () => reject(new Error('the server closed the connection')))
    })
    const client = new Pop3Client(socket)
    await client.#status()
    return client
  }

  async login(user: string, secret: Secret): Promise<void> {
    if (secret.kind === 'password') {
      await this.#ask(`USER ${user}`)
      await this.#ask(`PASS ${secret.text}`)
    } else await this.#present(user, secret.text)
    // What is offered may differ before it (RFC 2449 §5).
    this.#pipelines = await this.#offers('PIPELINING')
  }

  /** RFC 7628 is the standard; this is what Google and Microsoft understand. */
  async #present(user: string, token: string): Promise<void> {
    const response = Buffer.from(`user=${user}\u0001auth=Bearer ${token}\u0001\u0001`).toString('base64')
    this.#send('AUTH XOAUTH2')
    const challenge = await this.#line()
    if (challenge.startsWith('-')) throw new Pop3Refusal(serverWords(challenge))
    const answer = await this.#answer(response)
    // A refusal is explained in Base64 first, and told after an empty line of ours.
    if (answer.startsWith('+ ')) await this.#ask('')
    else if (!answer.startsWith('+OK')) throw new Pop3Refusal(serverWords(answer))
  }

  async #offers(capability: string): Promise<boolean> {
    try {
      await this.#ask('CAPA')
    } catch (error) {
      // Older than RFC 2449.
      if (error instanceof Pop3Refusal) return false
      throw error
    }
    let isOffered = false
    for await (const lines of this.#lines())
      for (const { bytes } of lines) isOffered ||= wordOf(bytes) === capability
    return isOffered
  }

  /** Number and unique id (RFC 1939 §7) of every mail, some at a time, as they come. */
  async *uidl(): AsyncGenerator<readonly (readonly [number: number, uid: string])[]> {
    await this.#ask('UIDL')
    let count = 0
    for await (const lines of this.#lines()) {
      const found: [number, string][] = []
      for (const { bytes } of lines) {
        const [number = '', uid = ''] = bytes.toString('latin1').trimEnd().split(' ')
        if (/^\d{1,9}$/.test(number) && uid !== '') found.push([Number(number), uid])
      }
      count += found.length
      if (count > mostMails) {
        this.close()
        throw new MailboxFault('protocol', `the server lists more than ${mostMails} mails`)
      }
      yield found
    }
  }

  /** Says which mails come next, so that the server need not be waited for: all are then retrieved, in this order. */
  announce(numbers: readonly number[]): void {
    if (!this.#pipelines || numbers.length === 0) return
    this.#send(numbers.map(number => `RETR ${number}`).join('\r\n'))
    this.#asked.push(...numbers)
  }

  /** The mail as it is, dots unstuffed. To be read, or left, before anything else is asked. */
  async *retrieve(number: number): AsyncGenerator<Uint8Array> {
    if (this.#asked.shift() === undefined) this.#send(`RETR ${number}`)
    await this.#status()
    for await (const lines of this.#lines())
      if (lines.length > 0) yield Buffer.concat(lines.map(({ bytes }) => bytes))
  }

  /**
   * Marks mails: they go when we quit, and stay if the connection breaks before that.
   * @returns those that the server will not delete
   */
  async remove(numbers: readonly number[]): Promise<readonly number[]> {
    const commands = numbers.map(number => `DELE ${number}`)
    if (this.#pipelines && commands.length > 0) this.#send(commands.join('\r\n'))
    const kept: number[] = []
    for (const [at, number] of numbers.entries()) {
      if (!this.#pipelines) this.#send(commands[at] ?? '')
      try {
        await this.#status()
      } catch (error) {
        if (!(error instanceof Pop3Refusal)) throw error
        kept.push(number)
      }
    }
    return kept
  }

  /** Has the marked mails deleted. */
  async quit(): Promise<void> {
    await this.#ask('QUIT')
    this.#socket.end()
  }

  close(): void {
    this.#socket.destroy()
  }

  async #ask(command: string): Promise<void> {
    this.#send(command)
    await this.#status()
  }

  async #answer(command: string): Promise<string> {
    this.#send(command)
    return await this.#line()
  }

  #send(command: string): void {
    this.#socket.write(`${command}\r\n`)
  }

  async #status(): Promise<void> {
    const line = await this.#line()
    if (line.startsWith('+OK')) return
    if (line.startsWith('-ERR')) throw new Pop3Refusal(serverWords(line.slice(4).trim()))
    throw new MailboxFault('protocol', `this is not POP3: ${serverWords(line)}`)
  }

  async #line(): Promise<string> {
    return (await this.#next()).bytes.toString('latin1').trimEnd()
  }

  /**
   * The lines of a multi-line answer (RFC 1939 §3), those that are here together, without the dot that ends it. What is
   * not asked for is skipped.
   */
  async *#lines(): AsyncGenerator<readonly Line[]> {
    let bytes = 0
    let isOver = false
    const next = async (): Promise<readonly Line[]> => {
      const lines: Line[] = []
      for (let line: Line | null = await this.#next(); line !== null; line = this.#whole()) {
        bytes += line.bytes.length
        isOver = isEnd(line)
        if (isOver) break
        lines.push(unstuffed(line))
      }
      if (bytes <= mostBytes) return lines
      this.close()
      throw new MailboxFault('protocol', `the server sends more than ${mostBytes} bytes without an end`)
    }
    while (!isOver) {
      const lines = await next()
      let isWanted = false
      try {
        yield lines
        isWanted = true
      } finally {
        while (!isWanted && !isOver) await next()
      }
    }
  }

  async #next(): Promise<Line> {
    for (;;) {
      const line = this.#whole()
      if (line !== null) return line
      const { value, done } = await this.#chunks.next()
      if (done) throw new Error('the server closed the connection')
      this.#buffer = this.#buffer.length === 0 ? value : Buffer.concat([this.#buffer, value])
    }
  }

  /** The next line, or piece of a long one, of what has arrived. */
  #whole(): Line | null {
    const end = this.#buffer.indexOf(lineFeed)
    if (end < 0 && this.#buffer.length < longestLine) return null
    const length = end >= 0 ? end + 1 : this.#buffer.length
    const line = { bytes: this.#buffer.subarray(0, length), isStart: this.#atStart }
    this.#buffer = this.#buffer.subarray(length)
    this.#atStart = end >= 0
    return line
  }
}

const wordOf = (line: Buffer): string => line.toString('latin1').trim().split(' ')[0]?.toUpperCase() ?? ''
const isStuffed = ({ bytes, isStart }: Line): boolean => isStart && bytes[0] === dot
const isEnd = (line: Line): boolean => isStuffed(line) && line.bytes.toString('latin1').trimEnd() === '.'
const unstuffed = (line: Line): Line => (isStuffed(line) ? { ...line, bytes: line.bytes.subarray(1) } : line)
