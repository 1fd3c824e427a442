// What log and metrics hear of SMTP: every refusal with its reason, every message with its size and time.

import type { SmtpPorts } from './ports.ts'
import type { DeferReason, Said } from './replies.ts'

/** Whom a line of the log is about. */
export interface Party {
  /** Names the session. */
  readonly id: string
  readonly remoteAddress: string
}

export class Observer {
  readonly #ports: Pick<SmtpPorts, 'log' | 'metrics'>

  constructor(ports: Pick<SmtpPorts, 'log' | 'metrics'>) {
    this.#ports = ports
  }

  connected({ id, remoteAddress }: Party): void {
    this.#ports.metrics.connected()
    this.#ports.log.debug({ session: id, ip: remoteAddress }, 'connected')
  }

  disconnected({ id, remoteAddress }: Party, tls: boolean): void {
    this.#ports.metrics.disconnected(tls)
    this.#ports.log.debug({ session: id, ip: remoteAddress }, 'disconnected')
  }

  /** A client that was not let in: it has no session. */
  turnedAway(ip: string, reason: DeferReason): void {
    this.#ports.metrics.deferred(reason)
    this.#ports.log.info({ ip, reason }, 'connection refused')
  }

  /** A reply that is not a plain yes. */
  said({ id, remoteAddress }: Party, said: Said): void {
    if (said.kind === 'answer') return
    if (said.kind === 'reject') this.#ports.metrics.rejected(said.reason)
    else this.#ports.metrics.deferred(said.reason)
    this.#ports.log.info(
      { session: id, ip: remoteAddress, reason: said.reason, reply: said.reply.code },
      'refused',
    )
  }

  message(party: Party, said: Said, bytes: number, seconds: number): void {
    this.said(party, said)
    this.#ports.metrics.messageBytes(bytes)
    this.#ports.metrics.messageSeconds(seconds)
    const { code } = said.reply
    this.#ports.log.info(
      { session: party.id, ip: party.remoteAddress, bytes, seconds, reply: code },
      'message answered',
    )
  }

  /** A message that did not arrive whole, or an answer that could not be given. */
  brokeOff({ id, remoteAddress }: Party, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    this.#ports.log.info({ session: id, ip: remoteAddress, reason }, 'broke off')
  }

  /** An error of a connection: a reset, a failed handshake. Strangers cause them at will, so they are no alarm. */
  connectionFailed(error: Error): void {
    this.#ports.log.info({ reason: error.message }, 'connection failed')
  }
}
