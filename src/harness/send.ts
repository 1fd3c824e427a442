// Hands composed messages to an SMTP server, as a reporting program would: null sender, connections reused.

import { performance } from 'node:perf_hooks'
import { createTransport } from 'nodemailer'
import { sendVerbatim } from './verbatim.ts'

export interface Target {
  readonly host: string
  readonly port: number
}

export interface Sendable {
  readonly raw: Buffer
  /** RCPT TO. */
  readonly returnPath: string
  /** True: byte for byte, over a connection of its own. */
  readonly verbatim?: boolean
}

export interface Sent {
  /** True only for a 2yz after the final dot. */
  readonly acknowledged: boolean
  /** The server's reply code; null when there was no connection or it broke. */
  readonly code: number | null
  /** The server's words, or what happened to the connection. */
  readonly response: string
  readonly milliseconds: number
}

export interface Sender {
  /** Sends one message; never rejects. */
  readonly send: (message: Sendable) => Promise<Sent>
  readonly close: () => void
}

/** Opens a pool of up to `connections` (1 if not said) that stay open between messages. */
export function openSender(target: Target, options: { readonly connections?: number } = {}): Sender {
  const pool = createTransport({
    host: target.host,
    port: target.port,
    pool: true,
    maxConnections: options.connections ?? 1,
    maxMessages: Number.POSITIVE_INFINITY,
    name: 'harness.example',
    // The harness speaks to servers under test, whose certificates nobody has signed.
    ignoreTLS: true,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const transmit = async ({ raw, returnPath, verbatim }: Sendable) => {
    if (verbatim) return await sendVerbatim(target, returnPath, raw)
    const { response } = await pool.sendMail({ envelope: { from: '', to: [returnPath] }, raw })
    return { code: Number(response.slice(0, 3)), response }
  }
  return {
    send: async message => {
      const started = performance.now()
      const sent = await transmit(message).catch(failure)
      return {
        ...sent,
        acknowledged: sent.code !== null && sent.code < 300,
        milliseconds: performance.now() - started,
      }
    },
    close: () => pool.close(),
  }
}

/** Sends one message over a connection of its own. */
export async function send(message: Sendable, target: Target): Promise<Sent> {
  const sender = openSender(target)
  try {
    return await sender.send(message)
  } finally {
    sender.close()
  }
}

/** A refusal has the server's words in it; anything else is the connection's fault. */
function failure(error: unknown): Pick<Sent, 'response'> & { code: number | null } {
  const { responseCode, response, message } = error as {
    responseCode?: unknown
    response?: unknown
    message?: unknown
  }
  if (typeof responseCode === 'number' && typeof response === 'string')
    return { code: responseCode, response }
  return { code: null, response: String(message ?? error) }
}
