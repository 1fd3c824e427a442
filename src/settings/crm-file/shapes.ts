// What each object of a mapping file may contain; each fault says what to write instead.

import { z } from 'zod'
import { nearest } from '../../model/spelling.ts'

/** The module number has seven bits in a signed path. */
export const mostModules = 127

const columnHelp = 'write a column\'s name, or "table.column" for a table that "beside" names'
// SQL quotes the names anyway, but a name that is not a plain word is a typing error.
const identifier = /^[\p{L}_][\p{L}\p{N}_$]{0,63}$/u
const name = z.string('write a name').regex(identifier, 'write a name of letters, digits and _')
export const columnShape = z
  .string(columnHelp)
  .refine(
    text => text.split('.').length <= 2 && text.split('.').every(part => identifier.test(part)),
    columnHelp,
  )
const asNumber = <Value>(value: Value | boolean): Value | number =>
  typeof value === 'boolean' ? Number(value) : value
const given = [z.string(), z.number(), z.boolean()] as const
const fixed = z
  .union(given, 'write a text, a number, true or false')
  .transform(value => asNumber<string | number>(value))
const condition = z
  .union([...given, z.null()], 'write a text, a number, true, false or null')
  .transform(value => asNumber<string | number | null>(value))
const about = z.unknown().optional()

/** An object with known keys; an unknown key is reported with the nearest known one. */
function keyed<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: issue => {
      if (issue.code !== 'unrecognized_keys') return `write an object with ${Object.keys(shape).join(', ')}`
      const keys = issue.keys as readonly string[]
      return keys
        .map(key => `there is no "${key}" here; did you mean "${nearest(key, Object.keys(shape))}"?`)
        .join(' ')
    },
  })
}

const where = z
  .record(columnShape, condition, 'write an object such as {"deleted": 0} or {"deleted_at": null}')
  .optional()
export const fileShape = keyed({
  about,
  modules: z.record(z.string(), z.unknown(), 'write an object of modules'),
  campaigns: z.unknown().optional(),
})
export const moduleShape = keyed({
  about,
  number: z.int(`write a whole number from 3 to ${mostModules}`).min(0).max(mostModules).optional(),
  table: name,
  id: name,
  beside: z.record(name, name, 'write an object such as {"contacts_cf": "contact_id"}').optional(),
  where,
  addresses: z.unknown(),
  flag: z.unknown().optional(),
  bouncedAddress: columnShape.optional(),
  optOut: z.unknown().optional(),
  updatedAt: z.unknown().optional(),
})
export const addressesShape = keyed({
  table: name,
  id: name,
  address: name,
  where,
  record: name.optional(),
  link: z.unknown().optional(),
  primary: name.optional(),
  mark: z.unknown(),
  markedAt: z.unknown().optional(),
  clearedAt: z.unknown().optional(),
  optOut: z.unknown().optional(),
  updatedAt: z.unknown().optional(),
})
export const linkShape = keyed({ table: name, record: name, address: name, where, primary: name.optional() })
export const campaignShape = keyed({
  about,
  table: name,
  id: name,
  where,
  hardBounces: name.optional(),
  softBounces: name.optional(),
  blockedBounces: name.optional(),
  complaints: name.optional(),
  updatedAt: z.unknown().optional(),
})
export const markShape = keyed({ column: columnShape, bounced: fixed.default(1), clear: fixed.default(0) })
export const optOutShape = keyed({ column: columnShape, value: fixed.default(1) })
export const timeShape = keyed({
  column: columnShape,
  format: z
    .enum(['datetime', 'epoch', 'epoch-ms'], 'write "datetime", "epoch" or "epoch-ms"')
    .default('datetime'),
})
