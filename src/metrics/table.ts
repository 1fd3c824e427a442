// Every metric with its help and labels: what `/metrics` can show. The functions that move them are in the files beside this.

import { categoryNames } from '../model/categories.ts'
import { countedEffects } from '../model/event.ts'
import { mailboxFaults, mailFates } from '../model/mailbox.ts'
import { readerEnds } from '../model/read-mail.ts'
import { kinds } from '../model/report.ts'
import { linkedBys } from '../model/return-path.ts'
import { ruleSources } from '../model/rule.ts'
import { keyExchanges, tlsFailures } from '../model/tls.ts'
import { bounceTypes, rungs } from '../model/verdict.ts'
import { webhookResults } from '../model/webhook.ts'

/** The closed sets of labels that other rooms own; what is outside of its set counts as `other`. */
export interface Vocabulary {
  /** What `providerOf` may answer. */
  readonly providers: readonly string[]
  readonly rejections: readonly string[]
  readonly deferrals: readonly string[]
  readonly databaseErrors: readonly string[]
  /** Parts of the HTTP API. */
  readonly areas: readonly string[]
}

/** The words a label may have, the name of another room's set, or `free`: our own words, told once. */
export type LabelValues = readonly string[] | keyof Vocabulary | 'free'

export interface MetricRow {
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  /** Every series of a counter exists at 0 from the start, so keep their product in the thousands. */
  readonly labels?: Readonly<Record<string, LabelValues>>
  /** Upper bounds, in the unit of the name. */
  readonly buckets?: readonly number[]
}

export const statusClasses = ['2xx', '3xx', '4xx', '5xx'] as const

