// What a page was given: queries and forms as text, and dropped files. Impossible values are left out and reported.

import type { FastifyRequest } from 'fastify'

/** Names and values, the first of each; empty ones are as if they were not there. */
export type Given = Readonly<Record<string, string | undefined>>

export function queryOf(request: FastifyRequest): Given {
  return cleaned(Object.entries(request.query as Record<string, unknown>))
}

/** A form, as it was sent. */
export function formOf(request: FastifyRequest): Given {
  return cleaned(Object.entries((request.body ?? {}) as Record<string, unknown>))
}

function cleaned(entries: readonly (readonly [string, unknown])[]): Given {
  const given: Record<string, string | undefined> = Object.create(null)
  for (const [name, value] of entries) {
    const first = Array.isArray(value) ? value[0] : value
    if (typeof first === 'string' && first.trim() !== '') given[name] = first
  }
  return given
}

/** One of the words, or nothing. */
export function wordIn<Word extends string>(
  text: string | undefined,
  words: readonly Word[],
): Word | undefined {
  return words.find(word => word === text)
}

/** A path of ours to go on to: never another site's. */
export function ownPath(text: string | undefined, otherwise: string): string {
  return text !== undefined && /^\/(?![/\\])[\x21-\x7e]*$/.test(text) ? text : otherwise
}
