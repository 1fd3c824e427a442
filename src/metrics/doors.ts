// What happens at the doors: SMTP with its certificate, the mailbox, HTTP.

import type { MailboxFaultReason, MailFate } from '../model/mailbox.ts'
import type { KeyExchange, TlsFailure } from '../model/tls.ts'
import type { Instruments } from './instruments.ts'
import { statusClasses } from './table.ts'

export interface ListenerMetrics {
  readonly connected: () => void
  /** Called at the end of a connection, because only then is it known whether it used TLS. */
  readonly disconnected: (tls: boolean) => void
  readonly rejected: (reason: string) => void
  readonly deferred: (reason: string) => void
  readonly messageSeconds: (seconds: number) => void
  readonly messageBytes: (bytes: number) => void
  readonly tls: (keyExchange: KeyExchange) => void
  readonly tlsFailed: (reason: TlsFailure) => void
  /** Null: there is no certificate. */
  readonly certificate: (expires: Date | null) => void
}

export function listenerMetrics({ counter, gauge, histogram }: Instruments): ListenerMetrics {
  const rejected = counter('rebound_rejected_total')
  const deferred = counter('rebound_deferred_total')
  const connections = gauge('rebound_connections')
  const ended = counter('rebound_connections_total')
  const handshakes = counter('rebound_tls_handshakes_total')
  const handshakeFailures = counter('rebound_tls_failures_total')
  const certificate = gauge('rebound_certificate_expires_timestamp_seconds')
  return {
    connected: () => connections.add({}, 1),
    disconnected: tls => {
      connections.add({}, -1)
      ended({ tls: tls ? 'true' : 'false' })
    },
    rejected: reason => rejected({ reason }),
    deferred: reason => deferred({ reason }),
    messageSeconds: histogram('rebound_message_seconds'),
    messageBytes: histogram('rebound_message_bytes'),
    tls: exchange => handshakes({ key_exchange: exchange }),
    tlsFailed: reason => handshakeFailures({ reason }),
    certificate: expires => certificate.set({}, expires === null ? 0 : expires.getTime() / 1000),
  }
}

export interface MailboxMetrics {
  readonly mailboxMail: (fate: MailFate) => void
  readonly mailboxFault: (reason: MailboxFaultReason) => void
  /** Null: the mailbox cannot be read. */
  readonly mailboxWaiting: (count: number | null) => void
}

export function mailboxMetrics({ counter, gauge }: Instruments): MailboxMetrics {
  const mails = counter('rebound_mailbox_mails_total')
  const faults = counter('rebound_mailbox_faults_total')
  const down = gauge('rebound_mailbox_down')
  const waiting = gauge('rebound_mailbox_waiting')
  return {
    mailboxMail: fate => mails({ fate }),
    mailboxFault: reason => faults({ reason }),
    mailboxWaiting: count => {
      down.set({}, count === null ? 1 : 0)
      if (count !== null) waiting.set({}, count)
    },
  }
}

/** One HTTP request that was answered. */
export interface HttpAnswer {
  readonly area: string
  readonly status: number
  readonly seconds: number
}

export interface HttpMetrics {
  readonly answered: (answer: HttpAnswer) => void
}

export function httpMetrics({ counter, histogram }: Instruments): HttpMetrics {
  const requests = counter('rebound_http_requests_total')
  const answerSeconds = histogram('rebound_http_seconds')
  return {
    answered: ({ area, status, seconds }) => {
      requests({ area, status: classOf(status) })
      answerSeconds(seconds, { area })
    },
  }
}

const classOf = (status: number): (typeof statusClasses)[number] =>
  statusClasses[Math.floor(status / 100) - 2] ?? '5xx'
