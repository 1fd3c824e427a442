// What the API answers about the upkeep of a server: stuck webhooks, role mail, findings, keys, erasing.

import { z } from 'zod'
import { advices, categoryNames } from '../model/categories.ts'
import { type DoctorFinding, findingStates } from '../model/doctor-finding.ts'
import type { ForgottenAddress } from '../model/forgotten.ts'
import type { KeptMail } from '../model/role-mail.ts'
import { type SavedView, viewLists } from '../model/saved-view.ts'
import { keyStates, type ListedKey } from '../model/signing-key.ts'
import { type PendingWebhook, type WebhookCensus, webhookStates } from '../model/webhook.ts'
import type { ShownCategory } from '../view/categories.ts'
import { count, type Json, type Shape, text, time } from './shapes.ts'

export const pendingWebhook = z
  .object({
    id: z.string(),
    eventId: z.string().describe('Names the event to its receiver.'),
    bounceId: z.string(),
    state: z.enum(webhookStates).describe('`retrying`: failed at least once; `given-up`: for a day.'),
    createdAt: time,
    dueAt: time.nullable().describe('When it is tried next; null when it was given up.'),
    attempts: count,
    lastError: text,
  } satisfies Shape<Json<PendingWebhook>>)
  .meta({ id: 'PendingWebhook', description: 'A webhook that is not delivered yet.' })

export const webhookCensus = z.object({
  waiting: count.describe('Still to be tried, counted up to `most`.'),
  givenUp: count,
  most: count,
  oldestAt: time.nullable().describe('The oldest that is still to be tried.'),
} satisfies Shape<Json<WebhookCensus>>)

export const savedView = z
  .object({
    id: z.string(),
    list: z.enum(viewLists),
    name: z.string(),
    filters: z.record(z.string(), z.string()),
    savedBy: z.string().describe('Who saved or changed it last.'),
    changedAt: time,
  } satisfies Shape<Json<SavedView>>)
  .meta({ id: 'SavedView', description: 'Filters of a list under a name.' })

export const keptMail = z
  .object({
    id: z.string(),
    receivedAt: time,
    seenAt: time.nullable().describe('Since when somebody has looked at it; null: nobody has.'),
    bytes: count,
    keptBytes: count.describe('Less than `bytes` where the mail was too long to be kept whole.'),
    deliveredTo: z.array(z.string()),
    returnPath: z.string().describe('The envelope sender; empty for the null sender.'),
    from: z.string(),
    subject: z.string(),
  } satisfies Shape<Json<KeptMail>>)
  .meta({ id: 'KeptMail', description: 'A mail to postmaster or abuse.' })

export const finding = z
  .object({
    check: z.string(),
    state: z.enum(findingStates),
    says: z.string(),
    fix: text.describe('What to do; null where nothing is to be done.'),
  } satisfies Shape<DoctorFinding>)
  .meta({ id: 'DoctorFinding', description: 'What the doctor finds of one thing.' })

export const signingKey = z
  .object({
    id: z.string().describe('Reveals nothing about the key.'),
    state: z
      .enum(keyStates)
      .describe('`missing`: not in the settings, while paths that it signed may be under way.'),
    firstUsedAt: time.nullable(),
    lastSignedAt: time.nullable().describe('When a newer one took over.'),
    validUntil: time.nullable().describe('When the last path that it may have signed expires.'),
    inSecret: z.boolean(),
  } satisfies Shape<Json<ListedKey>>)
  .meta({ id: 'SigningKey', description: 'A key that signs, or signed, return paths.' })

export const forgottenAddress = z
  .object({
    records: count,
    bounces: count,
    campaigns: count.describe('Names of campaigns.'),
    evidence: count,
    returnPaths: count,
    outbox: count,
    replies: count,
    rules: count,
    audit: count,
    mails: count.describe('To postmaster and abuse.'),
    views: count.describe('Saved views that named it.'),
    isWiped: z.boolean().nullable().describe('False: the database was busy, ask again when it is quiet.'),
  } satisfies Shape<ForgottenAddress>)
  .meta({ id: 'ForgottenAddress', description: 'How many rows were changed or deleted, or would be.' })

export const shownCategory = z
  .object({
    name: z.enum(categoryNames),
    type: z.enum(['hard', 'soft']),
    group: z.enum(['hard', 'soft', 'blocked']).describe("`blocked`: soft, by the sender's fault."),
    sentence: z.string(),
    advice: z.enum(advices),
    promotable: z.boolean().describe('May remove an address when it repeats.'),
    rfc: z.string(),
    sisimai: z.string().describe('Its name in Sisimai.'),
    sparkpost: z.int().describe('Its code at SparkPost.'),
    ses: z.string().describe('Its types at Amazon SES.'),
  } satisfies Shape<ShownCategory>)
  .meta({ id: 'Category', description: 'A cause of bounces.' })
