// What the API answers, as zod schemas: they describe; the tests hold answers to them, the compiler the columns.

import { z } from 'zod'
import type { Campaign } from '../model/campaign.ts'
import { categoryNames } from '../model/categories.ts'
import type { Classified, ClassifiedRecipient } from '../model/classified.ts'
import type { ColumnKind } from '../model/column.ts'
import type { MintedMail } from '../model/mint.ts'
import type { CrmRecord, ListedRecord } from '../model/record.ts'
import { actions, kinds } from '../model/report.ts'
import {
  type JudgedMail,
  type Rule,
  type RulePreview,
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
import { advices, bounceTypes, rungs } from '../model/verdict.ts'
import type { ShownBounce, ShownRecord } from '../view/shown.ts'

/** A value as JSON carries it: times become ISO 8601 text. */
type Json<T> = { [Field in keyof T]: Date extends T[Field] ? Exclude<T[Field], Date> | string : T[Field] }

const text = z.string().nullable()
const time = z.string().meta({ format: 'date-time' })
const count = z.int().min(0)

export const bounceType = z.enum(bounceTypes)
export const bounceKind = z.enum(kinds)
export const category = z.enum(categoryNames)

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
  } satisfies Shape<Json<Campaign>>)
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

export const classified = z
  .object({
    kind: bounceKind,
    recipients: z.array(
      z.object({
        address: text,
        originalAddress: text,
        type: bounceType.nullable(),
        permanent: z.boolean().nullable(),
        category: category.nullable(),
        action: z.enum(actions).nullable(),
        status: text,
        replyCode: z.int().nullable(),
        diagnostic: text,
        remoteMta: text,
        because: z
          .object({
            rung: z.enum(rungs),
            rule: z.string(),
            text: z.string().exactOptional(),
            overruled: z.object({ rung: z.enum(rungs), rule: z.string() }).exactOptional(),
          })
          .nullable(),
        advice: z.enum(advices).nullable(),
        retryAfter: z.int().nullable(),
        blocklist: text,
        helpUrl: text,
      } satisfies Shape<ClassifiedRecipient>),
    ),
    reportingMta: text,
    original: z.object({ messageId: text, envelopeId: text, subject: text }),
    problems: z.array(z.object({ code: z.string(), detail: z.string().exactOptional() })),
  } satisfies Shape<Classified>)
  .meta({ id: 'Classified', description: 'What a mail reports, and the verdict on each recipient.' })

export const problem = z
  .object({
    type: z.string().meta({ format: 'uri-reference' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'What went wrong, and which field is at fault (RFC 9457).' })

type Shape<T> = { [Field in keyof Required<T>]: z.ZodType<T[Field]> }

/** A page of a list: ask again with `after` set to `next`. */
export function pageOf<Item extends z.ZodType>(item: Item, description: string) {
  return z
    .object({ items: z.array(item), next: text.describe('Pass it as `after` to read on; null at the end.') })
    .describe(description)
}
