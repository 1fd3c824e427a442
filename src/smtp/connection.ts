// The SMTP library: sockets, framing and syntax are its part, every decision and every word are ours.

import { constants } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server'
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js'
import type { Certificate } from './certificates.ts'
import type { SmtpLimits } from './limits.ts'
import { hideQuoted, showQuoted, withDomain, withoutDomain } from './policy.ts'
import { Reception } from './reception.ts'
import { type Answer, answerForLibrary, wireText } from './replies.ts'
import type { Session, Wire } from './session.ts'

export interface ServerOptions {
  /** How this host calls itself. */
  readonly hostName: string
  readonly limits: SmtpLimits
  /** Null: STARTTLS is not offered. */
  readonly certificate: Certificate | null
  /** Lets a client in by opening its session, or turns it away: null. */
  readonly admit: (socket: Socket, ip: string) => ((wire: Wire) => Session) | null
  /** Work that a drain waits for; the promise must not reject. */
  readonly track: (work: Promise<void>) => void
}

/** A connection of the library that speaks in our words and keeps our time. */
class Connection extends SMTPConnection {
  readonly ours: Session

  constructor(
    server: SMTPServer,
    socket: Socket,
    given: SMTPConnectionOptions | null,
    open: (wire: Wire) => Session,
  ) {
    super(server, socket, given)
    this.ours = open({
      id: this.id,
      client: () => ({ ip: this.remoteAddress, helo: this.hostNameAppearsAs || '', tls: this.secure }),
      send: answer => this.#sendOurs(answer),
      close: () => this.close(),
      destroy: () => this._socket.destroy(),
    })
  }

  /** Every reply of the library passes here, those of our handlers included. */
  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    if (this.ours.isOver) return
    const spent = this.ours.spend(code)
    if (spent) {
      this.ours.end(spent)
      return
    }
    if (Array.isArray(data)) {
      super.send(code, [...data, 'ENHANCEDSTATUSCODES'], false) // the answer to EHLO
    } else {
      const answer = answerForLibrary(code, data ?? '', context)
      if (answer) this.ours.note(answer)
      super.send(code, answer ? wireText(answer.reply) : data, false)
    }
    this.ours.replied(code)
  }

  /** The library knows no quoted local parts (RFC 5321 §4.1.2) and no bare senders: what it would trip over is hidden. */
  override _parseAddressCommand(
    name: string,
    command: Buffer | string,
  ): ReturnType<SMTPConnection['_parseAddressCommand']> {
    const line = hideQuoted(command.toString())
    const whole = withDomain(line)
    const parsed = super._parseAddressCommand(name, whole)
    if (parsed) parsed.address = showQuoted(whole === line ? parsed.address : withoutDomain(parsed.address))
    return parsed
  }

  #sendOurs({ reply }: Answer): void {
    super.send(reply.code, wireText(reply), false)
  }
}

/** The library's server: only those whom `admit` lets in are talked to. */
export class Server extends SMTPServer {
  readonly #options: ServerOptions
  /** By the library's session object, which lasts as long as the connection. */
  readonly #sessions: Map<SMTPServerSession, Session>

  constructor(options: ServerOptions) {
    const sessions = new Map<SMTPServerSession, Session>()
    super({ ...libraryOptions(options), ...handlers(options, sessions) })
    this.#options = options
    this.#sessions = sessions
    // A reset before the library listens to the socket would otherwise end the process.
    this.server.prependListener('connection', socket => socket.on('error', () => {}))
  }

  /** Every session whose connection is not gone yet. */
  get sessions(): Iterable<Session> {
    return this.#sessions.values()
  }

  /** The certificate that the next handshake shows. */
  renew({ cert, key }: Certificate): void {
    this.updateSecureContext({ cert, key })
  }

  override connect(socket: Socket, given?: SMTPConnectionOptions | null): void {
    const ip = socket.remoteAddress
    if (ip === undefined) {
      socket.destroy() // it is gone already
      return
    }
    const open = this.#options.admit(socket, ip)
    if (!open) return
    const connection = new Connection(this, socket, given ?? null, open)
    this.#sessions.set(connection.session, connection.ours)
    this.#options.track(connection.ours.isGone)
    this.connections.add(connection)
    connection.on('error', error => this._onError(error))
    connection.init()
  }
}

function libraryOptions({ hostName, limits, certificate }: ServerOptions): SMTPServerOptions {
  const disabledCommands = ['AUTH', 'XCLIENT', 'XFORWARD', 'WIZ', 'SHELL', 'KILL']
  const options: SMTPServerOptions = {
    name: hostName,
    heloResponse: '%s',
    size: limits.maxMessageBytes,
    maxCommandLength: limits.maxCommandBytes,
    lenientAddressParsing: true,
    disableReverseLookup: true,
    // Any byte resets this timer of the library; ours comes first and is not reset.
    socketTimeout: limits.idleMs + limits.lingerMs,
    logger: false,
  }
  // Without one of ours the library would offer a key of its own, which everybody knows.
  if (!certificate)
    return { ...options, disabledCommands: [...disabledCommands, 'STARTTLS'], hideSTARTTLS: true }
  return {
    ...options,
    disabledCommands,
    cert: certificate.cert,
    key: certificate.key,
    minVersion: 'TLSv1.2',
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  }
}

/** The commands that are ours to answer, each exactly once. */
function handlers(
  { limits, track }: ServerOptions,
  sessions: Map<SMTPServerSession, Session>,
): SMTPServerOptions {
  return {
    onMailFrom: ({ address }, session, callback) => {
      const ours = sessions.get(session)
      if (ours) callback(errorOf(ours.mail(address)))
    },

    onRcptTo: ({ address }, session, callback) => {
      const ours = sessions.get(session)
      if (ours) void ours.rcpt(address).then(answer => callback(errorOf(answer)))
    },

    onData: (stream: Readable, session, callback) => {
      const ours = sessions.get(session)
      if (!ours) return
      const reception = new Reception(stream, limits, () => ours.cutOff())
      const answered = ours.data(reception).then(
        answer => callback(errorOf(answer), wireText(answer.reply)),
        () => {}, // the client is gone, and so is whoever would hear an answer
      )
      track(answered)
    },

    onClose: session => {
      sessions.get(session)?.gone()
      sessions.delete(session)
    },
  }
}

/** A refusal as the library takes it: it says `responseCode` and the message, both ours. */
function errorOf({ kind, reply }: Answer): Error | null {
  return kind === 'accept' ? null : Object.assign(new Error(wireText(reply)), { responseCode: reply.code })
}
