// The words of English refusals, as pieces of patterns: who is meant, and what is said of them. `classify/english.ts`
// puts them together. Text is in the form refusals are searched in.

import type { Category } from '../model/categories.ts'
import { once } from './once.ts'

/** A regular expression, or what is asked like one. */
export interface WordSearch {
  /** The expression without what spares it, for tests. */
  readonly whole?: () => RegExp
  exec(text: string): { readonly index: number; readonly 0: string } | null
}

/** What words of this form say. */
export type EnglishPattern = readonly [Category, WordSearch]

/**
 * Words that begin and end where words do. `needed`: where none of these stands in a text, the expression is not even
 * compiled, which costs more than to ask it a thousand times.
 */
export function pattern(words: string, ...needed: readonly string[]): WordSearch {
  const compiled = once(() => new RegExp(`(?<!\\w)${words}(?!\\w)`))
  const isPossible = (text: string): boolean =>
    needed.length === 0 || needed.some(word => text.includes(word))
  return { whole: compiled, exec: text => (isPossible(text) ? compiled().exec(text) : null) }
}

const maxHeadChars = 200

/**
 * Words that lead to one of many predicates. In one expression every optional word before the predicates would compile
 * them all once more; here they are looked for first, once for all who share them, and what leads to each is asked then.
 */
export function leadingTo(head: string, predicates: () => RegExp): WordSearch {
  const before = new RegExp(`(?<!\\w)${head}$`)
  return {
    exec(text) {
      const tail = predicates()
      tail.lastIndex = 0
      for (let found = tail.exec(text); found !== null; found = tail.exec(text)) {
        const from = Math.max(0, found.index - maxHeadChars)
        const lead = before.exec(text.slice(from, found.index))
        if (lead !== null)
          return { index: from + lead.index, 0: text.slice(from + lead.index, found.index + found[0].length) }
        tail.lastIndex = found.index + 1
      }
      return null
    },
  }
}

/** Any of these. */
export const any = (...alternatives: readonly string[]): string => `(?:${alternatives.join('|')})`
/** One word or none, with the blank behind it. */
export const maybe = (...alternatives: readonly string[]): string => `(?:${any(...alternatives)} )?`

export const mailbox =
  'user(?: ?name| id)?|recipient|rcpt|mail-?box|postbox|post box|mail box|mail ?drop|inbox|account|address|addressee|alias|login(?: name)?'
/** No client: that is who connects. */
const person = 'person|customer|employee|student|subscriber|member of staff|colleague'
export const noun = maybe('e-?mail', 'mail', 'local', 'destination', 'target', 'user') + any(mailbox, person)
/** Somebody else's, or a thing's. */
export const notOthers =
  '(?<!\\b(?:sender|senders|sender.s|sending|from|reply|reply-to|return|ip|your|our|mac|source|client|host|network|url|web|server|any|each|contact|support|forwarding|invalid|bounce|honey ?pot|trap|spamtrap) )'
export const is = maybe(
  'is',
  'was',
  'has been',
  'have been',
  'are',
  'were',
  'appears to be',
  'seems to be',
  'got',
  'has',
)
export const adverb = maybe(
  'recently',
  'currently',
  'temporarily',
  'temporary',
  'already',
  'now',
  'permanently',
  'still',
  'long since',
  'apparently',
)
/** Without those that speak of a while. */
export const forGood = maybe('recently', 'already', 'now', 'permanently', 'long since', 'apparently')
const ours = any('our', 'the', 'this', 'my', 'any', 'its') // of whoever refuses
const register = `(?:${maybe('[a-z]{1,10}')}${any('directory', 'database', '(?:password|passwd|alias|user) file', 'user ?base', 'address ?book', 'records?', 'system', 'user list', 'list of recipients', 'files?', 'server', 'domain', 'mail ?host')})`
const nowhere = `(?:not|isn.t|wasn.t|aren.t) ${maybe('be', 'been')}${any('present', 'listed', 'registered', 'found', 'known', 'hosted', 'held', 'defined', 'configured', 'recorded', 'served', 'available')} (?:here|on|in|at|by|with|for)\\b(?! (?:the |this )?(?:moment|present|time|now|while|meantime))`

