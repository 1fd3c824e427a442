// Filters in the address bar that cannot be read: the page says so with 400 and shows nothing, as the API answers them.

import type { VNode } from 'preact'
import { idFault, isAddress, isId, timeBound, timeFault, unprintable } from '../model/validity.ts'
import type { Given } from './given.ts'
import { capital, Notice } from './words.tsx'

/** What is wrong with a text; null if nothing. */
type TextCheck = (text: string) => string | null

/** One of these words, which stand in a list of the form. */
export const oneOf =
  (words: readonly string[]): TextCheck =>
  text =>
    words.includes(text) ? null : `must be one of ${words.join(', ')}`

export const anId: TextCheck = text => (isId(text) ? null : idFault)

export const anAddress: TextCheck = text =>
  isAddress(text.trim()) ? null : 'must be whole, such as ana@example.org'

export const aTime =
  (bound: 'from' | 'to'): TextCheck =>
  text =>
    timeBound(text, bound) === null ? timeFault : null

export const aSearch: TextCheck = text =>
  [...text].length <= 200 && !unprintable.test(text)
    ? null
    : 'must be at most 200 characters without control characters'

/** Fields whose label in the form is another word. */
const labels: Readonly<Record<string, string>> = {
  category: 'Cause',
  kind: 'What',
  q: 'Text',
  flag: 'Records',
}

/** Everything wrong with what was given, a sentence each; names without a check are not looked at. */
export function faultsOf(
  given: Given,
  checks: Readonly<Record<string, TextCheck>>,
  own: Readonly<Record<string, string>> = labels,
): readonly string[] {
  return Object.entries(checks).flatMap(([name, check]) => {
    const text = given[name]
    const fault = text === undefined ? null : check(text)
    return fault === null ? [] : [`${own[name] ?? capital(name)} ${fault}.`]
  })
}

export function Faults({ faults }: { readonly faults: readonly string[] }): VNode {
  return (
    <>
      {faults.map(fault => (
        <Notice key={fault} kind="fault">
          {fault}
        </Notice>
      ))}
    </>
  )
}
