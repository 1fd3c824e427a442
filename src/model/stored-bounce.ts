// The columns of `rebound_bounces`: what is kept of an event, under which name, how long, and out of what it is made.
// Insert, select, lengths, the erasing of addresses, the answers of HTTP and webhooks: all follow this table.

import { adviceOn } from './advice.ts'
import { advices, categoryNames } from './categories.ts'
import { type Column, columnsOf, type ValueOf } from './column.ts'
import { type BounceEvent, concerns, type RecordEffect, recordEffects } from './event.ts'
import { kinds } from './report.ts'
import { type Link, linkedBys } from './return-path.ts'
import { type BounceType, bounceTypes, rungs } from './verdict.ts'

/** An event as it is about to be stored: with what recording it found out and did. */
export interface EventEntry {
  readonly event: BounceEvent
  /** Its link, where the ids of it can be keys. */
  readonly link: Link | null
  readonly receivedAt: Date
  readonly recordedAt: Date
  readonly campaignId: string | null
  /** The address of the record at that time. */
  readonly address: string | null
  /** As it counts for the record. */
  readonly type: BounceType | null
  readonly effect: RecordEffect
  /** The threshold that it reached. */
  readonly promotedBy: string | null
  /** The incident that holds the removal. */
  readonly incidentId: number | null
}

const { time, word, flag, integer, text, ascii } = columnsOf<EventEntry>()

