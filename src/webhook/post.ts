// One try to deliver one webhook: a POST whose status decides, without redirects, with an end to everything.

import type { IncomingMessage } from 'node:http'
import { request as requestHttp } from 'node:http'
import type { WebhookResult } from '../model/webhook.ts'
import { type Connections, RefusedTarget } from './connection.ts'

export interface Post {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Why a try failed without an answer that counts. */
export type PostFailure = Exclude<WebhookResult, 'delivered' | 'status'>

export type Attempt =
  | { readonly outcome: 'delivered' }
  /** The signal ended it; nobody knows whether it arrived. */
  | { readonly outcome: 'stopped' }
  /** `error` holds what the receiver said, and that may be what it was sent. */
  | { readonly outcome: 'status'; readonly status: number; readonly error: string }
  /** `broken`: there was nothing to send, for a fault of ours. */
  | { readonly outcome: PostFailure; readonly error: string }

/** From the name of the host to the end of the answer. */
const deadlineMs = 15_000
/** What is read of an answer; a receiver that says more is cut off. */
const answerBytes = 4_096
const headerBytes = 8_192
/** How much of it an error keeps. */
const shownCharacters = 200

/** Sends it once. Never rejects. */
export async function post(
  message: Post,
  connections: Connections,
  options: { readonly signal: AbortSignal; readonly timeoutMs?: number | undefined },
): Promise<Attempt> {
  const timeoutMs = options.timeoutMs ?? deadlineMs
  const started = performance.now()
  for (;;) {
    const left = timeoutMs - (performance.now() - started)
    const attempt = await postOnce(message, connections, { ...options, leftMs: left, timeoutMs })
    if (attempt !== 'stale') return attempt
  }
}

/** `stale`: a kept connection had just been closed by the receiver, which says nothing of this webhook. */
function postOnce(
  { url, headers, body }: Post,
  { agent }: Connections,
  { signal, leftMs, timeoutMs }: { signal: AbortSignal; leftMs: number; timeoutMs: number },
): Promise<Attempt | 'stale'> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve({ outcome: 'stopped' })
    let answer: IncomingMessage | null = null
    let text = ''
    let isLate = false
    const request = requestHttp(url, {
      method: 'POST',
      agent,
      maxHeaderSize: headerBytes,
      headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    })
    const end = (attempt: Attempt | 'stale'): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      resolve(attempt)
    }
    // Once there is a status it decides, whatever becomes of the rest of the answer.
    const judge = (): void => {
      if (answer) end(judged(answer.statusCode ?? 0, text))
    }
    const stop = (): void => {
      request.destroy()
      if (answer) judge()
      else end({ outcome: 'stopped' })
    }
    const timer = setTimeout(() => {
      isLate = true
      request.destroy()
      if (answer) judge()
      else end({ outcome: 'timeout', error: `no answer within ${timeoutMs / 1000} s` })
    }, leftMs)
    signal.addEventListener('abort', stop)

    request.on('error', (error: NodeJS.ErrnoException) => {
      if (answer || isLate) return
      if (request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')) return end('stale')
      end(failedBy(error))
    })
    // Also after what is neither an answer nor an error, such as a change of protocols (101).
    request.on('close', () => {
      if (!answer) end({ outcome: 'unreachable', error: 'the connection was closed without an answer' })
    })
    request.on('response', response => {
      answer = response
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        if (bytes < answerBytes) text += chunk.toString()
        bytes += chunk.length
        if (bytes > answerBytes) request.destroy()
      })
      response.on('error', () => {})
      response.on('close', judge)
      response.on('end', judge)
    })
    request.end(body)
  })
}

function judged(status: number, text: string): Attempt {
  if (status >= 200 && status < 300) return { outcome: 'delivered' }
  if (status >= 300 && status < 400)
    return {
      outcome: 'redirect',
      error: `answered ${status}: redirects are not followed; set REBOUND_WEBHOOK_URL to where it leads`,
    }
  const said = text.trim().slice(0, shownCharacters)
  return {
    outcome: 'status',
    status,
    error: said === '' ? `answered ${status}` : `answered ${status}: ${said}`,
  }
}

function failedBy(error: NodeJS.ErrnoException): Attempt {
  // One error for all addresses of a name: the first says what there is to say.
  const first = error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException) : error
  if (first instanceof RefusedTarget) return { outcome: 'refused', error: first.message }
  const words = first.message === '' ? String(first.code) : first.message
  return { outcome: first.code === 'ETIMEDOUT' ? 'timeout' : 'unreachable', error: words }
}
