// Errors as HTTP says them: RFC 9457 problem details that name the field at fault and never show a stack.

import { STATUS_CODES } from 'node:http'
import { FieldError } from '../model/field-error.ts'
import { MintError } from '../model/mint.ts'
import { CursorError } from '../model/page.ts'

/** One field that is wrong, and what would be right: `items[3].to`, "must be …". */
export interface WrongField {
  readonly field: string
  readonly message: string
}

/** The body of every answer of class 4 and 5 (RFC 9457 §3.1). */
export interface ProblemDetails {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly errors?: readonly WrongField[]
}

export const problemMediaType = 'application/problem+json'

/** An answer of class 4 or 5, thrown anywhere in this room. */
export class HttpProblem extends Error {
  readonly status: number
  readonly errors: readonly WrongField[]
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    detail: string,
    extra: {
      readonly errors?: readonly WrongField[]
      readonly headers?: Readonly<Record<string, string>>
      readonly cause?: unknown
    } = {},
  ) {
    super(detail, { cause: extra.cause })
    this.name = 'HttpProblem'
    this.status = status
    this.errors = extra.errors ?? []
    this.headers = extra.headers ?? {}
  }

  /** As RFC 9457 writes it. */
  details(): ProblemDetails {
    return {
      type: 'about:blank',
      title: STATUS_CODES[this.status] ?? 'Error',
      status: this.status,
      detail: this.message,
      ...(this.errors.length > 0 ? { errors: this.errors } : {}),
    }
  }
}

/** 400 for fields that are wrong; the detail says the first of them in words. */
export function invalid(errors: readonly WrongField[]): HttpProblem {
  const first = errors[0]
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  return new HttpProblem(
    400,
    first ? `${first.field} ${first.message}${more}` : 'The request is not valid.',
    {
      errors,
    },
  )
}

/** 404 for something that does not exist, named in words. */
export function absent(what: string): HttpProblem {
  return new HttpProblem(404, `There is no ${what}.`)
}

/**
 * What to answer to anything that was thrown. Our own problems as they are; the framework's by their status;
 * the faults that ports throw by their class; a slip in our code 500; and the rest, which only a port can
 * throw, 503: the database did not do its work, and trying again is right.
 */
export function problemOf(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error
  if (error instanceof CursorError)
    return invalid([{ field: 'after', message: 'must be a `next` of an earlier answer, unchanged' }])
  if (error instanceof MintError)
    return invalid([{ field: `items[${error.item}].${error.field}`, message: error.message }])
  if (error instanceof FieldError) return invalid([{ field: error.field, message: error.message }])
  if (hasStatus(error)) return fromFramework(error)
  if (error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError)
    return ourMistake(error)
  return new HttpProblem(503, 'The database does not answer at the moment; try again.', {
    headers: { 'retry-after': '5' },
    cause: error,
  })
}

interface StatusError extends Error {
  readonly code?: string
  readonly statusCode: number
}

/** Fastify's own errors, and those of a body that broke off, carry the status to answer. */
function hasStatus(error: unknown): error is StatusError {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
}

function fromFramework(error: StatusError): HttpProblem {
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new HttpProblem(415, 'The body must be JSON: send it with Content-Type: application/json.')
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new HttpProblem(413, 'The body is too large: send fewer items at a time.')
  if (error.code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH')
    return new HttpProblem(400, 'The body is not as long as its Content-Length says.')
  if (error.statusCode >= 400 && error.statusCode < 500)
    return new HttpProblem(error.statusCode, error.message)
  return ourMistake(error)
}

function ourMistake(cause: unknown): HttpProblem {
  return new HttpProblem(500, 'Rebound failed to answer; its log has the reason.', { cause })
}
