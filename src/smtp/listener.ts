// The SMTP server: the only file that knows the library. It lets clients in, carries questions to the desk and our
// words back, and ends in good order.

import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import {
  SMTPServer,
  type SMTPServerAddress,
  type SMTPServerOptions,
  type SMTPServerSession,
} from 'smtp-server'
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js'
import type { ReturnPath } from '../model.ts'
import { type CertificateFiles, CertificateWatch, readCertificate } from './certificates.ts'
import { type Caller, type Desk, openDesk } from './desk.ts'
import { Door } from './door.ts'
import { defaultLimits, type SmtpLimits } from './limits.ts'
import { type MaildirLimits, openMaildir } from './maildir.ts'
import type { SmtpPorts } from './ports.ts'
import { Reception } from './reception.ts'
import { defer, ofLibrary, type Said, wireText } from './replies.ts'
import { Session } from './session.ts'

export interface ListenerOptions {
  /** `::` listens on IPv4 too, and falls back to `0.0.0.0` where there is no IPv6. */
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** How this host calls itself in the greeting. */
  readonly hostName: string
  /** The Maildir of postmaster and abuse. */
  readonly mailDirectory: string
  /** Null: STARTTLS is not offered. */
  readonly tls: CertificateFiles | null
  readonly limits?: Partial<SmtpLimits>
  readonly maildirLimits?: MaildirLimits
  /** How often to look whether the certificate has changed; 10 s by default. */
  readonly tlsPollMs?: number
}

export interface Listener {
  /**
   * Listens. Rejects with CertificateError, with the error of the Maildir, or with that of listening
   * (`EADDRINUSE`, `EACCES`).
   */
  readonly start: () => Promise<{ readonly host: string; readonly port: number }>
  /**
   * Stops listening, takes no new mail, answers the messages on their way, tells the idle 421 and closes.
   * Resolves when every connection is gone; what is left after `deadlineMs` is cut. A second call joins the first.
   */
  readonly drain: (deadlineMs: number) => Promise<void>
  /** Connections that are open, the dying ones included. */
  readonly connections: () => number
  /** Looks at the certificate files now (SIGHUP) instead of within `tlsPollMs`. */
  readonly reloadTls: () => Promise<void>
}

/** A connection of the library that speaks in our words and keeps our time. */
class Conversation extends SMTPConnection {
  readonly ours: Session
  /** As the socket had it: what the door counted. */
  readonly address: string
  readonly #observe: (conversation: Conversation, said: Said) => void

  constructor(
    server: SMTPServer,
    socket: Socket | TLSSocket,
    given: SMTPConnectionOptions | null,
    limits: SmtpLimits,
    observe: (conversation: Conversation, said: Said) => void,
  ) {
    super(server, socket, given)
    this.address = socket.remoteAddress ?? ''
    this.#observe = observe
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
    this.#observe(this, said)
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
      if (said) this.#observe(this, said)
      super.send(code, said ? wireText(said.reply) : data, false)
      this.ours.replied(code)
    }
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

/** The SMTP listener. Nothing is opened before `start`. */
export function createListener(options: ListenerOptions, ports: SmtpPorts): Listener {
  return new SmtpListener(options, ports)
}

class SmtpListener implements Listener {
  readonly #options: ListenerOptions
  readonly #ports: SmtpPorts
  readonly #limits: SmtpLimits
  readonly #door: Door
  /** By the library's session object, which lasts as long as the connection. */
  readonly #conversations = new Map<SMTPServerSession, Conversation>()
  /** What each accepted RCPT was; the library hands the same objects back at DATA and forgets them at RSET. */
  readonly #paths = new WeakMap<SMTPServerAddress, ReturnPath>()
  #server: Server | null = null
  #watch: CertificateWatch | null = null
  #draining: Promise<void> | null = null

  constructor(options: ListenerOptions, ports: SmtpPorts) {
    this.#options = options
    this.#ports = ports
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#door = new Door(this.#limits)
  }

  readonly connections = (): number => this.#door.inside

  readonly reloadTls = async (): Promise<void> => await this.#watch?.check()

