// One event to one receiver: said, signed and posted.

import { createConnections } from './connection.ts'
import { bodyOf, type Said } from './message.ts'
import { refusalOf } from './networks.ts'
import { type Attempt, post } from './post.ts'
import { signedHeaders, webhookKey } from './signature.ts'

export interface WebhookTarget {
  readonly url: string
  /** As they are written in the settings; all of them sign. */
  readonly secrets: readonly string[]
  /** Private and loopback addresses may be sent to. */
  readonly allowInside: boolean
  readonly userAgent: string
}

export interface Announcement extends Said {
  readonly eventId: string
  /** The event or incident as HTTP answers it. */
  readonly data: object
}

export interface WebhookSend {
  /** Tries once; never rejects. Signs anew each time, since the signature holds the time. */
  readonly once: (announcement: Announcement, signal: AbortSignal) => Promise<Attempt>
  /** Ends every connection. */
  readonly close: () => void
}

export function createSend(target: WebhookTarget, timeoutMs?: number): WebhookSend {
  const url = new URL(target.url)
  const keys = target.secrets.map(webhookKey)
  const connections = createConnections(url.protocol, ip => refusalOf(ip, target.allowInside))
  return {
    once: ({ eventId, data, ...said }, signal) => {
      const body = bodyOf(eventId, said, data)
      const headers = { 'user-agent': target.userAgent, ...signedHeaders(eventId, new Date(), body, keys) }
      return post({ url, headers, body }, connections, { signal, timeoutMs })
    },
    close: connections.close,
  }
}
