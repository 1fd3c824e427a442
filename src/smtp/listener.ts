// The SMTP listener: opens the port, lets clients in, and ends in good order.

import type { AddressInfo, Server as NetServer, Socket } from 'node:net'
import { isWithin } from '../model/network.ts'
import { Admission, type Place } from './admission.ts'
import { type CertificateWatch, watchCertificate } from './certificates.ts'
import { type Clock, systemClock } from './clock.ts'
import { Server } from './connection.ts'
import { DayQuota } from './day-quota.ts'
import { within } from './deadline.ts'
import { connectionsWithin, openFilesLimit } from './descriptors.ts'
import { defaultLimits, type SmtpLimits } from './limits.ts'
import type { Listener, ListenerOptions, SmtpPorts } from './ports.ts'
import type { DeferReason } from './replies.ts'
import { Session, type SessionContext, type Wire } from './session.ts'
import { defaultCiphers } from './tls.ts'
import { bindSocket } from './unix-socket.ts'

/** How late a deadline may be noticed. */
const checkTimesMs = 100

/** The SMTP listener. Nothing is opened before `start`. */
export function createListener(options: ListenerOptions, ports: SmtpPorts): Listener {
  return new SmtpListener(options, ports)
}

class SmtpListener implements Listener {
  readonly #options: ListenerOptions
  readonly #ports: SmtpPorts
  readonly #clock: Clock
  #limits: SmtpLimits
  #admission: Admission
  /** Fewer connections than were asked for, since there are not enough file descriptors. */
  #isShortOfFiles = false
  /** The connections and messages that a drain waits for. */
  readonly #unfinished = new Set<Promise<void>>()
  #server: Server | null = null
  #watch: CertificateWatch | null = null
  #draining: Promise<void> | null = null
  #isTiming = false

  constructor(options: ListenerOptions, ports: SmtpPorts) {
    this.#options = options
    this.#ports = ports
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#clock = options.clock ?? systemClock
    this.#admission = this.#openAdmission()
  }

  readonly connections = (): number => this.#admission.inside

  readonly reloadTls = async (): Promise<void> => await this.#watch?.check()

