// What English refusals say, by their grammar: a noun for the recipient beside words of absence, of a full or of a closed
// mailbox; a mail beside words of its size; a sender beside words of too much. Phrases of known programs are rows of
// `knowledge/causes`; this reads whatever else is written.

import type { Category } from '../model/categories.ts'
import { aboutMail } from './english-mail.ts'
import { aboutMailbox } from './english-mailbox.ts'
import { aboutRecipient } from './english-recipient.ts'
import { aboutSender } from './english-sender.ts'
import { aboutServers } from './english-server.ts'
import { absence, adverb, is, leadingTo } from './english-words.ts'
import { once } from './once.ts'

export interface EnglishMeaning {
  readonly category: Category
  readonly start: number
  readonly end: number
}

/** Built when the first refusal asks for them: a command that reads no mail pays nothing. */
const patterns = once(() => [
  ...aboutRecipient(),
  ...aboutMailbox(),
  ...aboutMail(),
  ...aboutSender(),
  ...aboutServers(),
])
const maxChars = 1024

/** What the words say, at most one meaning a pattern. Text is in the form refusals are searched in. */
export function englishMeanings(text: string): readonly EnglishMeaning[] {
  const searched = text.slice(0, maxChars)
  return patterns().flatMap(([category, pattern]) => {
    const found = pattern.exec(searched)
    return found === null ? [] : [{ category, start: found.index, end: found.index + found[0].length }]
  })
}

/** Of a mail that came, what is not there: `the contact in your signature does not exist`. */
const partAbsent = once(() =>
  leadingTo(
    `(?:in|of|on) (?:the|this|your) (?:[a-z-]{1,14} )?(?:message|mail|e-?mail|body|header|signature|footer|newsletter|template|text) ${is}${adverb}`,
    absence,
  ),
)

/** A refusal that says of a part of the mail that it is not there. */
export const saysPartAbsent = (text: string): boolean => partAbsent().exec(text.slice(0, maxChars)) !== null

/** `550 <ana@example.org>: unknown`: nothing else is said of the address. */
const bare =
  /^(?:[45]\d\d )?(?:[45]\.\d{1,3}\.\d{1,3} )?[:.]{1,3} ?(?:unknown|not found|does not exist|no such|not known)[.!]?$/

/** `553 example.org does not exist`, its host name cut out. */
const bareHost =
  /(?:^|[45]\d\d )(?:[45]\.\d{1,3}\.\d{1,3} )?(?:domain |host )?(?:does not exist|doesn.t exist|not found|unknown|is unknown)[.!]?$/

/** A refusal that says of a host name alone that there is none. */
export function isBareHostDenial(words: string, withoutHosts: string): boolean {
  return words !== withoutHosts && bareHost.test(withoutHosts.trim().slice(-60))
}

export function isBareDenial(words: string): boolean {
  return words.length < 60 && bare.test(words.trim())
}
