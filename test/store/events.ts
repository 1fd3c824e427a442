// Composes bounce events for the store's tests.

import { createHash } from 'node:crypto'
import type { Category } from '../../src/model/categories.ts'
import type { BounceEvent, Concern } from '../../src/model/event.ts'
import type { Action, Kind } from '../../src/model/report.ts'
import type { CampaignRef, LinkedBy } from '../../src/model/return-path.ts'
import { type BounceType, noHints, type RefusalHints } from '../../src/model/verdict.ts'

export interface EventSketch {
  /** Same word, same event. */
  readonly name?: string
  readonly kind?: Kind
  readonly type?: BounceType
  readonly category?: Category
  readonly concern?: Concern
  readonly module?: string
  readonly recordId?: string
  readonly campaign?: CampaignRef | null
  readonly by?: LinkedBy | null
  /** One of its own, unless told otherwise: reports of one path that change nothing fold after ten. */
  readonly returnPath?: string
  /** The address the mail was sent to; null: the path carries no check. */
  readonly sentTo?: string | null
  readonly reported?: string | null
  readonly diagnostic?: string | null
  readonly remoteMta?: string | null
  readonly subject?: string | null
  readonly receivedAt?: Date
  /** Class 5, unless told otherwise. */
  readonly permanent?: boolean
  readonly action?: Action
  /** Addresses of From. */
  readonly from?: string
  readonly nullSender?: boolean
  readonly hints?: Partial<RefusalHints>
}

let counter = 0

/** A hard bounce of contact 42, unless told otherwise. In tests the "check" of an address is the address. */
export function event(sketch: EventSketch = {}): BounceEvent {
  const {
    name = `event ${counter++}`,
    kind = 'bounce',
    type = 'hard',
    category = type === 'hard' ? 'unknown-user' : 'mailbox-full',
    concern = 'owner',
    module = 'contacts',
    recordId = '42',
    campaign = null,
    by = 'signed',
    returnPath = `b-${createHash('sha256').update(name).digest('hex').slice(0, 40)}@bounces.example.com`,
    sentTo = 'ana@example.org',
    reported = sentTo,
    diagnostic = '550 5.1.1 no such user',
    remoteMta = 'mx.example.org',
    subject = 'Undelivered mail',
    receivedAt = new Date('2026-03-01T12:00:00Z'),
    permanent = true,
  } = sketch
  const failed = kind === 'bounce'
  const { action = failed ? 'failed' : null } = sketch
  const [statusCode, replyCode] = permanent ? ['5.1.1', 550] : ['4.1.1', 450]
  return {
    fingerprint: `00005014${createHash('sha256').update(name).digest('hex')}`,
    receivedAt,
    clientIp: '192.0.2.1',
    returnPath,
    kind,
    concern,
    link:
      by === null
        ? null
        : {
            by,
            proven: by !== 'legacy' && by !== 'message-id' && by !== 'address',
            send: { module, recordId, campaign, mailId: null, addressCheck: sentTo },
            token: 'b-abc',
            issuedAt: receivedAt,
          },
    recipient: {
      address: reported,
      originalAddress: null,
      action,
      status: failed ? statusCode : null,
      statusField: failed ? statusCode : null,
      replyCode: failed ? replyCode : null,
      diagnostic,
      remoteMta,
      explanation: diagnostic ?? '',
    },
    verdict: failed
      ? {
          category,
          type,
          permanent,
          because: { rung: 'exact-status', rule: statusCode, text: statusCode },
        }
      : null,
    hints: { ...noHints, ...sketch.hints },
    report: {
      kind,
      reader: 'dsn',
      reportingMta: 'mx.example.com',
      original: { messageId: '<1@crm.example>', envelopeId: null, subject, references: [], senders: [] },
      recipients: [],
      sections: { body: '', subject: '', from: sketch.from ?? '', recipients: '' },
      identity: { messageId: name, date: '', from: '', subject: '', text: '' },
      nullSender: sketch.nullSender ?? false,
      problems: [],
    },
    isSentTo: by === null ? null : address => same(sentTo ?? reported, address),
  }
}

const same = (a: string | null, b: string): boolean => a?.toLowerCase() === b.toLowerCase()
