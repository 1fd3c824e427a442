// One reading of a mapping file: its faults, collected, and objects read in spite of keys that nobody knows.

import type { z } from 'zod'

export interface FileReading {
  readonly faults: readonly string[]
  /** @param at where in the file: `modules.contacts.flag`; empty for the file itself */
  readonly fault: (at: string, message: string) => void
  /** Null when the value cannot be used; a fault that costs nothing but itself, such as an unknown key, does not make it so. */
  readonly read: <Schema extends z.ZodType>(
    schema: Schema,
    value: unknown,
    at: string,
  ) => z.output<Schema> | null
}

export function startFileReading(): FileReading {
  const faults: string[] = []
  const fault = (at: string, message: string): void => {
    faults.push(at === '' ? message : `${at}: ${message}`)
  }
  const read: FileReading['read'] = (schema, value, at) => {
    const result = schema.safeParse(value)
    if (result.success) return result.data
    for (const issue of result.error.issues)
      fault([at, ...issue.path.map(String)].filter(part => part !== '').join('.'), issue.message)
    const known = withoutUnknownKeys(value, result.error.issues)
    return known === null ? null : (schema.safeParse(known).data ?? null)
  }
  return { faults, fault, read }
}

/** The object without the keys that nobody knows; null when there are none. */
function withoutUnknownKeys(value: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const unknown = issues.flatMap(issue =>
    issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [],
  )
  if (unknown.length === 0 || typeof value !== 'object' || value === null) return null
  return Object.fromEntries(Object.entries(value).filter(([key]) => !unknown.includes(key)))
}
