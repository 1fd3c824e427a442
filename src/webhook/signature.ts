// What proves to a receiver that a webhook is ours and new: the headers of Standard Webhooks (standardwebhooks.com).

import { createHmac } from 'node:crypto'

/** The bytes of a secret as it is written: `whsec_` and Base64, or any text as its UTF-8. */
export function webhookKey(secret: string): Buffer {
  return secret.startsWith('whsec_')
    ? Buffer.from(secret.slice('whsec_'.length), 'base64')
    : Buffer.from(secret)
}

export interface SignedHeaders extends Readonly<Record<string, string>> {
  readonly 'webhook-id': string
  /** Seconds since 1970. */
  readonly 'webhook-timestamp': string
  /** One `v1,` signature a key, so that a receiver may be given a new key after us. */
  readonly 'webhook-signature': string
}

/** Signs `id.timestamp.body` with every key. */
export function signedHeaders(
  id: string,
  at: Date,
  body: string | Buffer,
  keys: readonly Buffer[],
): SignedHeaders {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const signatures = keys.map(
    key => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`,
  )
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  }
}
