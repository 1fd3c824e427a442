// What the API answers, as zod schemas: they describe; the tests hold answers to them, the compiler the columns.

import { z } from 'zod'
import type { AuditRow } from '../model/audit.ts'
import { advices } from '../model/categories.ts'
import type { CheckedAddress } from '../model/checked-address.ts'
import type { ColumnKind } from '../model/column.ts'
import { type Incident, incidentDecisions, signs } from '../model/incident.ts'
import type { MintedMail } from '../model/mint.ts'
import type { PersonReply } from '../model/person-reply.ts'
import type { CrmRecord, ListedRecord } from '../model/record.ts'
import {
  type JudgedMail,
  type Rule,
  type RuleFinding,
  type RulePreview,
  ruleProblems,
  ruleSections,
  ruleSources,
  ruleStages,
  ruleTypes,
} from '../model/rule.ts'
import {
  type BounceColumn,
  type BounceField,
  bounceFields,
  type StoredBounce,
} from '../model/stored-bounce.ts'
import { type StrippedBounce, strippedDetails } from '../model/stripped-bounce.ts'
import type { ShownBounce, ShownCampaign, ShownRecord } from '../view/shown.ts'
import { bounceKind, bounceType, category, count, type Json, rate, type Shape, text, time } from './shapes.ts'

export const record = z
  .object({
    module: z.string(),
    id: z.string(),
    email: text.describe('Null after a hard bounce has removed it.'),
    emailBounced: z.boolean(),
    bouncedAddress: text.describe('The address that the last hard bounce removed.'),
    hardBounces: count.describe('Since `resetAt`.'),
    softBounces: count.describe('Since `resetAt`.'),
    lastBounceAt: time.nullable(),
    resetAt: time.nullable(),
    aliveAt: time
      .nullable()
      .describe('When you said last that the address works; thresholds count soft bounces since.'),
    complaints: count.describe('How often mail to it was reported as spam; a reset does not change it.'),
    lastComplaintAt: time.nullable(),
  } satisfies Shape<Json<CrmRecord>>)
  .meta({ id: 'Record', description: 'A contact, company, lead, or record of another module.' })

export const campaign = z
  .object({
    id: z.string(),
    number: z.int().min(0).describe('The 32-bit number under which return paths carry this campaign.'),
    name: text,
    sent: count,
    hardBounces: count.describe('Records, each counted once, at its worst type.'),
    softBounces: count.describe('Records, each counted once, at its worst type.'),
    blockedBounces: count.describe("Part of softBounces: the sender's fault."),
    complaints: count,
    brake: z.boolean().describe('False: its bounces are no sign of an incident and are not held.'),
    hardRate: rate.describe('Hard bounces of the mails sent; null where none are counted as sent.'),
    softRate: rate,
    complaintRate: rate,
  } satisfies Shape<Json<ShownCampaign>>)
  .meta({ id: 'Campaign', description: 'A campaign and how much of it came back.' })

/** A field of a stored event, as its column says. */
function fieldOf({ kind, words, length, nullable, about }: BounceColumn): z.ZodType {
  const text = () => z.string().meta({ maxLength: length ?? undefined })
  const schemas: Record<ColumnKind, () => z.ZodType> = {
    time: () => time,
    word: () => z.enum(words ?? []),
    flag: () => z.boolean(),
    integer: () => z.int(),
    text,
    ascii: text,
  }
  const schema = nullable ? schemas[kind]().nullable() : schemas[kind]()
  return about === null ? schema : schema.describe(about)
}

const bounceShape = Object.fromEntries(bounceFields.map(([field, column]) => [field, fieldOf(column)])) as {
  readonly [Field in BounceField]: z.ZodType<Json<StoredBounce>[Field]>
}

export const bounce = z
  .object({
    id: z.string(),
    ...bounceShape,
    sentence: text.describe('The category in words for people.'),
  } satisfies Shape<Json<ShownBounce>>)
  .meta({ id: 'Bounce', description: 'One report about one recipient, as it was judged.' })

export const strippedBounce = z
  .object({
    id: z.string(),
    strippedAt: time,
    detail: z
      .enum(strippedDetails)
      .describe('`bare`: stored without what strangers wrote; `inert`: also without effects.'),
    code: z.string().describe("The code of the database's error."),
    bounce,
  } satisfies Shape<Json<Omit<StrippedBounce, 'bounce'>> & { bounce: Json<ShownBounce> }>)
  .meta({ id: 'StrippedBounce', description: 'An event that the database did not take whole.' })

export const mintedMail = z
  .object({
    address: z.string().describe('The envelope sender (MAIL FROM).'),
    reference: z.string().describe('The value of the header field X-Rebound-Ref.'),
    envelopeId: z
      .string()
      .describe('ENVID of MAIL FROM (RFC 3461), for senders that request delivery reports.'),
  } satisfies Shape<MintedMail>)
  .meta({ id: 'MintedMail', description: 'What to put into one mail.' })

