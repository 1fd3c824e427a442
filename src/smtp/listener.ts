// The SMTP server: the only file that knows the library. It lets clients in, carries questions to the desk and our
// words back, and ends in good order.

import { constants } from 'node:crypto'
import type { Socket } from 'node:net'
import {
  SMTPServer,
  type SMTPServerAddress,
  type SMTPServerOptions,
  type SMTPServerSession,
} from 'smtp-server'
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js'
import type { ReturnPath } from '../model/return-path.ts'
import { bind } from './bind.ts'
import { type Certificate, CertificateWatch } from './certificates.ts'
import { type Caller, type Desk, openDesk } from './desk.ts'
import { Door } from './door.ts'
import { defaultLimits, type SmtpLimits, within } from './limits.ts'
import { openMaildir } from './maildir.ts'
import { Observer } from './observer.ts'
import { hideQuoted, showQuoted } from './policy.ts'
import type { Listener, ListenerOptions, SmtpPorts } from './ports.ts'
import { Reception } from './reception.ts'
import { defer, ofLibrary, type Said, wireText } from './replies.ts'
import { Session } from './session.ts'
import { Unfinished } from './unfinished.ts'

/** The SMTP listener. Nothing is opened before `start`. */
export function createListener(options: ListenerOptions, ports: SmtpPorts): Listener {
  return new SmtpListener(options, ports)
}

/** A connection of the library that speaks in our words and keeps our time. */
class Conversation extends SMTPConnection {
  readonly ours: Session
  /** As the door counted it. */
  readonly ip: string
  readonly #observer: Observer

  constructor(
    server: SMTPServer,
    socket: Socket,
    given: SMTPConnectionOptions | null,
    ip: string,
    limits: SmtpLimits,
    observer: Observer,
  ) {
    super(server, socket, given)
    this.ip = ip
    this.#observer = observer
    this.ours = new Session(
      { say: said => this.say(said), close: () => this.close(), destroy: () => this._socket.destroy() },
      limits,
    )
  }

  get caller(): Caller {
    const { id, remoteAddress, hostNameAppearsAs, secure } = this
    return { session: id, client: { ip: remoteAddress, helo: hostNameAppearsAs || '', tls: secure } }
  }

  /** Says something of our own accord. */
  say(said: Said): void {
    if (this.ours.isOver) return
    this.#observer.said(this, said)
    super.send(said.reply.code, wireText(said.reply), false)
    this.ours.replied(said.reply.code)
  }

  /** Every reply passes here, those of the library and those of our handlers. */
  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    if (this.ours.isOver) return
    const spent = this.ours.spend(code)
    if (spent) {
      this.say(defer(spent))
    } else if (Array.isArray(data)) {
      super.send(code, [...data, 'ENHANCEDSTATUSCODES'], false) // the answer to EHLO
      this.ours.replied(code)
    } else {
      const said = ofLibrary(code, data ?? '', context)
      if (said) this.#observer.said(this, said)
      super.send(code, said ? wireText(said.reply) : data, false)
      this.ours.replied(code)
    }
  }

  /** The library knows no quoted local parts (RFC 5321 §4.1.2): what it would trip over is hidden from it. */
  override _parseAddressCommand(
    name: string,
    command: Buffer | string,
  ): ReturnType<SMTPConnection['_parseAddressCommand']> {
    const parsed = super._parseAddressCommand(name, hideQuoted(command.toString()))
    if (parsed) parsed.address = showQuoted(parsed.address)
    return parsed
  }
}

type Admit = (server: Server, socket: Socket, given: SMTPConnectionOptions | null) => Conversation | null

/** The library's server with our own door: only whom `admit` lets in is talked to. */
class Server extends SMTPServer {
  readonly #admit: Admit

  constructor(options: SMTPServerOptions, admit: Admit) {
    super(options)
    this.#admit = admit
    // A reset before the library listens to the socket would otherwise end the process.
    this.server.prependListener('connection', socket => socket.on('error', () => {}))
  }

  override connect(socket: Socket, given?: SMTPConnectionOptions | null): void {
    const conversation = this.#admit(this, socket, given ?? null)
    if (!conversation) return
    this.connections.add(conversation)
    conversation.on('error', error => this._onError(error))
    conversation.init()
  }
}

/** A refusal as the library takes it: it says `responseCode` and the message, both ours. */
function errorOf(said: Said): Error | null {
  if (said.kind === 'answer') return null
  return Object.assign(new Error(wireText(said.reply)), { responseCode: said.reply.code })
}

class SmtpListener implements Listener {
  readonly #options: ListenerOptions
  readonly #ports: SmtpPorts
  readonly #limits: SmtpLimits
  readonly #door: Door
  readonly #observer: Observer
  /** By the library's session object, which lasts as long as the connection. */
  readonly #conversations = new Map<SMTPServerSession, Conversation>()
  /** What each accepted RCPT was; the library hands the same objects back at DATA and forgets them at RSET. */
  readonly #paths = new WeakMap<SMTPServerAddress, ReturnPath>()
  readonly #unfinished = new Unfinished()
  #server: Server | null = null
  #watch: CertificateWatch | null = null
  #draining: Promise<void> | null = null

  constructor(options: ListenerOptions, ports: SmtpPorts) {
    this.#options = options
    this.#ports = ports
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#door = new Door(this.#limits)
    this.#observer = new Observer(ports)
  }

  readonly connections = (): number => this.#door.inside

  readonly reloadTls = async (): Promise<void> => await this.#watch?.check()

