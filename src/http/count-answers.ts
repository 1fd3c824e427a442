// Sums as the API answers them.

import { z } from 'zod'
import type { Attention } from '../model/attention.ts'
import type { UndoneMany } from '../model/bounces.ts'
import type { BulkReset } from '../model/record.ts'
import type { Summary, Sums } from '../model/summary.ts'
import { count, type Json, type Shape, time } from './shapes.ts'

const counts = {
  hard: count,
  soft: count,
  blocked: count.describe("Part of soft: the sender's fault."),
  complaints: count,
  delayed: count,
  other: count.describe('Automatic answers, receipts, deliveries.'),
} satisfies Shape<Sums>

const sent = count.nullable()

export const summary = z
  .object({
    items: z.array(z.object({ key: z.string(), ...counts, sent: sent.describe('Of a day; else null.') })),
    total: z.object({ ...counts, sent: sent.describe('Null for one campaign, which counts its own.') }),
  } satisfies Shape<Summary>)
  .meta({ id: 'Summary', description: 'How much came back; what was undone is left out.' })

export const bulkReset = z
  .object({
    count: count.describe('How many records were reset, or would be.'),
    hasMore: z.boolean().describe('There are more: call again.'),
  } satisfies Shape<BulkReset>)
  .meta({ id: 'BulkReset', description: 'What resetting many records came to.' })

export const undoneMany = z
  .object({
    found: count.describe('Bounces that meet the conditions and did something to their record.'),
    removed: count.describe('How many of them had removed an address.'),
    undone: count,
    left: z
      .array(z.object({ id: z.string(), why: z.string() }))
      .describe('Those that could not be undone, each with the reason.'),
    hasMore: z.boolean().describe('There are more: call again.'),
  } satisfies Shape<UndoneMany>)
  .meta({ id: 'UndoneMany', description: 'What undoing many bounces came to.' })

export const attention = z
  .object({
    webhooksGivenUp: count.describe('Webhooks that were given up, counted up to a thousand.'),
    strippedBounces: count.describe('Events that were stored without their text, counted up to a thousand.'),
    rolesUnread: count.describe('Mail to postmaster and abuse that nobody has looked at.'),
    certificateExpires: time.nullable().describe('The certificate of STARTTLS; null: there is none.'),
  } satisfies Shape<Json<Attention>>)
  .meta({ id: 'Attention', description: 'What waits for a person.' })
