// Verdicts as the API answers them: what a mail reports, and how every rung of the ladder came to it.

import { z } from 'zod'
import { advices } from '../model/categories.ts'
import type { Classified, ClassifiedRecipient } from '../model/classified.ts'
import { actions } from '../model/report.ts'
import { fates, type RecipientExplanation, rungs, type StoredExplanation } from '../model/verdict.ts'
import { bounceKind, bounceType, category, type Shape, text } from './shapes.ts'

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

const recipientExplanation = z.object({
  address: text,
  verdict: z
    .object({
      category,
      type: bounceType,
      permanent: z.boolean().nullable(),
      because: z.object({
        rung: z.enum(rungs),
        rule: z.string(),
        text: z.string().exactOptional(),
        overruled: z.object({ rung: z.enum(rungs), rule: z.string() }).exactOptional(),
      }),
    })
    .nullable(),
  wait: z
    .object({ seconds: z.int(), text: z.string(), places: z.array(z.string()) })
    .exactOptional()
    .describe('When the server asked to come back: its words, and the slots that list them.'),
  steps: z.array(
    z.object({
      rung: z.enum(rungs),
      opinion: z
        .object({
          category,
          rule: z.string().describe('The row of the knowledge, or the rule.'),
          text: z.string().exactOptional(),
          type: bounceType.exactOptional(),
        })
        .nullable(),
      fate: z.enum(fates).describe('What became of the opinion.'),
    }),
  ),
} satisfies Shape<RecipientExplanation>)

export const explanation = z
  .object({
    kind: bounceKind,
    reader: z.string().describe('Which reader recognised the message: `dsn`, `qmail`, …, `none`.'),
    reportingMta: text,
    recipients: z.array(recipientExplanation),
    sections: z
      .object({ body: z.string(), subject: z.string(), from: z.string(), recipients: z.string() })
      .describe('What rules search, as far as it is kept.'),
  } satisfies Shape<StoredExplanation>)
  .meta({ id: 'Explanation', description: 'What every rung of the ladder says of a message that is kept.' })

/** The same with what `explain=true` adds. */
export const classifiedAndWhy = classified
  .extend({
    reader: z.string().exactOptional(),
    signs: z.array(z.string()).exactOptional(),
    explanation: z.array(recipientExplanation).exactOptional(),
  })
  .meta({ id: 'ClassifiedAndWhy', description: 'What a mail reports; with `explain=true` also why.' })
