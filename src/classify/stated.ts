// Does a refusal state a sender's fault, or only name its topic? "no such user (SPF=pass)", "our spam filter" and
// "see RFC 5321" name a topic: they explain nothing beside a cause that is told, and forbid no hard verdict.

import type { Category } from '../model/categories.ts'

/** Causes whose words are names of things too: of filters, standards, lists and protocols. */
const topical: ReadonlySet<Category> = new Set([
  'spam',
  'virus',
  'reputation',
  'policy',
  'content',
  'auth-failure',
  'non-compliant',
  'blocked',
  'security',
  'rate-limited',
])

const maxClauseChars = 160
const maxAloneChars = 240

/** What a refusal says of a topic, in the form texts are searched. */
const statement =
  /(?<![\p{L}\d])(?:reject\p{L}*|refus\p{L}*|block(?:ed|s|ing)?|den(?:y|ied|ies)|declin\p{L}*|detect\p{L}*|found|contain\p{L}*|fail\p{L}*|listed|(?:black|block|deny)[ -]?list(?:ed)?|prohibit\p{L}*|forbid\p{L}*|restrict\p{L}*|bann?\p{L}*|violat\p{L}*|not|no|without|lack\p{L}*|missing|invalid|malformed|duplicate\p{L}*|multiple|requir\p{L}*|must|because|due|consider\p{L}*|identif\p{L}*|classif\p{L}*|recogni\p{L}*|marked|flagged|looks?|appear\p{L}*|seems?|suspect\p{L}*|suspicious|is|was|are|were|scored?|poor|low|bad|unsolicited|unaccept\p{L}*|infected|discard\p{L}*|dropp?ed|quarantin\p{L}*|unauthenticated|unauthori\p{L}*|cannot|could|unable|throttl\p{L}*|error|too|exceed\p{L}*|reached|hit|over|slow\p{L}*|limit(?:ed|ing)|mismatch\p{L}*|permerror|temperror|hardfail|softfail|spoof\p{L}*|forged|dynamic\p{L}*|abus\p{L}*|terminat\p{L}*|your (?:isp|(?:internet |mail )?provider))(?![\p{L}\d])/u

/** What is said of the recipient in the same clause. */
const absence = /(?:was |is )?(?:not found|not exist|not known|no such|no mailbox|unknown|invalid recipient)/g

/** Where a page is: `our spam policy is at https://policy.example`. */
const pointer =
  /(?<![\p{L}\d])(?:(?:is|are|can be|was) )?(?:found |read |published |available |described |explained |listed |documented )?(?:at|on|under|in|here)?[ :]{1,2}<?(?:https?:|www\.)\S{0,300}/gu

/** A check that was passed, or one that found nothing: the opposite of a fault. */
const passed =
  /\b(?:pass(?:ed)?|clean|guarded|protected|virus-free|spam-free)\b|[:=] ?(?:pass|none|ok|neutral)\b|\b(?:reports?|abuse) (?:go|goes|to)\b|^ ?(?:see|per|cf\.?) |\b(?:will|may|might|could) (?:hurt|harm|damage|affect|lower)\b/

/** Whether the words from `start` to `end`, or the clause around them, say that the sender is at fault. */
export function isStated(category: Category, text: string, start: number, end: number): boolean {
  if (!topical.has(category)) return true
  // Other scripts are told in whole phrases.
  if (/[^\0-\x7f]/.test(text.slice(start, end))) return true
  if (isAlone(text, start, end)) return true
  const clause = clauseAround(text, start, end)
  if (category === 'non-compliant' && /^rfc ?\d/.test(text.slice(start, end)) && /\baddress\b/.test(clause))
    return false
  return !passed.test(clause) && statement.test(clause.replace(absence, ' ').replace(pointer, ' '))
}

/** Nothing else is said: `553 http://list.example/query?ip=192.0.2.1`. */
function isAlone(text: string, start: number, end: number): boolean {
  if (text.length > maxAloneChars) return false
  const rest = `${text.slice(0, start)} ${text.slice(end)}`.split(' ')
  // A piece of a link is no word.
  return !rest.some(word => /\p{L}{3}/u.test(word) && !/[/:.?=]/.test(word))
}

function clauseAround(text: string, start: number, end: number): string {
  let from = start
  while (from > 0 && start - from < maxClauseChars && !separates(text, from - 1)) from--
  let to = end
  while (to < text.length && to - end < maxClauseChars && !separates(text, to)) to++
  return text.slice(from, to)
}

function separates(text: string, at: number): boolean {
  const char = text[at] ?? ''
  if (char === '\n' || char === '(' || char === ')' || char === '[' || char === ']' || char === ';')
    return true
  return (char === '.' || char === '!' || char === '?' || char === ',') && (text[at + 1] ?? ' ') === ' '
}
