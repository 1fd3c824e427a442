// The fields that requests share: ids, addresses, pages. Each says in its message what would be right.

import { z } from 'zod'
import { idFault, isAddress, isId, timeBound, timeFault, unprintable } from '../model/validity.ts'
import { alternatives } from './schema.ts'

const idLength = { minLength: 1, maxLength: 64 }
const idMessage = `${idFault}, or a whole number from 0 to 2^53 - 1`

/** An id, given as number or text and passed on as text. Numbers beyond 2^53 have lost digits: they must be text. */
export const id = z
  .union([z.string().refine(isId, idMessage).meta(idLength), z.int().min(0).transform(String)], {
    error: issue => (issue.input === undefined ? 'is missing' : idMessage),
  })
  .describe('A number, or text of 1 to 64 characters.')

/** An id in a path, where everything is text. */
export const pathId = z
  .string()
  .refine(isId, idFault)
  .meta({ ...idLength, description: '1 to 64 characters.' })

/** One of the modules that exist. */
export function moduleOf(modules: readonly string[]) {
  return z.enum(modules, {
    error: issue => (issue.input === undefined ? 'is missing' : `must be ${alternatives(modules)}`),
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

/** The query of a list: 100 items unless asked for, at most 1,000. */
export function pageQuery<Query extends { readonly limit?: number | undefined }>({ limit, ...rest }: Query) {
  return { ...rest, limit: limit ?? 100 }
}

/** Text to search for. */
export const q = z
  .string()
  .refine(
    text => [...text].length <= 200 && !unprintable.test(text),
    'must be text of at most 200 characters without control characters',
  )
  .transform(text => (text === '' ? undefined : text))
  .optional()

function time(bound: 'from' | 'to') {
  return z
    .string(timeFault)
    .refine(text => timeBound(text, bound) !== null, timeFault)
    .meta({ examples: ['2026-01-31', '2026-01-31T08:00:00Z'] })
    .transform(text => timeBound(text, bound) ?? new Date(Number.NaN))
}

/** A time to count from; a date begins at midnight UTC. */
export const since = time('from')

/** A time to count up to and without; a date is counted whole, in UTC. */
export const until = time('to')

const dateFault = 'must be a date such as 2026-01-31'

/** A day in UTC: its midnight. */
export const date = z
  .string(dateFault)
  .refine(text => text.length === 10 && timeBound(text, 'from') !== null, dateFault)
  .meta({ examples: ['2026-01-31', '2026-02-01'] })
  .transform(text => timeBound(text, 'from') ?? new Date(Number.NaN))
