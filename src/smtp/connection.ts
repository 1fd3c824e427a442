// The SMTP library: sockets, framing and syntax are its part, every decision and every word are ours.

import type { ServerOpts, Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server'
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js'
import type { TlsFailure } from '../model/tls.ts'
import type { Certificate } from './certificates.ts'
import { clientBehind } from './front-server.ts'
import { GatheredReplies } from './gathered-replies.ts'
import { Inflow } from './inflow.ts'
import { hideQuoted, showQuoted, withDomain, withoutDomain } from './policy.ts'
import { Reception } from './reception.ts'
import { type Answer, answerForLibrary, wireText } from './replies.ts'
import type { ServerOptions } from './server-options.ts'
import type { Session, Wire } from './session.ts'
import { keyExchangeOf, tlsFailureOf, tlsOptions } from './tls.ts'
import { Turns } from './turns.ts'

interface ConnectionOptions extends SMTPConnectionOptions {
  readonly isTrusted: boolean
  /** The client was given its time to talk too soon already. */
  readonly greetsAtOnce: boolean
}

/** A connection of the library that speaks in our words and keeps our time. */
class Connection extends SMTPConnection {
  readonly ours: Session
  /** Into the parser, of which there is another behind STARTTLS. Made while the library constructs us. */
  declare inflow: Inflow
  readonly #greetsAtOnce: boolean
  readonly #onTlsFailed: (reason: TlsFailure) => void
  #hasTlsFailed = false
  readonly #replies = new GatheredReplies()

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
    // An untrusted client is not even told that the command exists.
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

  /** Exim sends QUIT with the final dot and closes its half: it still waits for what we have to say. */
  override _createParser(): ReturnType<SMTPConnection['_createParser']> {
    const parser = super._createParser()
    parser.once('finish', () => this._socket.end())
    this.inflow = new Inflow(parser, () => this._socket)
    return parser
  }

  /** Who closes his half in the middle of a handshake has left. */
  override upgrade(...given: Parameters<SMTPConnection['upgrade']>): void {
    this._socket.allowHalfOpen = false
    super.upgrade(...given)
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
    this.#replies.gather(this._socket)
    if (Array.isArray(data)) {
      super.send(code, [...data, 'ENHANCEDSTATUSCODES'], false) // the answer to EHLO
    } else {
      const answer = answerForLibrary(code, data ?? '', context)
      if (answer) this.ours.note(answer)
      this.#say(code, answer ? wireText(answer.reply) : (data ?? ''))
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

  /** The library writes only to those who could still speak. */
  #say(code: number, text: string): void {
    super.send(code, text, false)
    if (this._socket.readyState === 'writeOnly') this._socket.write(`${code} ${text}\r\n`)
  }

  #sendOurs({ reply }: Answer): void {
    this.#say(reply.code, wireText(reply))
  }
}

/** The library's server: only those whom `admit` lets in are talked to. */
export class Server extends SMTPServer {
  readonly #options: ServerOptions
  /** By the library's session object, which lasts as long as the connection. */
  readonly #connections: Map<SMTPServerSession, Connection>

  constructor(options: ServerOptions) {
    const connections = new Map<SMTPServerSession, Connection>()
    super({ ...libraryOptions(options), ...handlers(options, connections) })
    this.#options = options
    this.#connections = connections
    // A reset before the library listens to the socket would otherwise end the process.
    this.server.prependListener('connection', socket => socket.on('error', () => {}))
  }

  /** Every session whose connection is not gone yet. */
  get sessions(): readonly Session[] {
    return [...this.#connections.values()].map(({ ours }) => ours)
  }

  /** The certificate that the next handshake shows. */
  renew({ cert, key }: Certificate): void {
    this.updateSecureContext({ cert, key })
  }

  override connect(socket: Socket, given?: SMTPConnectionOptions | null): void {
    const ip = this.#options.isLocal ? loopback : socket.remoteAddress
    if (ip === undefined) {
      socket.destroy() // it is gone already
      return
    }
    if (this.#options.protocol === 'lmtp') {
      // Nobody stands in front of it who would say PROXY, and nobody who talks too soon finds it.
      const isTrusted = this.#options.isTrusted(ip)
      this.#open(socket, ip, { ...given, remoteAddress: ip, isTrusted, greetsAtOnce: true })
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
    this.#connections.set(connection.session, connection)
    this.#options.track(connection.ours.isGone)
    this.connections.add(connection)
    connection.on('error', error => this._onError(error))
    connection.init()
  }
}

const loopback = '127.0.0.1'

const neverCommands = ['AUTH', 'WIZ', 'SHELL', 'KILL']

const disabledCommands = (server: SMTPServer): readonly string[] => server.options.disabledCommands ?? []

function libraryOptions({
  hostName,
  protocol,
  limits,
  certificate,
  tlsCiphers,
}: ServerOptions): SMTPServerOptions {
  const options: SMTPServerOptions & ServerOpts = {
    name: hostName,
    // The library hands its options to net.createServer. Ours ends once everything is answered.
    allowHalfOpen: true,
    lmtp: protocol === 'lmtp',
    heloResponse: '%s',
    size: limits.maxMessageBytes,
    maxCommandLength: limits.maxCommandBytes,
    lenientAddressParsing: true,
    disableReverseLookup: true,
    // Any byte resets this timer of the library; ours comes first and is not reset.
    socketTimeout: limits.idleMs + limits.lingerMs,
    logger: false,
    // Withheld from untrusted clients, session by session.
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
  { limits, protocol, track, onTls }: ServerOptions,
  connections: Map<SMTPServerSession, Connection>,
): SMTPServerOptions {
  const turns = new Turns()
  return {
    onMailFrom: ({ address }, session, callback) => {
      const ours = connections.get(session)?.ours
      if (ours) callback(errorOf(ours.mail(address)))
    },

    onRcptTo: ({ address }, session, callback) => {
      const ours = connections.get(session)?.ours
      if (!ours) return
      const answer = ours.rcpt(address)
      if (answer instanceof Promise) void answer.then(found => callback(errorOf(found)))
      else callback(errorOf(answer))
    },

    onData: (stream: Readable, session, callback) => {
      const connection = connections.get(session)
      if (!connection) return
      const { ours, inflow } = connection
      const reception = new Reception(stream, limits, () => ours.cutOff(), turns, inflow)
      const answered = ours.data(reception).then(
        answer => {
          if (protocol === 'smtp') callback(errorOf(answer), wireText(answer.reply))
          // The library would answer recipients that were named twice only once (RFC 2033 §4.2).
          else
            callback(
              null,
              Array<string | Error>(ours.answers).fill(errorOf(answer) ?? wireText(answer.reply)),
            )
        },
        () => {}, // the client is gone: nobody would hear an answer
      )
      track(answered)
    },

    onSecure: (socket, session, callback) => {
      socket.allowHalfOpen = true
      const cipher = session.tlsOptions
      onTls(keyExchangeOf(cipher ? cipher.standardName : undefined))
      callback()
    },

    onClose: session => {
      connections.get(session)?.ours.gone()
      connections.delete(session)
    },
  }
}

/** A refusal as the library takes it: it says `responseCode` and the message, both ours. */
function errorOf({ kind, reply }: Answer): Error | null {
  return kind === 'accept' ? null : Object.assign(new Error(wireText(reply)), { responseCode: reply.code })
}