/** `the recipient you named`, `the address in the To header`, `mailbox for ana@example.org`, whose address is cut out */
export const relative =
  '(?:(?:(?:you|that|which|with|named|called|given) (?![a-z ]{0,24}(?:send|sending|sent|writ(?:e|ing)|mail|mailing|use|using|come|coming) (?:mail |messages )?(?:from|as|with)\\b)(?:[a-z]{1,12} ){1,4}?)|(?:in|on|of|behind) (?:the|this|that) (?!sender|return|reply|client)(?:[a-z-]{1,14} ){1,3}?|for )?'

/** Behind a verb: not for good. */
export const forAWhile =
  '(?: it)? (?:for (?:now|a while|maintenance|the (?:time being|moment|summer|winter|season|holidays?|weekend)|\\d)|temporarily|until)'
export const absent = any(
  'unknown',
  'unrecogni[sz]ed',
  '(?:not|never) recogni[sz]ed',
  'never (?:existed|issued|assigned|created|registered|opened|here)',
  'non-?exist(?:ent|ing)',
  '(?:does(?: not|n.t)|did(?: not|n.t)|do(?: not|n.t)) (?:seem to |appear to )?(?:be in use|exist|live here|belong to|appear (?:in|on)|occur in|match any|reside here)',
  'not found',
  'not known',
  `${any('could not', 'couldn.t', 'cannot', 'can.t', 'can not')} be ${any('found', 'located', 'resolved', 'identified', 'matched')}`,
  nowhere,
  `(?:not|isn.t|wasn.t|never) (?:in|on) (?:${ours} )?${register}`,
  '(?:not|isn.t) on file',
  `(?:isn.t|is not|not) one of (?:ours|mine|(?:our|my) ${any('users', 'customers', 'recipients', 'mailboxes', 'accounts', 'clients', 'members', 'subscribers', 'people', 'staff', 'own')})`,
  'deleted',
  `closed(?!${forAWhile})`,
  'removed',
  'erased',
  'purged',
  'gone',
  '(?:expired|inactive) and (?:was |has been )?(?:deleted|removed|purged|closed)',
  'cancell?ed',
  'terminated',
  'retired',
  'discontinued',
  'withdrawn',
  'unassigned',
  '(?:not|never|de-?)(?: been)? ?provisioned',
  'dropped',
  'not assigned',
  'invalid',
  '(?:wrong|incorrect|mistaken|mistyped|misspell?ed|misspelt|not (?:right|correct))',
  'not (?:a )?valid',
  'ceased to exist',
  'no longer (?:here|exists|known|maintained|hosted|present|registered|assigned|recogni[sz]ed|on this server|part of)',
  'not in use any ?more',
  '(?:bogus|fictitious|imaginary|made up|nonsense|fantasy)',
  '(?:not|never),? \\(?or (?:is )?(?:no longer|not any ?more)\\)?,? (?:valid|in use|known|active|there|existing)',
)
export const stop = any(
  'frozen',
  'locked',
  'switched off',
  'turned off',
  'disabled',
  'deactivated',
  'inactive',
  'not active',
  'not (?:yet |been )?(?:activated|enabled|opened|unlocked)',
  'sleeping',
  'not in (?:service|operation)',
  'asleep',
  'on ice',
  'not (?:accepting|receiving|taking) (?:any )?(?:mail|messages|e-?mails?)',
  'suspended',
  `closed${forAWhile}`,
  'on hold',
  'dormant',
  'barred',
  'paused',
  'parked',
  'archived',
  'hibernated',
  'hibernating',
  'blocked by its owner',
  'under (?:[a-z]{1,10} )?hold',
  'cannot receive(?: any)?(?: e-?mails?| mails?| messages?)?',
  '(?:temporarily|temporary|momentarily) (?:closed|deleted|removed|withdrawn|terminated|retired)',
)
/** Compiled once, looked for from anywhere: see `leadingTo`. */
const anywhere = (words: string): (() => RegExp) => once(() => new RegExp(`(?<!\\w)${words}(?!\\w)`, 'g'))
export const absence = anywhere(absent)
export const stopped = anywhere(stop)
const storage = maybe(
  'disk',
  'storage',
  'mail',
  'mailbox',
  'inbox',
  'available',
  'allowed',
  'account',
  'size',
)
export const full = any(
  '(?:is |was )?(?:stuffed|bursting|crammed|overflowing|bloated|swamped)',
  'over (?:the |its |his |her |their |disk |storage |size |mail |allowed |permitted )*(?:quota|limit|number|size|allowance|capacity)',
  '(?:has |have |with )?no (?:more |free |remaining )?(?:disk |storage )?(?:space|room)(?: left)?',
  '(?:has |have |had )?(?:used up|used all|run out of|filled|exhausted)',
  'out of (?:disk |storage |mailbox )?(?:space|room|storage)',
  '(?:is|are|was) (?:completely |totally |too |already |currently |now )?(?:full|filled)',
  'at capacity',
  `${storage}(?:storage|allowance|capacity|quota) (?:is |was |has been )?(?:reached|exceeded|full|used up|exhausted|consumed)`,
  `(?:disk|storage|mail|mailbox|inbox|size) (?:limit|space)(?: of \\S{1,8}(?: [kmgt]b)?)? (?:is |was |has been )?(?:reached|exceeded|full|used up|exhausted|consumed)`,
  `(?:has |have |had )?(?:reached|exceeded|exceeds|hit|exceeding|surpassed|passed) (?:its|the|their|his|her|your|maximum|a) ${maybe('maximum', 'allowed', 'permitted', 'assigned', 'full')}${storage}(?:limit|quota|capacity|allowance|size|space|storage)`,
  '(?:holds|contains|has) too many (?:messages|mails|e-?mails|items)',
  '(?:cannot|can.t|can not|unable to) (?:hold|store|take) (?:any )?(?:more|further|new)',
)
export const fullness = anywhere(full)
/** Deeds of mail that its sender may do too often. */
export const traffic = any(
  'mails?',
  'e-?mails?',
  'messages?',
  'connections?',
  'sessions?',
  'requests',
  'recipients',
  'transactions',
  'deliveries',
  'attempts',
)
export const mail = any('message', 'mail', 'e-?mail', 'letter', 'data', 'attachments?')

