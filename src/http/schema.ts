// The bridge between zod and fastify: one schema both checks a request and describes it in OpenAPI.

import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyServerOptions,
  FastifyTypeProvider,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import { z } from 'zod'
import { invalid, type WrongField } from './problem.ts'

/** Gives handlers the checked values of their schemas; what they send is described, not checked. */
export interface ZodTypes extends FastifyTypeProvider {
  readonly validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown
  readonly serializer: unknown
}

/** The server as routes see it: what their schemas say is what their handlers get. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypes
>

/** An object that refuses every other field, naming the ones it knows. */
export function fields<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape)
  const hint = known.length > 0 ? `; what can be sent is ${known.join(', ')}` : ''
  return z.strictObject(shape, {
    error: issue => (issue.code === 'unrecognized_keys' ? `cannot be sent here${hint}` : undefined),
  })
}

type Validated = { readonly value: unknown } | { readonly error: Error }

/** What fastify makes of schemas. Unless told, it loads compilers of JSON Schema, which are larger than itself. */
export const ownCompilers = {
  compilersFactory: {
    buildValidator: () => compileValidator,
    buildSerializer: () => () => (data: unknown) => (typeof data === 'string' ? data : JSON.stringify(data)),
  },
} as unknown as NonNullable<FastifyServerOptions['schemaController']>

/** Fastify's validator compiler: a missing body is `{}`, and faults become problem details. */
function compileValidator(route: {
  readonly schema: z.ZodType
  readonly httpPart?: string
}): (value: unknown) => Validated {
  const { schema, httpPart } = route
  return value => {
    const result = schema.safeParse(httpPart === 'body' ? (value ?? {}) : value, { error: explain })
    if (result.success) return { value: result.data }
    const faults = result.error.issues.flatMap(issue => faultsOf(issue, httpPart ?? 'body'))
    return { error: invalid(faults.slice(0, maxFaults)) }
  }
}

/** A list of 1,000 wrong items is understood from the first hundred. */
const maxFaults = 100

/** What is wrong in words that go on after the field's name; undefined leaves it to zod. */
function explain(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') {
    if (issue.input === undefined) return 'is missing'
    return `must be ${withArticle(issue.expected)}, not ${nameOf(issue.input)}`
  }
  if (issue.code === 'invalid_value') return `must be ${alternatives(issue.values.map(String))}`
  if (issue.code === 'too_small' && issue.origin === 'array')
    return `must hold at least ${counted(Number(issue.minimum), 'item')}`
  if (issue.code === 'too_big' && issue.origin === 'array')
    return `must hold at most ${counted(Number(issue.maximum), 'item')}`
  if (issue.code === 'too_small') return `must be at least ${issue.minimum}`
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`
  return undefined
}

/** `a`, `a or b`, `one of a, b, c`. */
export function alternatives(words: readonly string[]): string {
  return words.length > 2 ? `one of ${words.join(', ')}` : words.join(' or ')
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
}

function withArticle(type: string): string {
  if (type === 'int') return 'a whole number'
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`
}

function nameOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return withArticle(typeof value)
}

function faultsOf(issue: z.core.$ZodIssue, part: string): WrongField[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(key => ({ field: fieldName([...issue.path, key], part), message: issue.message }))
  return [{ field: fieldName(issue.path, part), message: issue.message }]
}

/** `items[3].to`; the whole part, `body`, where the fault is in no field of it. */
function fieldName(path: readonly PropertyKey[], part: string): string {
  let name = ''
  for (const step of path) {
    if (typeof step === 'number') name += `[${step}]`
    else name += name === '' ? String(step) : `.${String(step)}`
  }
  return name === '' ? part : name
}