export const listedRecord = z
  .object({
    ...record.shape,
    lastType: bounceType.nullable().describe('Of the latest bounce.'),
    lastCategory: category.nullable().describe('Of the latest bounce.'),
    sentence: text.describe('The category in words for people.'),
  } satisfies Shape<Json<ShownRecord<ListedRecord>>>)
  .meta({ id: 'ListedRecord', description: 'A record with what its latest bounce was.' })

export const rule = z
  .object({
    id: z.string(),
    section: z.enum(ruleSections),
    text: z.string(),
    type: z.enum(ruleTypes),
    stage: z.enum(ruleStages),
    source: z.enum(ruleSources),
    enabled: z.boolean(),
    category: category.nullable(),
    note: text,
    hits: count,
    lastHitAt: time.nullable(),
  } satisfies Shape<Json<Rule>>)
  .meta({ id: 'Rule', description: "One of the operators' rules." })

const judged = z.object({
  kind: bounceKind,
  type: bounceType.nullable(),
  category: category.nullable(),
} satisfies Shape<JudgedMail>)

export const rulePreview = z
  .object({
    examined: count.describe('How many mails were judged again.'),
    changed: count.describe('How many of them would be judged differently.'),
    examples: z.array(
      z.object({
        bounceId: text,
        receivedAt: time,
        subject: text,
        before: judged,
        after: judged,
      } satisfies Shape<Json<RulePreview['examples'][number]>>),
    ),
  })
  .meta({ id: 'RulePreview', description: 'What a rule would change.' })

export const auditRow = z
  .object({
    id: z.string(),
    at: time,
    actor: z.string(),
    action: z.string().describe('`reset`, `undo`, `promote`, `forget`, `rule-add`, …'),
    module: text,
    recordId: text,
    bounceId: text,
    before: z.unknown().describe('What was there before.'),
  } satisfies Shape<Json<AuditRow>>)
  .meta({ id: 'AuditRow', description: 'A change by a person or a threshold.' })

export const checkedAddress = z
  .object({
    address: z.string(),
    bounce: bounce.nullable().describe('Its last bounce that was not undone; null if it never bounced.'),
    advice: z.enum(advices).nullable().describe('Null if it never bounced.'),
  } satisfies Shape<Omit<CheckedAddress, 'bounce'> & { bounce: unknown }>)
  .meta({ id: 'CheckedAddress', description: 'What became of mail to an address before.' })

export const ruleFinding = z
  .object({
    problem: z.enum(ruleProblems),
    rule: z.string(),
    by: z.string().exactOptional(),
    samples: count.exactOptional(),
    message: z.string(),
  } satisfies Shape<RuleFinding>)
  .meta({ id: 'RuleFinding', description: 'A fault of a rule beside the others.' })

export const problem = z
  .object({
    type: z.string().meta({ format: 'uri-reference' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'What went wrong, and which field is at fault (RFC 9457).' })

export const personReply = z
  .object({
    id: z.string().describe('Of the event that tells of it.'),
    receivedAt: time,
    from: text.describe('As the mail says, decoded.'),
    replyTo: text,
    subject: text,
    text: z.string().describe('What it says, without what it quotes; at most 32,000 characters.'),
    bytes: count.describe('Of the whole mail.'),
    module: text,
    recordId: text,
    campaignId: text,
    returnPath: z.string(),
  } satisfies Shape<Json<PersonReply>>)
  .meta({ id: 'Reply', description: "A person's answer to a return path." })

/** A page of a list: ask again with `after` set to `next`. */
export function pageOf<Item extends z.ZodType>(item: Item, description: string) {
  return z
    .object({ items: z.array(item), next: text.describe('Pass it as `after` to read on; null at the end.') })
    .describe(description)
}

export const incident = z
  .object({
    id: z.string(),
    sign: z.enum(signs).describe('What gave it away: one host, one campaign, or one provider.'),
    subject: z.string().describe("The host, the campaign's id or the provider."),
    openedAt: time,
    lastSignAt: time,
    endedAt: time.nullable().describe('Null while it lasts.'),
    records: count.describe('Distinct records that it was seen at.'),
    domains: count.describe('Distinct domains of recipients.'),
    held: count.describe('Bounces whose removal it holds now.'),
    decision: z.enum(incidentDecisions).nullable(),
    decidedAt: time.nullable(),
    decidedBy: text,
    reason: text,
  } satisfies Shape<Json<Incident>>)
  .meta({
    id: 'Incident',
    description: 'Signs of a fault on the sending side, while which removals are held.',
  })
