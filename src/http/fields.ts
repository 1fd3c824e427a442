// The fields that requests share: ids, addresses, pages. Each says in its message what would be right.

import { z } from 'zod'
import { isAddress, unprintable } from '../given.ts'
import { oneOf } from './schema.ts'

const idLength = { minLength: 1, maxLength: 64 }
const idMessage =
  'must be text of 1 to 64 characters without control characters, or a whole number of at most 2^53 - 1'

/** An id, given as number or text and passed on as text. Numbers beyond 2^53 have lost digits: they must be text. */
export const id = z
  .union([z.string().refine(isIdText, idMessage).meta(idLength), z.int().min(0).transform(String)], {
    error: issue => (issue.input === undefined ? 'is missing' : idMessage),
  })
  .describe('A number, or text of 1 to 64 characters.')

/** An id in a path, where everything is text. */
export const pathId = z
  .string()
  .refine(isIdText, idMessage)
  .meta({ ...idLength, description: '1 to 64 characters.' })

function isIdText(text: string): boolean {
  return text !== '' && [...text].length <= 64 && !unprintable.test(text)
}

/** One of the modules that exist. */
export function moduleOf(modules: readonly string[]) {
  return z.enum(modules, {
    error: issue => (issue.input === undefined ? 'is missing' : `must be ${oneOf(modules)}`),
  })
}

const addressMessage = 'must be a bare address such as ana@example.org, at most 320 octets'

/** An address that could be one: whether it works is found out by mailing it. */
export const address = z
  .string()
  .refine(isAddress, addressMessage)
  .meta({ maxLength: 320, description: 'A bare address, at most 320 octets.', examples: ['ana@example.org'] })

const limitMessage = 'must be a whole number from 1 to 1000'

/** How many items a page holds, 1 to 1,000. */
const limit = z
  .string(limitMessage)
  .regex(/^\d+$/, limitMessage)
  .transform(Number)
  .refine(number => number >= 1 && number <= 1000, limitMessage)
  .optional()
  .meta({
    type: 'integer',
    pattern: undefined,
    minimum: 1,
    maximum: 1000,
    description: 'Items in a page, 100 unless told.',
  })

/** The two fields of every list. */
export const page = {
  after: z
    .string('must be given once')
    .transform(text => (text === '' ? undefined : text))
    .optional()
    .describe('The `next` of an earlier answer; empty for the beginning.'),
  limit,
}

/** What a list is asked for, with the defaults of §3.6. */
export function pageQuery<Query extends { readonly limit?: number | undefined }>({ limit, ...rest }: Query) {
  return { ...rest, limit: limit ?? 100 }
}

const timeMessage = 'must be ISO 8601: a date such as 2026-01-31, or a time such as 2026-01-31T08:00:00Z'
const day = /^\d{4}-\d{2}-\d{2}$/
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/

function time(adjust: (date: Date, isDay: boolean) => Date) {
  return z
    .string(timeMessage)
    .refine(text => (day.test(text) || instant.test(text)) && isRealTime(text), timeMessage)
    .meta({ examples: ['2026-01-31', '2026-01-31T08:00:00Z'] })
    .transform(text => adjust(new Date(text), day.test(text)))
}

/** 31 February parses as 3 March: what is not printed back as it was given is no date. */
function isRealTime(text: string): boolean {
  const parsed = Date.parse(`${text.slice(0, 10)}T00:00:00Z`)
  if (Number.isNaN(parsed) || Number.isNaN(Date.parse(text))) return false
  return new Date(parsed).toISOString().startsWith(text.slice(0, 10))
}

const dayMs = 86_400_000

/** A time to count from; a date begins at midnight UTC. */
export const since = time(date => date)

/** A time to count up to and without; a date is counted whole, in UTC. */
export const until = time((date, isDay) => (isDay ? new Date(date.getTime() + dayMs) : date))