/** By the names under which HTTP, webhooks and command line show them, in their order. */
export const bounceColumns = {
  receivedAt: time({
    name: 'received_at',
    value: ({ receivedAt }) => receivedAt,
    example: new Date('2026-01-31T08:00:00Z'),
  }),
  recordedAt: time({
    name: 'recorded_at',
    value: ({ recordedAt }) => recordedAt,
    example: new Date('2026-01-31T08:00:00.250Z'),
  }),
  kind: word(kinds, { name: 'kind', value: ({ event }) => event.kind, example: 'bounce' }),
  type: word(bounceTypes, {
    name: 'type',
    nullable: true,
    value: ({ type }) => type,
    example: 'hard',
    about:
      "As it counted for the record. Null for what is not a bounce, and for a block about somebody else's address.",
  }),
  category: word(categoryNames, {
    name: 'category',
    nullable: true,
    value: ({ event }) => event.verdict?.category ?? null,
    example: 'unknown-user',
    about: 'The cause, whomever the block concerns.',
  }),
  permanent: flag({
    name: 'permanent',
    nullable: true,
    value: ({ event }) => event.verdict?.permanent ?? null,
    example: true,
  }),
  advice: word(advices, {
    name: 'advice',
    nullable: true,
    value: ({ event, ...entry }) => adviceOn({ ...entry, category: event.verdict?.category ?? null }),
    example: 'remove',
    about:
      'Whose move it is, for a bounce that counted for its record: remove the address, wait, fix-sending (server, ' +
      'domain or account of the sender), fix-content, or ask-recipient.',
  }),
  status: ascii(16, 'stranger', {
    name: 'status',
    nullable: true,
    value: ({ event }) => event.recipient.status,
    example: '5.1.1',
    about: 'Enhanced status code (RFC 3463).',
  }),
  replyCode: integer({
    name: 'reply_code',
    nullable: true,
    value: ({ event }) => event.recipient.replyCode,
    example: 550,
  }),
  diagnostic: text(2000, 'stranger', {
    name: 'diagnostic',
    nullable: true,
    value: ({ event }) => event.recipient.diagnostic,
    example: '550 5.1.1 <ana@example.org>: user unknown',
  }),
  retryAfter: integer({
    name: 'retry_after',
    nullable: true,
    value: ({ event }) => event.hints.retryAfter,
    example: null,
    about: 'Seconds after which the server said to come back.',
  }),
  blocklist: text(253, 'stranger', {
    name: 'blocklist',
    nullable: true,
    value: ({ event }) => event.hints.blocklist,
    example: null,
    about: 'The block list that the refusal names.',
  }),
  helpUrl: text(320, 'stranger', {
    name: 'help_url',
    nullable: true,
    value: ({ event }) => event.hints.helpUrl,
    example: null,
    about: 'The page that the refusal names. The other server wrote it: do not open it unasked.',
  }),
  address: text(320, 'person', {
    name: 'address',
    nullable: true,
    value: ({ address }) => address,
    example: 'ana@example.org',
    about: "The address it counts for: the record's at that time.",
  }),
  reportedAddress: text(320, 'stranger', {
    name: 'reported_address',
    nullable: true,
    value: ({ event }) => event.recipient.address ?? event.recipient.originalAddress,
    example: 'ana@example.org',
    about: 'The address that the report names.',
  }),
  module: text(64, 'us', {
    name: 'module',
    nullable: true,
    value: ({ link }) => link?.send.module ?? null,
    example: 'contacts',
  }),
  recordId: text(64, 'person', {
    name: 'record_id',
    nullable: true,
    value: ({ link }) => link?.send.recordId ?? null,
    example: '42',
  }),
  campaignId: text(64, 'us', {
    name: 'campaign_id',
    nullable: true,
    value: ({ campaignId }) => campaignId,
    example: '7',
  }),
  mailId: text(255, 'stranger', {
    name: 'mail_id',
    nullable: true,
    value: ({ event }) => event.link?.send.mailId ?? null,
    example: null,
  }),
  linkedBy: word(linkedBys, {
    name: 'linked_by',
    nullable: true,
    value: ({ link }) => link?.by ?? null,
    example: 'signed',
  }),
  concern: word(concerns, {
    name: 'concern',
    value: ({ event }) => event.concern,
    example: 'owner',
    about:
      'Whom this block of the report is about: the address of the return path, the only block though it names another ' +
      'address, one of several members of an alias, or somebody else, without effect on the record. `shared`: the ' +
      'address was another record’s too, and a bounce there took it from this one as well (REBOUND_SPREAD).',
  }),
  decidedBy: word(rungs, {
    name: 'decided_by',
    nullable: true,
    value: ({ event }) => event.verdict?.because.rung ?? null,
    example: 'exact-status',
  }),
  decidedRule: text(100, 'us', {
    name: 'decided_rule',
    nullable: true,
    value: ({ event }) => event.verdict?.because.rule ?? null,
    example: '5.1.1',
  }),
  decidedText: text(500, 'stranger', {
    name: 'decided_text',
    nullable: true,
    value: ({ event }) => event.verdict?.because.text ?? null,
    example: '5.1.1',
  }),
  subject: text(500, 'stranger', {
    name: 'subject',
    nullable: true,
    value: ({ event }) => event.report.original.subject,
    example: 'News in spring',
  }),
  originalMessageId: text(500, 'stranger', {
    name: 'original_message_id',
    nullable: true,
    value: ({ event }) => event.report.original.messageId,
    example: '<1@crm.example>',
  }),
  envelopeId: text(255, 'stranger', {
    name: 'envelope_id',
    nullable: true,
    value: ({ event }) => event.report.original.envelopeId,
    example: null,
  }),
  reportingMta: text(255, 'stranger', {
    name: 'reporting_mta',
    nullable: true,
    value: ({ event }) => event.report.reportingMta,
    example: 'mx.example.net',
  }),
  remoteMta: text(255, 'stranger', {
    name: 'remote_mta',
    nullable: true,
    value: ({ event }) => event.recipient.remoteMta,
    example: 'mx.example.org',
  }),
  clientIp: ascii(45, 'us', {
    name: 'client_ip',
    value: ({ event }) => event.clientIp,
    example: '192.0.2.1',
  }),
  returnPath: text(320, 'stranger', {
    name: 'return_path',
    value: ({ event }) => event.returnPath,
    example: 'b-test@bounces.example.com',
  }),
  effect: word(recordEffects, {
    name: 'effect',
    value: ({ effect }) => effect,
    example: 'removed',
    about:
      'What it did to the record: nothing; proved that the address works (alive), so that thresholds count anew; ' +
      'counted, while the CRM has no such record (absent); counted, since the record has another address by now; ' +
      'flagged; flagged and its address removed; or flagged while an incident holds the removal. Undoing does not change it.',
  }),
  promotedBy: ascii(48, 'us', {
    name: 'promoted_by',
    nullable: true,
    value: ({ promotedBy }) => promotedBy,
    example: null,
    about: 'The threshold (REBOUND_THRESHOLDS) that this soft bounce reached: why it removed the address.',
  }),
  incidentId: integer({
    name: 'incident_id',
    nullable: true,
    value: ({ incidentId }) => incidentId,
    example: null,
    about: 'The incident that held the removal, or holds it still; see /v1/incidents.',
  }),
  repeats: integer({
    name: 'repeats',
    value: null,
    example: 0,
    about:
      'How many further reports of its return path on the same day it stands for: those that changed nothing.',
  }),
  undoneAt: time({
    name: 'undone_at',
    nullable: true,
    value: null,
    example: null,
  }),
} satisfies Readonly<Record<string, Column<EventEntry>>>

type Columns = typeof bounceColumns

export type BounceField = keyof Columns

type StoredFields = { readonly [Field in BounceField]: ValueOf<Columns[Field]> }

/** A stored event, as every door shows it. */
export interface StoredBounce extends StoredFields {
  /** Of the row. */
  readonly id: string
}

export type BounceColumn = Column<EventEntry, Columns[BounceField]['name']>

/** The columns, each with the field it is shown under. */
export const bounceFields = Object.entries(bounceColumns) as readonly (readonly [BounceField, BounceColumn])[]

/** A hard bounce of nobody: for descriptions and trials. */
export const exampleBounce = {
  id: '1',
  ...Object.fromEntries(bounceFields.map(([field, { example }]) => [field, example])),
} as StoredBounce