/** What ends `no mailbox …`: no noun that makes it something else, like `no user quota`. */
export const ending =
  '(?= ?(?:$|[.,;:!?()\\n]| (?:here|by|of|at|with|named|called|found|matching|for|on|in|exists|could be (?:found|located|identified|matched)|was found|under)\\b| [^\\s.,;]{1,64} ?(?:$|[.;,)\\n]| (?:here|at|on)\\b)))'
export const seeks = `${any('could not', 'couldn.t', 'cannot', 'can.t', 'unable to', 'failed to', 'did not', 'didn.t')} ${any('find', 'locate', 'identify', 'match', 'resolve')}`
export const knows = `(?:do not|don.t|did not|didn.t|does not|doesn.t|no longer) ${any('know', 'recogni[sz]e', 'have', 'host')}`

/** Where a refusal reads `of these, none`. */
export const nothing = any(
  'no (?:match(?:es)?|results?|records?|entry|entries|hits?)',
  'nothing(?: found)?',
  'none',
  'not found',
  'empty',
)
/** Whoever owns the mailbox, not the server in front of it. */
export const owner =
  '(?:recipient|addressee|user|person|(?:mailbox |account )?(?:owner|holder))(?!(?:.s)? (?:domain|server|mail ?server|host|system|mta|gateway|organi[sz]ation|policy|network|isp|provider|site|complaints?|reports?|feedback|agent|unknown))'
/** `20 MB`, `10485760 bytes` */
export const size = '\\d{1,12}(?:[.,]\\d{1,3})? ?(?:[kmg]i?b|[kmg]?bytes?|(?:kilo|mega|giga)bytes?|octets)'

/** What a thing in a mail is that nobody takes: `not welcome`. */
export const unwanted =
  '(?:not (?:accepted|allowed|permitted|wanted|welcome|supported|taken)|unwanted|refused|forbidden|blocked|banned|prohibited|unwelcome)'
/** What somebody does with a thing that they do not take. */
export const refuses =
  '(?:(?:do(?:es)? not|don.t|doesn.t|cannot|can.t|never|no longer|will not|won.t) (?:accept|take|allow|let in|permit|want|receive|like|tolerate|welcome)|reject|refuse|block)s?'
export const unable =
  '(?:could not|couldn.t|cannot|can.t|can not|unable to|failed to|not able to|not possible to|impossible to|did not manage to)'
