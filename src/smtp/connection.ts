// The SMTP library: sockets, framing and syntax are its part, every decision and every word are ours.

import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server'
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js'
import type { KeyExchange, TlsFailure } from '../model/tls.ts'
import type { Certificate } from './certificates.ts'
import { clientBehind } from './front-server.ts'
import type { SmtpLimits } from './limits.ts'
import { hideQuoted, showQuoted, withDomain, withoutDomain } from './policy.ts'
import { Reception } from './reception.ts'
import { type Answer, answerForLibrary, wireText } from './replies.ts'
import type { Session, Wire } from './session.ts'
import { keyExchangeOf, tlsFailureOf, tlsOptions } from './tls.ts'

export interface ServerOptions {
  /** How this host calls itself. */
  readonly hostName: string
  readonly limits: SmtpLimits
  /** Null: STARTTLS is not offered. */
  readonly certificate: Certificate | null
  /** OpenSSL's list of cipher suites for TLS 1.2. */
  readonly tlsCiphers: string
  /** May this peer say for whom it speaks (PROXY, XCLIENT, XFORWARD)? */
  readonly isTrusted: (ip: string) => boolean
  readonly onTls: (keyExchange: KeyExchange) => void
  readonly onTlsFailed: (reason: TlsFailure, ip: string) => void
  /** Lets a client in by opening its session, or turns it away: null. */
  readonly admit: (socket: Socket, ip: string) => ((wire: Wire) => Session) | null
  /** Work that a drain waits for; the promise must not reject. */
  readonly track: (work: Promise<void>) => void
}

interface ConnectionOptions extends SMTPConnectionOptions {
  readonly isTrusted: boolean
  /** The client was given its time to talk too soon already. */
  readonly greetsAtOnce: boolean
}

/** A connection of the library that speaks in our words and keeps our time. */
class Connection extends SMTPConnection {
  readonly ours: Session
  readonly #greetsAtOnce: boolean
  readonly #onTlsFailed: (reason: TlsFailure) => void
  #hasTlsFailed = false

  constructor(
    server: SMTPServer,
    socket: Socket,
    given: ConnectionOptions,
    open: (wire: Wire) => Session,
    onTlsFailed: (reason: TlsFailure) => void,
  ) {
    super(server, socket, given)
    this.#greetsAtOnce = given.greetsAtOnce
    this.#onTlsFailed = onTlsFailed
    // Who may not say for whom it speaks does not even learn that one could.
    if (!given.isTrusted) this.session.disabledCommands = [...disabledCommands(server), 'XCLIENT', 'XFORWARD']
    this.ours = open({
      id: this.id,
      client: () => ({ ip: this.remoteAddress, helo: this.hostNameAppearsAs || '', tls: this.secure }),
      send: answer => this.#sendOurs(answer),
      close: () => this.close(),
      destroy: () => this._socket.destroy(),
    })
  }

  override init(): void {
    if (this.#greetsAtOnce) this._setListeners(() => this.connectionReady())
    else super.init()
  }

  override _onError(error: Error & { code?: string; meta?: object }): void {
    // `meta` is what the library notes of a failed handshake.
    if (error.meta) this.#tlsFailed(tlsFailureOf(error.code))
    super._onError(error)
  }

  override _onCloseEvent(hadError?: boolean): void {
    if (this._upgrading) this.#tlsFailed('left')
    super._onCloseEvent(hadError)
  }

  /** The library tells of a failed handshake more than once. */
  #tlsFailed(reason: TlsFailure): void {
    if (this.#hasTlsFailed) return
    this.#hasTlsFailed = true
    this.#onTlsFailed(reason)
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
    if (!this.#options.isTrusted(ip)) {
      this.#open(socket, ip, { ...given, isTrusted: false, greetsAtOnce: false })
      return
    }
    void clientBehind(socket).then(found => {
      if (!found) return
      const remoteAddress = found.client ?? ip
      const isTrusted = this.#options.isTrusted(remoteAddress)
      this.#open(socket, remoteAddress, { ...given, remoteAddress, isTrusted, greetsAtOnce: true })
    })
  }

  #open(socket: Socket, ip: string, options: ConnectionOptions): void {
    const open = this.#options.admit(socket, ip)
    if (!open) return
    const failed = (reason: TlsFailure): void => this.#options.onTlsFailed(reason, ip)
    const connection = new Connection(this, socket, options, open, failed)
    this.#sessions.set(connection.session, connection.ours)
    this.#options.track(connection.ours.isGone)
    this.connections.add(connection)
    connection.on('error', error => this._onError(error))
    connection.init()
  }
}

const neverCommands = ['AUTH', 'WIZ', 'SHELL', 'KILL']

const disabledCommands = (server: SMTPServer): readonly string[] => server.options.disabledCommands ?? []

function libraryOptions({ hostName, limits, certificate, tlsCiphers }: ServerOptions): SMTPServerOptions {
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
    // Taken from those who are not trusted, session by session.
    useXClient: true,
    useXForward: true,
  }
  // Without one of ours the library would offer a key of its own, which everybody knows.
  if (!certificate)
    return { ...options, disabledCommands: [...neverCommands, 'STARTTLS'], hideSTARTTLS: true }
  return {
    ...options,
    disabledCommands: neverCommands,
    ...tlsOptions(certificate, tlsCiphers),
  }
}

/** The commands that are ours to answer, each exactly once. */
function handlers(
  { limits, track, onTls }: ServerOptions,
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
      const { mailFrom } = session.envelope
      const isDeclared = mailFrom !== false && typeof mailFrom.args === 'object' && 'SIZE' in mailFrom.args
      const reception = new Reception(stream, limits, () => ours.cutOff(), isDeclared)
      const answered = ours.data(reception).then(
        answer => callback(errorOf(answer), wireText(answer.reply)),
        () => {}, // the client is gone, and so is whoever would hear an answer
      )
      track(answered)
    },

    onSecure: (_socket, session, callback) => {
      const cipher = session.tlsOptions
      onTls(keyExchangeOf(cipher ? cipher.standardName : undefined))
      callback()
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