  readonly start = async (): Promise<{ host: string; port: number }> => {
    const { hostName, mailDirectory, maildirLimits, host, port } = this.#options
    try {
      const mailbox = await openMaildir(mailDirectory, maildirLimits)
      const desk = openDesk({ hostName, limits: this.#limits, mailbox, ports: this.#ports })
      const tls = await this.#openTls()
      const server = new Server({ ...this.#libraryOptions(), ...tls, ...this.#handlers(desk) }, this.#admit)
      server.on('error', error => this.#ports.log.info({ err: error }, 'connection failed'))
      this.#server = server
      return await listen(server, host, port)
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
    await closed
    clearTimeout(deadline)
  }

  #libraryOptions(): SMTPServerOptions {
    return {
      name: this.#options.hostName,
      heloResponse: '%s',
      size: this.#limits.maxMessageBytes,
      maxCommandLength: this.#limits.maxCommandBytes,
      lenientAddressParsing: true,
      disableReverseLookup: true,
      disabledCommands: ['AUTH', 'XCLIENT', 'XFORWARD', 'WIZ', 'SHELL', 'KILL'],
      // Ours begin a millisecond later, so that the library's, which any byte resets, is only the last resort.
      socketTimeout: this.#limits.idleMs + 60_000,
      logger: false,
    }
  }

  /** Our certificate, or no STARTTLS at all: the library's own key is known to everybody. */
  async #openTls(): Promise<SMTPServerOptions> {
    const files = this.#options.tls
    if (!files) {
      return {
        hideSTARTTLS: true,
        disabledCommands: [...(this.#libraryOptions().disabledCommands ?? []), 'STARTTLS'],
      }
    }
    const { log } = this.#ports
    const update = (certificate: { cert: string; key: string }): void => {
      this.#server?.updateSecureContext({ cert: certificate.cert, key: certificate.key })
    }
    this.#watch = await CertificateWatch.open(files, this.#options.tlsPollMs ?? 10_000, update, log)
    const certificate = await readCertificate(files)
    if (certificate.validTo < new Date())
      log.warn({ validTo: certificate.validTo }, 'the TLS certificate has expired')
    return { cert: certificate.cert, key: certificate.key, minVersion: 'TLSv1.2' }
  }

  #handlers(desk: Desk): SMTPServerOptions {
    return {
      onMailFrom: (address, session, callback) => {
        const said = desk.sender(address.address)
        this.#observe(this.#conversations.get(session), said)
        callback(errorOf(said))
      },
      onRcptTo: (address, session, callback) => {
        const conversation = this.#conversations.get(session)
        if (!conversation) return
        const accepted = session.envelope.rcptTo.length
        desk
          .recipient(conversation.caller, address.address, { accepted, draining: this.#draining !== null })
          .then(({ said, path }) => {
            if (path) this.#paths.set(address, path)
            this.#observe(conversation, said)
            callback(errorOf(said))
          })
          .catch(error => this.#broken(conversation, error))
      },
      onData: (stream, session, callback) => {
        const conversation = this.#conversations.get(session)
        if (!conversation) return
        const begin = process.hrtime.bigint()
        const { mailFrom, rcptTo } = session.envelope
        const paths = rcptTo.flatMap(address => this.#paths.get(address) ?? [])
        const reception = new Reception(stream, this.#limits, () => conversation.ours.cutOff())
        conversation.ours.receiving(reception)
        desk
          .message(conversation.caller, mailFrom ? mailFrom.address : '', paths, reception)
          .then(said => {
            this.#observeMessage(conversation, said, reception.bytes, begin)
            conversation.ours.answering(said.kind === 'answer')
            callback(errorOf(said), wireText(said.reply))
          })
          .catch(error => this.#broken(conversation, error))
      },
      onClose: session => this.#left(session),
    }
  }

  readonly #admit: Admit = (server, socket, given) => {
    const { log, metrics } = this.#ports
    const ip = socket.remoteAddress
    if (ip === undefined) {
      socket.destroy() // it is gone already
      return null
    }
    const refused = this.#door.enter(ip)
    if (refused) {
      metrics.deferred(refused)
      log.info({ ip, reason: refused }, 'connection refused')
      this.#door.turnAway(socket, refused)
      return null
    }
    const conversation = new Conversation(server, socket, given, this.#limits, this.#observe)
    this.#conversations.set(conversation.session, conversation)
    metrics.connected()
    log.debug({ session: conversation.id, ip: conversation.remoteAddress }, 'connected')
    return conversation
  }

  #left(session: SMTPServerSession): void {
    const conversation = this.#conversations.get(session)
    if (!conversation) return
    this.#conversations.delete(session)
    conversation.ours.gone()
    this.#door.left(conversation.address)
    this.#ports.metrics.disconnected(conversation.secure)
    this.#ports.log.debug({ session: session.id }, 'disconnected')
  }

  readonly #observe = (conversation: Conversation | undefined, said: Said): void => {
    if (!conversation || said.kind === 'answer') return
    const { log, metrics } = this.#ports
    if (said.kind === 'reject') metrics.rejected(said.reason)
    else metrics.deferred(said.reason)
    const { id, remoteAddress } = conversation
    log.info({ session: id, ip: remoteAddress, reason: said.reason, reply: said.reply.code }, 'refused')
  }

  #observeMessage(conversation: Conversation, said: Said, bytes: number, begin: bigint): void {
    const seconds = Number(process.hrtime.bigint() - begin) / 1e9
    this.#observe(conversation, said)
    this.#ports.metrics.messageBytes(bytes)
    this.#ports.metrics.messageSeconds(seconds)
    this.#ports.log.info(
      { session: conversation.id, bytes, seconds, reply: said.reply.code },
      'message answered',
    )
  }

  /** The message did not arrive whole, or an answer could not be given: nobody is left to hear of it. */
  #broken(conversation: Conversation, error: unknown): void {
    const words = error instanceof Error ? error.message : String(error)
    this.#ports.log.info({ session: conversation.id, reason: words }, 'session broke off')
    if (!conversation.ours.isOver) conversation.ours.abort()
  }
}

/** Listens, on IPv4 alone where `::` does not exist. */
async function listen(server: Server, host: string, port: number): Promise<{ host: string; port: number }> {
  const attempt = (at: string): Promise<void> =>
    new Promise((resolve, reject) => {
      server.server.once('error', reject)
      server.listen(port, at, () => {
        server.server.off('error', reject)
        resolve()
      })
    })
  try {
    await attempt(host)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (host !== '::' || (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL')) throw error
    await attempt('0.0.0.0')
  }
  const bound = server.server.address() as AddressInfo
  return { host: bound.address, port: bound.port }
}
