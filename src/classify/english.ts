// What English refusals say of a mailbox, by their grammar: a noun for the recipient beside words of absence, of a full
// or of a closed mailbox. Phrases of known programs are rows of `knowledge/causes`; this reads whatever else is written.

import type { Category } from '../model/categories.ts'

export interface EnglishMeaning {
  readonly category: Extract<Category, 'unknown-user' | 'mailbox-full' | 'mailbox-disabled'>
  readonly start: number
  readonly end: number
}

const noun =
  '(?:e-?mail |mail |local |destination |user )?(?:user(?: ?name)?|recipient|rcpt|mail-?box|mail box|inbox|account|address|addressee|person|alias|login|customer|employee|student)'
/** Somebody else's, or a thing's. */
const notOthers =
  '(?<!\\b(?:sender|sending|from|reply|reply-to|return|ip|your|our|mac|source|client|host|network|url|web|server|any|each|contact|support|forwarding|invalid) )'
const absent =
  '(?:unknown|unrecogni[sz]ed|not recogni[sz]ed|non-?existent|does(?: not|n.t) exist|not found|not known|deleted|removed|gone|cancelled|terminated|unassigned|invalid|not valid)'
const closed =
  '(?:frozen|locked|switched off|turned off|disabled|deactivated|inactive|not active|suspended|closed for now|on hold|dormant|blocked by its owner)'
const full =
  '(?:over (?:the |its |his |her |their |disk |storage |size |mail |allowed |permitted )*(?:quota|limit|number|size)|(?:has |have |with )?no (?:more |free )?(?:disk |storage )?(?:space|room)(?: left)?|(?:has )?used up|used all|out of (?:disk |storage )?space|is full|at capacity|(?:disk|storage|mail|mailbox) (?:limit|space|storage) (?:is |was |has been )?(?:reached|exceeded|full|used up|exhausted))'
const adverb = '(?:recently |currently |temporarily |temporary |already |now |permanently |still )?'
const is = '(?:is |was |has been |have been |are |were )?'

/** What ends `no mailbox …`: no noun that makes it something else, like `no user quota`. */
const ending =
  '(?= ?(?:$|[.,;:!()\\n]| (?:here|by|of|at|with|named|called|found|matching|for|on)\\b| [^\\s.,;]{1,64} ?(?:$|[.;,)\\n]| (?:here|at|on)\\b)))'

const patterns: readonly (readonly [EnglishMeaning['category'], RegExp])[] = [
  ['mailbox-disabled', new RegExp(`not an? active ${noun}(?!\\w)`)],
  ['unknown-user', new RegExp(`(?<!\\w)no (?:such |known )?${noun}${ending}`)],
  ['unknown-user', new RegExp(`(?<!\\w)${notOthers}${noun}(?: name)?:? ${is}${adverb}${absent}(?!\\w)`)],
  ['unknown-user', new RegExp(`(?<!\\w)(?:unknown|unrecogni[sz]ed|non-?existent|deleted) ${noun}(?!\\w)`)],
  ['unknown-user', /(?<!\w)(?:user|person|recipient) has no (?:account|mail-?box|inbox)(?!\w)/],
  [
    'unknown-user',
    /(?<!\w)not (?:on|in) (?:the|our|my) (?:list of (?:valid |known |allowed )?(?:recipients|users|mailboxes|addresses)|(?:recipient|user) list)(?!\w)/,
  ],
  ['mailbox-full', new RegExp(`(?<!\\w)${notOthers}${noun}(?: [a-z']{1,12}){0,3} ${full}(?!\\w)`)],
  ['mailbox-disabled', new RegExp(`(?<!\\w)${notOthers}${noun} ${is}${adverb}${closed}(?!\\w)`)],
  // The local part stands where the noun would.
  ['mailbox-disabled', new RegExp(`(?<!\\w)${notOthers}user [^\\s@]{1,64} ${is}${adverb}${closed}(?!\\w)`)],
  [
    'mailbox-disabled',
    new RegExp(
      `(?<!\\w)${closed.replace('blocked by its owner', 'expired')} ?(?:user|recipient|mailbox|account)(?!\\w)`,
    ),
  ],
]

const MAX_CHARS = 1024

/** What the words say, at most one meaning a pattern. Text is in the form refusals are searched in. */
export function englishMeanings(text: string): readonly EnglishMeaning[] {
  const searched = text.slice(0, MAX_CHARS)
  return patterns.flatMap(([category, pattern]) => {
    const found = pattern.exec(searched)
    return found === null ? [] : [{ category, start: found.index, end: found.index + found[0].length }]
  })
}

/** `550 <ana@example.org>: unknown`: nothing else is said of the address. */
const bare =
  /^(?:[45]\d\d )?(?:[45]\.\d{1,3}\.\d{1,3} )?[:.]{1,3} ?(?:unknown|not found|does not exist|no such|not known)[.!]?$/

export function isBareDenial(words: string): boolean {
  return words.length < 60 && bare.test(words.trim())
}
