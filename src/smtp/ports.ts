// What the SMTP side offers and what it asks of the rest. `app.ts` joins the two, so that `smtp` never imports store
// or metrics.

import type { Envelope, Incoming } from '../model/envelope.ts'
import type { MemoryBudget } from '../model/mail-memory.ts'
import type { Network } from '../model/network.ts'
import type { IntakeOutcome } from '../model/reply.ts'
import type { ReturnPath } from '../model/return-path.ts'
import type { RoleMailbox } from '../model/role-mail.ts'
import type { KeyExchange, TlsFailure } from '../model/tls.ts'
import type { Clock } from './clock.ts'
import type { SmtpLimits } from './limits.ts'
import type { DeferReason, RejectReason } from './replies.ts'

/** The part of pino that we use. Fields first, then the words. */
export interface SmtpLog {
  readonly debug: (fields: object, message: string) => void
  readonly info: (fields: object, message: string) => void
  readonly warn: (fields: object, message: string) => void
  readonly error: (fields: object, message: string) => void
}

/** Receives events as they happen; plain functions that never throw. */
export interface SmtpMetrics {
  /** A connection was taken in: the gauge goes up. */
  readonly connected: () => void
  /** It is gone: the gauge goes down. Only now is it known whether it ever used TLS. */
  readonly disconnected: (tls: boolean) => void
  readonly rejected: (reason: RejectReason) => void
  readonly deferred: (reason: DeferReason) => void
  /** From the 354 to the answer. */
  readonly messageSeconds: (seconds: number) => void
  readonly messageBytes: (bytes: number) => void
  /** A handshake succeeded. `rsa`: a key exchange without forward secrecy. */
  readonly tls: (keyExchange: KeyExchange) => void
  readonly tlsFailed: (reason: TlsFailure) => void
  /** When the certificate now in use expires; null without one. */
  readonly certificate: (expires: Date | null) => void
}

/** What an address is to us. */
export type FoundPath = ReturnPath | { readonly kind: 'foreign' }

export interface SmtpPorts {
  /**
   * Reads an address given to RCPT: `local@domain`, the domain as lower-cased A-labels without a trailing dot, the
   * local part as received. A promise only where it must be looked up: most addresses say themselves what they are.
   * A throw or rejection is answered with 451 4.3.0.
   */
  readonly readAddress: (address: string) => FoundPath | Promise<FoundPath>
  /**
   * Takes a message in. `envelope.recipients` leaves out postmaster and abuse, which `roleMail` keeps.
   * `incoming.bytes` throws when the client vanishes before the final dot, or is cut off.
   * A rejection is answered with 451 4.3.0; so is a promise that is not settled in time, whose late result is ignored.
   */
  readonly receive: (envelope: Envelope, incoming: Incoming) => Promise<IntakeOutcome>
  /** Where mail to postmaster and abuse goes. */
  readonly roleMail: RoleMailbox
  /** What all mails in flight may keep: new mail waits while it is tight, and each takes its buffers from it. */
  readonly memory: Pick<MemoryBudget, 'isTight' | 'open'>
  readonly log: SmtpLog
  readonly metrics: SmtpMetrics
}

export interface CertificateFiles {
  /** PEM, the leaf first, then its chain. */
  readonly certFile: string
  /** PEM, without a passphrase. */
  readonly keyFile: string
}

export interface ListenerOptions {
  /** LMTP (RFC 2033) answers a message once for each recipient; SMTP unless told. */
  readonly protocol?: 'smtp' | 'lmtp'
  /** A Unix socket to listen on instead of host and port; everyone who can open it is trusted. */
  readonly path?: string
  /** A descriptor that listens already, handed over by a service manager, instead of host and port. */
  readonly fd?: number | undefined
  /** `::` listens on IPv4 too, and falls back to `0.0.0.0` where there is no IPv6. */
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** How this host calls itself in the greeting. */
  readonly hostName: string
  /** Null: STARTTLS is not offered. */
  readonly tls: CertificateFiles | null
  /** OpenSSL's list of cipher suites for TLS 1.2, the preferred first; ours unless told. */
  readonly tlsCiphers?: string
  /** Exempt from the limits by client and network, and heard when they say whom they speak for. */
  readonly trusted?: readonly Network[]
  readonly limits?: Partial<SmtpLimits>
  /** How often to look whether the certificate has changed; 10 s by default. */
  readonly tlsPollMs?: number
  readonly clock?: Clock
  /** Files this process may have open; what the system says unless told. */
  readonly openFiles?: number
}

export interface Listener {
  /**
   * Listens. Rejects with a CertificateError, or with the error of `listen` (`EADDRINUSE`, `EACCES`).
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
