// What the server of the library is told by the listener.

import type { Socket } from 'node:net'
import type { KeyExchange, TlsFailure } from '../model/tls.ts'
import type { Certificate } from './certificates.ts'
import type { SmtpLimits } from './limits.ts'
import type { Session, Wire } from './session.ts'

export interface ServerOptions {
  /** How this host calls itself. */
  readonly hostName: string
  readonly protocol: 'smtp' | 'lmtp'
  /** Whoever talks to us has opened a Unix socket. */
  readonly isLocal: boolean
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