  readonly start = async (): Promise<{ host: string; port: number }> => {
    const { hostName, mailDirectory, maildirLimits, host, port, tls, tlsPollMs } = this.#options
    try {
      const mailbox = await openMaildir(mailDirectory, maildirLimits)
      const desk = openDesk({ hostName, limits: this.#limits, mailbox, ports: this.#ports })
      const renew = ({ cert, key }: Certificate): void => this.#server?.updateSecureContext({ cert, key })
      this.#watch = tls && (await CertificateWatch.open(tls, tlsPollMs, renew, this.#ports.log))
      const certificate = this.#watch?.first ?? null
      const server = new Server(
        { ...this.#libraryOptions(certificate), ...this.#handlers(desk) },
        this.#admit,
      )
      server.on('error', error => this.#observer.connectionFailed(error))
      this.#server = server
      if (this.#draining) throw new Error('stopped before it had started')
      return await bind(server.server, host, port)
    } catch (error) {
      this.#watch?.close()
      throw error
    }
  }

  readonly drain = (deadlineMs: number): Promise<void> => {
    this.#draining ??= this.#drain(deadlineMs)
    return this.#draining
  }

  async #drain(deadlineMs: number): Promise<void> {
    this.#watch?.close()
    this.#door.shut()
    const server = this.#server
    if (!server) return
    const closed = new Promise<void>(resolve => server.server.close(() => resolve()))
    for (const conversation of this.#conversations.values()) conversation.ours.leave('draining')
    const deadline = setTimeout(() => {
      for (const conversation of this.#conversations.values()) conversation.ours.abort()
    }, deadlineMs)
    // A message whose sender has gone is finished too. Nothing may hold us up for ever, not even a handler of our own.
    await within(
      deadlineMs + this.#limits.lingerMs,
      closed.then(() => this.#unfinished.settled()),
    ).catch(() => {})
    clearTimeout(deadline)
  }

  #libraryOptions(certificate: Certificate | null): SMTPServerOptions {
    const disabledCommands = ['AUTH', 'XCLIENT', 'XFORWARD', 'WIZ', 'SHELL', 'KILL']
    return {
      name: this.#options.hostName,
      heloResponse: '%s',
      size: this.#limits.maxMessageBytes,
      maxCommandLength: this.#limits.maxCommandBytes,
      lenientAddressParsing: true,
      disableReverseLookup: true,
      // Any byte resets this timer of the library; ours comes first and is not reset.
      socketTimeout: this.#limits.idleMs + this.#limits.lingerMs,
      logger: false,
      ...(certificate
        ? {
            disabledCommands,
            cert: certificate.cert,
            key: certificate.key,
            minVersion: 'TLSv1.2',
            secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
          }
        : // Else the library would offer a key of its own, which everybody knows.
          { disabledCommands: [...disabledCommands, 'STARTTLS'], hideSTARTTLS: true }),
    }
  }

  #handlers(desk: Desk): SMTPServerOptions {
    return {
      onMailFrom: (address, session, callback) => {
        const said = desk.sender(address.address)
        const conversation = this.#conversations.get(session)
        if (conversation) this.#observer.said(conversation, said)
        callback(errorOf(said))
      },

      onRcptTo: (address, session, callback) => {
        const conversation = this.#conversations.get(session)
        if (!conversation) return
        const state = { accepted: session.envelope.rcptTo.length, draining: this.#draining !== null }
        desk
          .recipient(conversation.caller, address.address, state)
          .then(({ said, path }) => {
            if (path) this.#paths.set(address, path)
            this.#observer.said(conversation, said)
            callback(errorOf(said))
          })
          .catch(error => this.#observer.brokeOff(conversation, error))
      },

      onData: (stream, session, callback) => {
        const conversation = this.#conversations.get(session)
        if (!conversation) return
        const { caller, ours } = conversation
        const begin = performance.now()
        const { mailFrom, rcptTo } = session.envelope
        const paths = rcptTo.flatMap(address => this.#paths.get(address) ?? [])
        const reception = new Reception(stream, this.#limits, () => ours.cutOff())
        ours.receiving(reception)
        const message = desk
          .message(caller, mailFrom ? mailFrom.address : '', paths, reception)
          .then(said => {
            this.#observer.message(conversation, said, reception.bytes, (performance.now() - begin) / 1000)
            ours.answering(said.kind === 'answer')
            callback(errorOf(said), wireText(said.reply))
          })
          .catch(error => this.#observer.brokeOff(conversation, error)) // nobody is left to hear an answer
        this.#unfinished.track(message)
      },

      onClose: session => {
        const conversation = this.#conversations.get(session)
        if (!conversation) return
        this.#conversations.delete(session)
        conversation.ours.gone()
        this.#door.left(conversation.ip)
        this.#observer.disconnected(conversation, conversation.secure)
      },
    }
  }

  readonly #admit: Admit = (server, socket, given) => {
    const ip = socket.remoteAddress
    if (ip === undefined) {
      socket.destroy() // it is gone already
      return null
    }
    const refused = this.#door.enter(ip)
    if (refused) {
      this.#observer.turnedAway(ip, refused)
      this.#door.turnAway(socket, refused)
      return null
    }
    const conversation = new Conversation(server, socket, given, ip, this.#limits, this.#observer)
    this.#conversations.set(conversation.session, conversation)
    this.#unfinished.track(conversation.ours.isGone)
    this.#observer.connected(conversation)
    return conversation
  }
}