  readonly start = async (): Promise<{ host: string; port: number }> => {
    const { hostName, tls, tlsPollMs, protocol = 'smtp', path } = this.#options
    try {
      const renew: Server['renew'] = certificate => {
        this.#server?.renew(certificate)
        this.#ports.metrics.certificate(certificate.validTo)
      }
      this.#watch = tls && (await watchCertificate(tls, tlsPollMs, renew, this.#ports.log))
      this.#ports.metrics.certificate(this.#watch?.first.validTo ?? null)
      await this.#fitToOpenFiles()
      const context: SessionContext = {
        hostName,
        protocol,
        limits: this.#limits,
        ports: this.#ports,
        isDraining: () => this.#draining !== null,
        roleQuota: new DayQuota(this.#limits.maxRoleMailPerDay, this.#isTrusted),
        clock: this.#clock,
        isStressed: () => this.#admission.isStressed,
      }
      const server = new Server({
        hostName,
        protocol,
        isLocal: path !== undefined,
        limits: this.#limits,
        certificate: this.#watch?.first ?? null,
        tlsCiphers: this.#options.tlsCiphers ?? defaultCiphers,
        isTrusted: this.#isTrusted,
        onTls: this.#ports.metrics.tls,
        onTlsFailed: (reason, ip) => {
          this.#ports.metrics.tlsFailed(reason)
          this.#ports.log.info({ ip, reason }, 'TLS handshake failed')
        },
        admit: (socket, ip) => this.#admit(socket, ip, context),
        track: work => this.#track(work),
      })
      // A reset, a failed handshake: strangers cause them at will, so they are no alarm. What `listen` fails with
      // is told by whoever called it.
      server.on('error', error => {
        const { remoteAddress: ip } = error as Error & { readonly remoteAddress?: string }
        if (server.server.listening) this.#ports.log.info({ ip, reason: error.message }, 'connection failed')
      })
      this.#server = server
      if (this.#draining !== null) throw new Error('stopped before it had started')
      const { host, port, fd } = this.#options
      if (path !== undefined) return await bindSocket(server.server, path)
      return await (fd === undefined ? bind(server.server, host, port) : bindDescriptor(server.server, fd))
    } catch (error) {
      await this.#watch?.close()
      throw error
    }
  }

  readonly drain = (deadlineMs: number): Promise<void> => {
    this.#draining ??= this.#drain(deadlineMs)
    return this.#draining
  }

  async #drain(deadlineMs: number): Promise<void> {
    const watching = this.#watch?.close()
    this.#admission.shut()
    const server = this.#server
    if (!server) return watching
    const closed = new Promise<void>(resolve => server.server.close(() => resolve()))
    for (const session of server.sessions) session.leave('draining')
    const deadline = setTimeout(() => {
      for (const session of server.sessions) session.abort()
    }, deadlineMs)
    // A message whose sender has gone is finished too. Nothing may hold us up for ever, not even a handler of our own.
    await within(
      deadlineMs + this.#limits.lingerMs,
      Promise.all([watching, closed.then(() => this.#finished())]),
    ).catch(() => {})
    clearTimeout(deadline)
  }

  #admit(socket: Socket, ip: string, context: SessionContext): ((wire: Wire) => Session) | null {
    const refused = this.#refusal(ip)
    if (refused) {
      this.#ports.metrics.deferred(refused)
      this.#ports.log.info({ ip, reason: refused }, 'connection refused')
      this.#admission.turnAway(socket, refused)
      return null
    }
    return wire => {
      const session = new Session(wire, context)
      const place: Place = this.#admission.enter(ip, {
        idleSince: () => session.idleSince(),
        evict: () => session.end('evicted'),
      })
      void session.isGone.then(place.leave)
      if (!this.#isTiming) this.#checkTimesLater()
      return session
    }
  }

  #refusal(ip: string): DeferReason | null {
    const refused = this.#admission.refusal(ip)
    return refused === 'too-many-connections' && this.#isShortOfFiles ? 'no-descriptors' : refused
  }

  readonly #isTrusted = (ip: string): boolean =>
    this.#options.path !== undefined || isWithin(ip, this.#options.trusted ?? [])

  #openAdmission(): Admission {
    return new Admission(this.#limits, this.#isTrusted)
  }

  /** One clock for the deadlines of all sessions, for as long as there are any. */
  #checkTimesLater(): void {
    this.#isTiming = true
    this.#clock.after(checkTimesMs, () => {
      this.#isTiming = false
      for (const session of this.#server?.sessions ?? []) {
        session.checkTime()
        this.#isTiming = true
      }
      if (this.#isTiming) this.#checkTimesLater()
    })
  }

  /** HTTP, database and files keep descriptors of their own: connections take what is left. */
  async #fitToOpenFiles(): Promise<void> {
    const openFiles = this.#options.openFiles ?? (await openFilesLimit())
    const most = openFiles === null ? Number.POSITIVE_INFINITY : connectionsWithin(openFiles)
    const wanted = this.#limits.maxConnections
    if (most >= wanted) return
    this.#isShortOfFiles = true
    this.#limits = { ...this.#limits, maxConnections: most }
    this.#admission = this.#openAdmission()
    this.#ports.log.warn(
      { openFiles, connections: most, wanted },
      'this process may open too few files for so many connections: raise its limit (ulimit -n, LimitNOFILE)',
    )
  }

  #track(work: Promise<void>): void {
    this.#unfinished.add(work)
    void work.then(() => this.#unfinished.delete(work))
  }

  /** Resolves once nothing is left, what began meanwhile included. */
  async #finished(): Promise<void> {
    while (this.#unfinished.size > 0) await Promise.all(this.#unfinished)
  }
}

/**
 * Listens on host and port (0: any free one) and says which it became; on IPv4 alone where `::` does not exist.
 * Rejects with the error of listening: `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`.
 */
export async function bind(
  server: NetServer,
  host: string,
  port: number,
): Promise<{ host: string; port: number }> {
  try {
    await listen(server, host, port)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (host !== '::' || (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL')) throw error
    await listen(server, '0.0.0.0', port)
  }
  const bound = server.address() as AddressInfo
  return { host: bound.address, port: bound.port }
}

/** Takes over a socket that listens already. */
async function bindDescriptor(server: NetServer, fd: number): Promise<{ host: string; port: number }> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ fd }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const bound = server.address() as AddressInfo
  return { host: bound.address, port: bound.port }
}

function listen(server: NetServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