export const table = {
  rebound_bounces_total: {
    kind: 'counter',
    help: 'Newly stored bounce events, blocks about other recipients included; never duplicates.',
    labels: { type: bounceTypes, category: categoryNames, provider: 'providers' },
  },
  rebound_bounced_sends_total: {
    kind: 'counter',
    help: 'Sends that bounced: a record counts once a campaign and type, or without a campaign once since its reset. The numerator of bounce rates.',
    labels: { type: bounceTypes, provider: 'providers' },
  },
  rebound_sends_total: {
    kind: 'counter',
    help: 'Sends that were minted or told, by provider of the recipient (other where it is not known): the denominator of bounce rates.',
    labels: { provider: 'providers' },
  },
  rebound_effects_total: {
    kind: 'counter',
    help: 'What newly stored events did to records (alive, flagged, removed, promoted, …), and how many were taken back (undone).',
    labels: { effect: countedEffects },
  },
  rebound_duplicates_total: {
    kind: 'counter',
    help: 'Events that were stored before, or that another row stands for: nothing was counted.',
  },
  rebound_imported_total: {
    kind: 'counter',
    help: 'Newly stored events of mail that is no news: what `rebound receive` recorded, and mail that was older than a day when it came. No other counter of events moves for them.',
    labels: { kind: kinds },
  },
  rebound_mailbox_mails_total: {
    kind: 'counter',
    help: 'Mails read in the mailbox: recorded bounces, those left there, those put aside as unreadable, and those to be tried again.',
    labels: { fate: mailFates },
  },
  rebound_mailbox_faults_total: {
    kind: 'counter',
    help: 'Why nothing was fetched from the mailbox, each attempt; busy: another server has it.',
    labels: { reason: mailboxFaults },
  },
  rebound_mailbox_down: {
    kind: 'gauge',
    help: '1 while the mailbox of REBOUND_MAILBOX cannot be read, otherwise 0.',
  },
  rebound_mailbox_waiting: {
    kind: 'gauge',
    help: 'Mails in the mailbox that are still to be read, as far as is known.',
  },
  rebound_messages_total: {
    kind: 'counter',
    help: 'Messages accepted, including repeated ones, by what they report and how they were linked to a record.',
    labels: { kind: kinds, linked_by: [...linkedBys, 'none'] },
  },
  rebound_decided_total: {
    kind: 'counter',
    help: 'Verdicts on newly stored bounce events, by the rung of the ladder that decided.',
    labels: { rung: rungs },
  },
  rebound_rule_hits_total: {
    kind: 'counter',
    help: "Verdicts by operators' rules, by who wrote the rule; /v1/rules has the hits of each rule.",
    labels: { source: ruleSources },
  },
  rebound_rejected_total: {
    kind: 'counter',
    help: 'Permanent refusals in SMTP (5yz).',
    labels: { reason: 'rejections' },
  },
  rebound_deferred_total: {
    kind: 'counter',
    help: 'Temporary refusals in SMTP (4yz): the sender tries again.',
    labels: { reason: 'deferrals' },
  },
  rebound_connections: { kind: 'gauge', help: 'SMTP connections open now.' },
  rebound_connections_total: {
    kind: 'counter',
    help: 'SMTP connections that have ended, by whether they used TLS.',
    labels: { tls: ['true', 'false'] },
  },
  rebound_tls_handshakes_total: {
    kind: 'counter',
    help: 'TLS handshakes that succeeded; key_exchange="rsa" has no forward secrecy (old Exchange).',
    labels: { key_exchange: keyExchanges },
  },
  rebound_tls_failures_total: {
    kind: 'counter',
    help: 'TLS handshakes that failed.',
    labels: { reason: tlsFailures },
  },
  rebound_message_seconds: {
    kind: 'histogram',
    help: 'From the start of DATA to the answer, so that a slow sender counts too.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  },
  rebound_classify_seconds: {
    kind: 'histogram',
    help: 'Splitting, reading and judging one message, without waiting for its bytes.',
    buckets: [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5],
  },
  rebound_commit_seconds: {
    kind: 'histogram',
    help: 'One transaction of the recorder, retries included.',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  rebound_commit_events: {
    kind: 'histogram',
    help: 'New events in one transaction of the recorder.',
    buckets: [0, 1, 2, 5, 10, 20, 50, 100, 200, 500],
  },
  rebound_message_bytes: {
    kind: 'histogram',
    help: 'Size of the messages received.',
    buckets: [
      1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072, 262144, 1048576, 4194304, 16777216, 67108864,
    ],
  },
  rebound_last_commit_timestamp_seconds: {
    kind: 'gauge',
    help: 'When this server last committed something, in seconds since 1970; 0 if it has not since its start.',
  },
  rebound_recorder_queue: {
    kind: 'gauge',
    help: 'Messages that wait for their commit.',
  },
  rebound_http_requests_total: {
    kind: 'counter',
    help: 'HTTP requests answered, by part of the API and class of status.',
    labels: { area: 'areas', status: statusClasses },
  },
  rebound_http_seconds: {
    kind: 'histogram',
    help: 'From the head of an HTTP request to the end of its answer.',
    labels: { area: 'areas' },
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 30],
  },
  rebound_certificate_expires_timestamp_seconds: {
    kind: 'gauge',
    help: 'When the certificate of STARTTLS expires, in seconds since 1970; 0 if there is none.',
  },
  rebound_postmaster_messages: {
    kind: 'gauge',
    help: 'Mail to postmaster and abuse in the database: new, or seen (rebound postmaster show).',
    labels: { state: ['new', 'seen'] },
  },
  rebound_postmaster_limit_messages: {
    kind: 'gauge',
    help: 'How many messages to postmaster and abuse are kept; beyond it they are deferred with 452.',
  },
  rebound_incidents_open: {
    kind: 'gauge',
    help: 'Incidents that last, while which removals are held (rebound incidents), of all servers on this database.',
  },
  rebound_incidents_held_events: {
    kind: 'gauge',
    help: 'Bounces whose removal waits for a decision (rebound incidents), of all servers on this database.',
  },
  rebound_incidents_oldest_seconds: {
    kind: 'gauge',
    help: 'Age of the oldest incident that holds a removal; 0 if there is none.',
  },
  rebound_canary_seconds: {
    kind: 'gauge',
    help: 'How long the last canary (rebound doctor --canary) took from its making to its commit here; 0 if none came.',
  },
  rebound_canary_timestamp_seconds: {
    kind: 'gauge',
    help: 'When the last canary was recorded here, in seconds since 1970; 0 if none came.',
  },
  rebound_clocks_disagree: {
    kind: 'gauge',
    help: '1 while the clocks of machine and database, or the newest event, differ by more than an hour: mail is deferred.',
  },
  rebound_database_up: {
    kind: 'gauge',
    help: '1 while the database accepts what is recorded, otherwise 0.',
  },
  rebound_webhooks_total: {
    kind: 'counter',
    help: 'Attempts to deliver a webhook, by outcome.',
    labels: { outcome: webhookResults },
  },
  rebound_webhooks_waiting: {
    kind: 'gauge',
    help: 'Webhooks waiting to be delivered, including those that failed before, of all servers on this database.',
  },
  rebound_webhooks_given_up: {
    kind: 'gauge',
    help: 'Webhooks that failed for a day and are no longer retried (rebound webhooks), of all servers on this database.',
  },
  rebound_webhooks_oldest_seconds: {
    kind: 'gauge',
    help: 'Age of the oldest webhook that is waiting; 0 if there is none.',
  },
  rebound_database_errors_total: {
    kind: 'counter',
    help:
      'Failed attempts of the recorder, including those that a retry resolved; reason: conflict (resolved against us, or the ' +
      'file is locked), locked (another transaction holds a row), duplicate (a key is taken), lost (no connection), slow ' +
      '(took too long), trouble (full, read-only, a table is missing, an error nobody foresaw), content (a value that a column does not take).',
    labels: { reason: 'databaseErrors' },
  },
  rebound_stripped_total: {
    kind: 'counter',
    help: 'Messages stored without their text (bare) or without effects too (inert), since the database took them in no other form: rebound bounces list --stripped.',
    labels: { detail: ['bare', 'inert'] },
  },
  rebound_reader_ends_total: {
    kind: 'counter',
    help: 'Times the thread that reads mail ended and was replaced: by a fault (died), out of memory, or too long at one mail (stuck). The mails it held are deferred.',
    labels: { reason: readerEnds },
  },
  rebound_unread_total: {
    kind: 'counter',
    help: 'Mails recorded without having been read, since reading a mail from the same network to the same path had ended the thread twice.',
  },
  rebound_build_info: {
    kind: 'gauge',
    help: 'Always 1; the labels name what is running.',
    labels: { version: 'free', node: 'free' },
  },
} as const satisfies Record<`rebound_${string}`, MetricRow>
