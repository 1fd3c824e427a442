// What English refusals say, by their grammar: a noun for the recipient beside words of absence, of a full or of a closed
// mailbox; a mail beside words of its size; a sender beside words of too much. Phrases of known programs are rows of
// `knowledge/causes`; this reads whatever else is written.

import type { Category } from '../model/categories.ts'
import {
  absent,
  adverb,
  any,
  ending,
  full,
  is,
  knows,
  mail,
  mailbox,
  maybe,
  nothing,
  notOthers,
  noun,
  owner,
  relative,
  seeks,
  size,
  stop,
  traffic,
} from './english-words.ts'

export interface EnglishMeaning {
  readonly category: Category
  readonly start: number
  readonly end: number
}

const pattern = (words: string): RegExp => new RegExp(`(?<!\\w)${words}(?!\\w)`)

const genuine = ['known', 'valid', 'registered', 'recogni[sz]ed', 'existing', 'local', 'deliverable'] as const

const patterns: readonly (readonly [Category, RegExp])[] = [
  ['mailbox-disabled', pattern(`not an? active ${noun}`)],
  ['unknown-user', new RegExp(`(?<!\\w)no ${maybe('such', 'known', 'matching', 'valid')}${noun}${ending}`)],
  ['unknown-user', pattern(`${notOthers}${noun}(?: name)?:? ${relative}${is}${adverb}${absent}`)],
  [
    'unknown-user',
    pattern(
      `${any('unknown', 'undefined', 'unrecogni[sz]ed', 'non-?existent', 'deleted', 'unassigned', 'incorrect', 'mistyped', 'misspell?ed', 'misspelt')} ${noun}`,
    ),
  ],
  // `ana is not a user at this site`
  [
    'unknown-user',
    pattern(
      `(?<!\\b(?:you|your|sender|from|client|host|ip|domain)\\b[^.;,]{0,30})(?:is not|isn.t|was not) an? ${maybe(...genuine)}${noun} (?:here|at|on|in|of|with|known)`,
    ),
  ],
  // `Recipient is not a registered user`
  [
    'unknown-user',
    pattern(`${notOthers}${noun} (?:is not|isn.t|was not) an? ${any(...genuine)} (?:${mailbox}|person)`),
  ],
  ['unknown-user', pattern('(?:user|person|recipient) has no (?:account|mail-?box|inbox)')],
  [
    'unknown-user',
    pattern(
      'not (?:on|in) (?:the|our|my) (?:list of (?:valid |known |allowed )?(?:recipients|users|mailboxes|addresses)|(?:recipient|user) list)',
    ),
  ],
  // `nobody here is called ana`, `no one of that name is listed`
  [
    'unknown-user',
    pattern(
      `(?:nobody|no one|no-one|noone) (?:is )?${any('here', 'of', 'by', 'with', 'called', 'named', 'known', 'at this')}`,
    ),
  ],
  [
    'unknown-user',
    pattern(`(?:isn.t|is not|not) any(?:one|body) ${any('here', 'with', 'by', 'called', 'named')}`),
  ],
  [
    'unknown-user',
    pattern(`no (?:record|trace|entry|sign) (?:of|for) (?:an?|any|this|that|the|such an?) ${noun}`),
  ],
  [
    'unknown-user',
    pattern(
      `${knows} (?:anyone|anybody|any such|(?:this|that|the|a|any|such an?) ${maybe('such')}(?:${mailbox}|person))`,
    ),
  ],
  [
    'unknown-user',
    pattern(
      `${seeks} [^\\s.;]{1,64} (?:with|to|in|among) (?:any of )?(?:our|the) (?:mailboxes|users|accounts|recipients|directory)`,
    ),
  ],
  [
    'unknown-user',
    pattern(
      `${seeks} (?:an?|any|the|this|that|such an?)? ?${maybe('such', 'matching', 'local', 'valid')}${noun}`,
    ),
  ],
  [
    'unknown-user',
    pattern(
      `(?:has|have) left (?:the|our|this) (?:company|organi[sz]ation|firm|business|school|university|team|office|group|institute)`,
    ),
  ],
  [
    'unknown-user',
    pattern(
      `(?:is |are )?no longer (?:an? )?(?:work(?:s|ing)?|employed|employee|with us|with the|our|at this|a member|a student|a customer)`,
    ),
  ],
  [
    'unknown-user',
    pattern(
      `${notOthers}(?:ldap|directory|user|recipient|rcpt|address|alias|account|mailbox) (?:lookup|query|search|check)(?: (?:returned|gave|found|yielded)|[:,;.]{1,3}| -) ${nothing}`,
    ),
  ],
  [
    'unknown-domain',
    pattern(
      `${notOthers}(?:mail |e-?mail )?domain(?: name)? ${is}${adverb}(?:unknown|non-?existent|misspell?ed|mistyped|not (?:known|registered|found|in (?:the )?dns)|never registered)`,
    ),
  ],
  ['mailbox-full', pattern(`${notOthers}${noun}(?:.s)?(?: [a-z']{1,12}){0,3} ${full}`)],
  [
    'mailbox-full',
    pattern(
      `(?:too many (?:messages|mails|e-?mails|items) in|(?:not enough|insufficient|no|no more) ${maybe('free', 'disk', 'storage')}(?:space|room|storage|quota) (?:left )?(?:in|for|on)) (?:the |this |that |recipient.?s |user.?s |their |his |her )*(?:${mailbox})`,
    ),
  ],
  [
    'mailbox-full',
    pattern(`${notOthers}${noun} [a-z ]{0,12}(?:9\\d|1\\d\\d) ?% (?:full|of (?:the|its|his|her))`),
  ],
  ['mailbox-disabled', pattern(`${notOthers}${noun} ${is}${adverb}${stop}`)],
  // The local part stands where the noun would.
  ['mailbox-disabled', pattern(`${notOthers}user [^\\s@]{1,64} ${is}${adverb}${stop}`)],
  [
    'mailbox-disabled',
    pattern(`${stop.replace('blocked by its owner', 'expired')} ?(?:user|recipient|mailbox|account)`),
  ],
  [
    'too-big',
    pattern(
      `${mail} ${maybe('size')}(?:is |was |of \\S{1,20} )?(?:too (?:large|big|heavy|long)|(?:bigger|larger|heavier|greater) than|exceeds|exceeded) (?:than )?(?:the|our|this|its|a|allowed|maximum|permitted|\\d)`,
    ),
  ],
  [
    'too-big',
    pattern(
      `(?:bigger|larger|heavier) than (?:this|the|our) ${any('user', 'recipient', 'server', 'mailbox', 'system', 'limit', 'maximum')}`,
    ),
  ],
  [
    'rate-limited',
    pattern(
      `(?:too (?:many|much)|excessive(?: number of)?) (?:[a-z-]{1,14} ){0,2}${traffic} (?:[a-z]{1,8} )?(?:from|sent|per|in|within|by|to)`,
    ),
  ],
  ['too-big', pattern(`size of (?:the |your |this )?${mail} (?:is )?(?:over|above|beyond|exceeds)`)],
  [
    'rate-limited',
    pattern(
      `(?:reached|exceeded|over|hit|used up) (?:your|the) (?:limit|quota|maximum|number) (?:of|for) (?:\\d{1,6} )?(?:[a-z]{1,12} ){0,2}${traffic}`,
    ),
  ],
  [
    'rate-limited',
    pattern(
      '(?:sending|sent|connecting|connect) (?:us |mail |messages |e-?mails? )?(?:too (?:fast|quickly|often|much|many)|at (?:too|an? (?:excessive|abnormal)))|slow down|send(?:ing)? faster than|(?:hourly|daily|per[- ](?:hour|day|minute)|sending|message) (?:[a-z]{1,12} )?(?:quota|limit|rate|allowance) (?:(?:for|of) (?:your|this) \\w{1,12} )?(?:is |was |has been )?(?:reached|exceeded|used up|exhausted)|quota for your (?:domain|ip|host|server|network)',
    ),
  ],
  [
    'non-compliant',
    pattern(
      '(?:(?:no|missing|lacks|lacking|without|more than one|several|duplicate|multiple) (?:[a-z-]{1,12},? (?:or )?){1,4}headers?|(?:two|several|more than one) (?:subject|from|date|to|message-id) (?:lines?|fields?|headers?))',
    ),
  ],
  [
    'filtered',
    pattern(
      `(?:takes|accepts|receives|allows|wants) (?:only )?${mail}s? (?:only )?from [a-z ]{1,40} only|(?:takes|accepts|receives|allows|wants) (?:only ${mail}s? from|${mail}s? only from)`,
    ),
  ],
  // Sizes with their unit: `only messages up to 10 MB`, `your mail is 34 MB big`.
  [
    'too-big',
    pattern(
      `(?:${mail}s? ${any('up to', 'over', 'above', 'larger than', 'bigger than', 'of more than', 'beyond', 'exceeding', 'below', 'under', 'smaller than')}|${mail} (?:size )?(?:is|was|has|of)(?: a size of)?|${any('takes', 'accepts', 'allows', 'permits', 'takes only', 'accepts only', 'only takes', 'only accepts')} ${maybe('at most', 'up to', 'no more than', 'a maximum of')}) ${size}`,
    ),
  ],
  [
    'too-big',
    pattern(`size of (?:the |your |this )?${mail}(?: \\(?${size}\\)?)? (?:is )?too (?:large|big|high)`),
  ],
  [
    'filtered',
    pattern(
      `${any('reject\\w{0,3}', 'refus\\w{0,3}', 'block\\w{0,3}', 'discarded', 'filtered', 'declined', 'deleted', 'stopped')} by (?:the |an? |this |its )?${owner}`,
    ),
  ],
  [
    'filtered',
    pattern(
      `${owner} (?:of this [a-z]{1,12} )?(?:(?:has |have )?(?:chosen|decided|opted|asked|elected|preferred) not to|${any('refuses', 'declines', 'rejects', 'blocks', 'turned down', 'declined', 'does not (?:want|take)', 'doesn.t (?:want|take)', 'does not wish to', 'will not')} (?:to )?(?:accept|receive|get|take|any|all|your|mails?|messages?|e-?mails?))`,
    ),
  ],
  [
    'filtered',
    pattern(
      `not (?:on|in) (?:the |this |their |an? |his |her )?(?:[a-z]{1,12}.s )?(?:white ?list|allow ?list|safe ?list|contact list|contacts|address book) of (?:the|this|that) ${noun}`,
    ),
  ],
  ['filtered', pattern(`(?:ignore|block|black|deny|reject) ?list of (?:the|this|that) ${owner}`)],
  ['sender-rejected', pattern('(?:do not|don.t|does not|doesn.t) (?:know|recogni[sz]e) you')],
  [
    'content',
    pattern('(?:zip|rar|iso|exe|script|macro)s? (?:files?|attachments?|archives?) (?:are|is|were|was)'),
  ],
  [
    'suppressed',
    pattern(
      '(?:(?:previously|already|repeatedly|recently) (?:hard[- ]?)?bounced|bounced (?:before|previously|earlier|in the past|too often|repeatedly)|(?:on|in) (?:(?:the|our|your|its|an?) )?(?:[a-z]{1,12} )?(?:bounce|suppression|opt-?out|do[- ]not[- ](?:mail|send|contact)) list|global suppression)',
    ),
  ],
  [
    'greylisted',
    pattern(
      '(?:(?:sender|client|server|host|you|ip|triplet|address) )(?:is |are |was |has |have )?(?:(?:not|never)(?: been)? seen(?: here)? before|new to us|new here)',
    ),
  ],
  [
    'spam',
    pattern(
      '(?:looks?|appears?|seems?)(?: to be| like| much like)? (?:an? )?(?:junk|bulk|advertis\\w{1,8}|unsolicited|spam|phishing|a scam)|over (?:our|the) (?:junk|spam) (?:threshold|limit|score)',
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

/** Of a mail that came, what is not there: `the contact in your signature does not exist`. */
const partAbsent = pattern(
  `(?:in|of|on) (?:the|this|your) (?:[a-z-]{1,14} )?(?:message|mail|e-?mail|body|header|signature|footer|newsletter|template|text) ${is}${adverb}${absent}`,
)

/** A refusal that says of a part of the mail that it is not there. */
export const saysPartAbsent = (text: string): boolean => partAbsent.test(text.slice(0, MAX_CHARS))

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
