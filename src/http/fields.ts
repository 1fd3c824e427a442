// The fields that requests share: ids, addresses, pages. Each says in its message what would be right.

import { z } from 'zod'
import { oneOf } from './schema.ts'

/** Anything that text must not hold: control characters, and surrogates without their other half. */
const unprintable = /\p{Cc}|\p{Cs}/u

const idLength = { minLength: 1, maxLength: 64 }
const idMessage = 'must be a whole number, or text of 1 to 64 characters without control characters'

/** An id, given as number or text and passed on as text. Numbers beyond 2^53 have lost digits: they must be text. */
export const id = z
  .union([z.string().refine(isIdText).meta(idLength), z.int().min(0).transform(String)], {
    error: issue => (issue.input === undefined ? 'is missing' : idMessage),
  })
  .describe('A number, or text of 1 to 64 characters.')

/** An id in a path, where everything is text. */
export const pathId = z.string().refine(isIdText, idMessage).describe('1 to 64 characters.')

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
  .refine(isPlausibleAddress, addressMessage)
  .meta({ maxLength: 320, description: 'A bare address, at most 320 octets.' })

/** RFC 5321 §4.1.2 loosely: a local part, quoted where it holds spaces, an at sign, and a domain or literal. */
function isPlausibleAddress(text: string): boolean {
  if (Buffer.byteLength(text) > 320 || unprintable.test(text)) return false
  const at = text.lastIndexOf('@')
  const local = text.slice(0, at)
  const domain = text.slice(at + 1)
  if (at < 1) return false
  const isLocal = /^"(?:[^"\\]|\\.)+"$/u.test(local) || /^[^\s"(),:;<>@[\\\]]+$/u.test(local)
  const isDomain = /^\[[^\s[\]]+\]$/.test(domain) || /^[^\s"(),:;<>@[\\\]]+$/u.test(domain)
  return isLocal && isDomain && !domain.startsWith('.') && !domain.includes('..')
}

const limitMessage = 'must be a whole number from 1 to 1000'

/** How many items a page holds: 100 unless told, at most 1,000. */
const limit = z
  .string(limitMessage)
  .transform(Number)
  .refine(number => Number.isInteger(number) && number >= 1 && number <= 1000, limitMessage)
  .default(100)
  .meta({ type: 'integer', minimum: 1, maximum: 1000, default: 100, description: 'Items in a page.' })

/** The two fields of every list. */
export const page = {
  after: z.string('must be given once').optional().describe('The `next` of an earlier answer.'),
  limit,
}
