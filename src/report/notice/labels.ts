// Labels before a colon, in whatever language: whose address stands behind, or that it is a subject.

import { folded } from '../../knowledge/folding.ts'
import { textsOf } from '../../knowledge/languages.ts'
import { addressesInText } from '../machine/typed-address.ts'

const senders = new Set(textsOf('labels.sender'))
const recipients = new Set(textsOf('labels.recipient'))
const subjects = new Set(textsOf('labels.subject'))

/** Names take what `labelName` gives. */
export const isSenderLabel = (name: string): boolean => senders.has(name)
export const isRecipientLabel = (name: string): boolean => recipients.has(name)
export const isSubjectLabel = (name: string): boolean => subjects.has(name)

/** `Recipient 2` is `recipient`. */
export function labelName(label: string): string {
  return folded(label)
    .trim()
    .replace(/\s?#?\d{1,3}$/, '')
}

const label = /^\s{0,20}(\p{L}[\p{L}\p{M}\d -]{0,30}?)\s?[:：](?:\s|(?=[<"']?\S{1,64}@)|$)/u

/** With the blanks before it. */
const maxLabelChars = 100

/** The label a line begins with, folded and without its number; empty where none does. */
export function labelOf(line: string): string {
  if (!/[:：]/.test(line.slice(0, maxLabelChars))) return ''
  return labelName(label.exec(line.slice(0, 120))?.[1] ?? '')
}

/** What stands behind the label. */
export function labelledValue(line: string): string {
  return line.slice(label.exec(line.slice(0, 120))?.[0].length ?? 0).trim()
}

/** The addresses that lines label as the sender's. */
export function labelledSenders(lines: readonly string[]): readonly string[] {
  return lines
    .filter(line => line.includes('@') && isSenderLabel(labelOf(line)))
    .flatMap(line => addressesInText(line, 2))
}
