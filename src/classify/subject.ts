// Whom or what a phrase of absence is about, by the words around it in its sentence: many recipients at once, whoever
// is addressed, or a thing. Only a refusal of one recipient says that an address is bad.

import { wordingsOf } from '../knowledge/languages.ts'
import { createPhraseIndex } from '../knowledge/phrase-index.ts'
import type { Category } from '../model/categories.ts'
import { forAWhile, owner } from './english-words.ts'
import { once } from './once.ts'

/**
 * `crowd`: our mail goes to too many dead addresses. `sender`: "you". `thing`: a header, a link, a product. `condition`: it
 * is supposed or denied, not stated. `meanwhile`: it is said of a time that ends.
 */
export type OtherSubject = 'crowd' | 'sender' | 'thing' | 'condition' | 'meanwhile'

const maxBeforeChars = 100
const maxBehindChars = 60

/** Words of a number or of repetition. */
const manyIn = createPhraseIndex(wordingsOf('particles.many'))
const isOfMany = (words: string): boolean => manyIn(words).has('particles.many')

/** Japanese and Korean count behind the noun: `存在しない宛先が多すぎます`. */
const isCountedBehind = (words: string, behind: string): boolean =>
  /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/.test(words) && isOfMany(behind.slice(0, maxCountChars))
const maxCountChars = 12

/** What may come in the same clause behind the words: `unknown recipients exceeded`. */
const measured = /^[^\s.;!?]{0,3} (?:limit|exceeded|count|ratio|rate|threshold|percentage)\b/

/** Numbers that count this mail's recipients, or programs' own words for one. */
const plainNumber = /\b(?:one or more|several matches|multiple matches)\b/

/** `you are an unknown user`, `your unsubscribe mailbox does not exist`; what is ours is not the recipient's. */
const addressed =
  /(?:\b(?:you are|you're|you were|we are) (?:an? |not an? |the )?|\byour (?:(?!message|mail|e-?mail|recipient|intended|addressee|letter|contact)[a-z'-]{1,20} ){0,2})$/

/** `from` domain not found */
const ofSender =
  /\b(?:from:?|sender(?:.s)?|sending|originating|originator(?:.s)?|submitter(?:.s)?|bounce|return|reply|errors-to|envelope|honey ?pot|trap|spamtrap) $/

/** `user unknown to this list`: who writes is not among its members. */
const ofList = /^ (?:to|on|for) (?:the|our|this) (?:(?:mailing )?list|group|forum)\b(?! server)/

/** `while the directory is rebuilt`; `while searching` is what the server did. */
const mails =
  '(?:the |your |this |our |a )?(?:messages?|mail|e-?mails?|delivery|session|smtp|connection|letter|transaction|attempt|first|last|past|processing|rcpt|data)\\b'
const machines =
  '(?:directory|database|ldap|backend|server|system|look ?up|service|network|storage|disk|cluster|replica|domain controller|mail ?store)'
const span = `(?:while|until|as long as) (?!${mails}|[a-z]{1,14}ing\\b|(?:in|on|at) )[a-z]|(?:because|since|as) (?:the |our |its |this |a |an )?(?:[a-z]{1,12} )?${machines} (?:is|was|are|did|does|cannot|could|has)\\b|during (?!${mails})(?:the|our|this|its|his|her|their) |(?:during|in|under) (?:the |our |an? )?(?:[a-z]{1,12} )?(?:maintenance|migration|upgrade|outage|rebuild|reorgani[sz]ation|relocation)`
const spanBefore = new RegExp(`\\b(?:${span}|(?:temporarily|momentarily) $)`)
const spanBehind = new RegExp(
  `^(?: (?:at the moment|for the moment|right now|just now|for now|at present|temporarily|yet|so far|momentarily)\\b|[^.;!?\\n]{0,40}\\b(?:${span}))`,
)

/** `user unknown or password wrong`: who logged in. */
const orPassword =
  /^[^.;]{0,4} ?(?:or|and|\/|,) ?(?:the |your |an? )?(?:bad |wrong |incorrect |invalid )?(?:password|credentials|login)\b/

/** Words that put what follows in doubt, beside the conditions of every language. */
const supposed =
  /\b(?:whether|perhaps|maybe|possibly|probably|either|suppose|provided|not (?:because|that|say that) (?:the|this|your)|not an?)\b[^,:]{0,40}$/
const conditionIn = once(() =>
  createPhraseIndex(
    (['particles.condition', 'particles.condition-behind'] as const)
      .flatMap(wordingsOf)
      // One character may be part of any other word.
      .filter(({ text }) => text.length > 1),
  ),
)
const maxConditionChars = 8

/** `if the user does not exist`, `存在しない場合`, `user unknown?` */
function isSupposed(before: string, behind: string): boolean {
  if (/^ ?[?？]/.test(behind)) return true
  const clause = before.slice(Math.max(before.lastIndexOf(','), before.lastIndexOf(':')) + 1)
  if (supposed.test(clause)) return true
  return (
    conditionIn()(clause).has('particles.condition') ||
    (/[^\0-\x7f]/.test(behind) &&
      conditionIn()(behind.slice(0, maxConditionChars)).has('particles.condition-behind'))
  )
}

const things =
  'message-id|message id|list-unsubscribe|unsubscribe|unsubscription|subscription|header|headers|body|attachment|attachments|image|images|picture|url|urls|uri|link|links|hyperlink|web ?site|web ?page|landing page|products?|campaign|newsletter|template|certificate|signature|selector|dkim|logo|script|macro|attached file|container|charset|contact details|submission|reply-to|help ?desk|access list|promotion|placeholder|tracking|pixel|hashtag|phone|voucher|coupon|cc|bcc|field'
const thingBefore = new RegExp(`(?<![\\w@])(?:${things})(?![\\w@])`)
const thingBehind = new RegExp(
  `\\b(?:(?:for|in|of|on|by|from|inside|within) (?:an? |the |your |this |our |any )?(?:[a-z-]{1,20} )?(?:${things})\\b|in (?:the|your|this) (?:message|mail|text)\\b)`,
)
const maxBetweenChars = 30

/** A thing named in the same clause. A `{0,30}` before the expression would cost more to compile than most mails to read. */
function isThingBehind(behind: string): boolean {
  const [clause] = behind.split(/[.;!?\n]/, 1) as [string]
  const found = thingBehind.exec(clause)
  return found !== null && found.index <= maxBetweenChars
}

/** `the server of this` domain is unknown: to whom, and not the domain */
const serverOf = /\b(?:server|host|mx|exchanger|name ?server) (?:of|for) (?:the|this|that|its) $/

/** `you may not send to unknown recipients`: whoever they are, not the one that was tried. */
const anySuch =
  /\b(?:send|sending|sent|mail|mailing|write|writing|relay|relaying|deliver|delivery|delivering) (?:mails? |messages? |e-?mails? |anything )?(?:to|for) (?:any |all |such )?$/
const isPlural = (words: string, behind: string): boolean => words.endsWith('s') || /^e?s\b/.test(behind)

/** The other subject of the words from `start` to `end`, null for one recipient or none named. */
export function otherSubject(text: string, start: number, end: number): OtherSubject | null {
  const before = sentenceBefore(text, start)
  const behind = text.slice(end, end + maxBehindChars)
  const words = text.slice(start, end)
  if (
    !plainNumber.test(before + words) &&
    (measured.test(behind) || isOfMany(before) || isCountedBehind(words, behind))
  )
    return 'crowd'
  if (addressed.test(before) || ofList.test(behind)) return 'sender'
  if (ofSender.test(before) && /^(?:domain|address|mailbox)/.test(words)) return 'sender'
  if (serverOf.test(before) && words.startsWith('domain')) return 'thing'
  if (/^ of yours\b/.test(behind)) return 'sender'
  if (anySuch.test(before) && isPlural(words, behind)) return 'sender'
  if (thingBefore.test(before) || isThingBehind(behind) || orPassword.test(behind)) return 'thing'
  if (spanBefore.test(before) || spanBehind.test(behind)) return 'meanwhile'
  return isSupposed(before, behind) ? 'condition' : null
}

const byOwner = new RegExp(`^ ?(?:[a-z]{1,12} ){0,2}by (?:the |this |an? |its )?${owner}(?!\\w)`)
const ownersOwn =
  /(?:\b(?:recipient|addressee|user|owner|holder).s (?:own |personal |private |mail ){0,2}|\bpersonal )$/
const ownerRefuses = new RegExp(
  `(?<!\\w)${owner} (?:of this [a-z]{1,12} )?(?:refuses?|rejects?|declines?|blocks?|does not (?:accept|take|want)|doesn.t (?:accept|take|want)) (?:any |all |the )?(?:mails? |messages? |e-?mails? )?(?:from |of )?(?:any |all |an? )?$`,
)
/** `the recipient` before `rejects mail from` */
const ownerBefore = new RegExp(`(?<!\\w)${owner} (?:of this [a-z]{1,12} )?$`)
const boxBefore =
  /(?<!\b(?:your|sender|sender.s) )\b(?:mail-?box|mail box|inbox|account|user|recipient|addressee) $/
/** `not allowed to send to` this list */
const listBehind = /^ (?:to )?(?:the|this|that) (?:[a-z]{1,14} )?(?:list|group|forum)\b/
const untilLater = new RegExp(`^${forAWhile}(?!\\w)`)
const hostNamed = /\b(?:ips?|hosts?|servers?|networks?)\b/
const linkBefore = /\b(?:urls?|uris?|links?|web ?sites?|hyperlinks?)\b/
const heldByMailbox =
  /(?<!\b(?:your|sender|sender.s) )\b(?:mail-?box|inbox|account|user|recipient|addressee)(?:.s)? (?:(?:already|currently|has|have|holds|contains|is|are|exceeded|reached|got|with|the|its) ){0,4}$/
const contents =
  /^(?:too (?:many|much) (?:messages|mails?|emails?|items)|(?:reached|exceeded|hit) (?:the |its )?limit|number of messages|messages|(?:maximum|max) number of messages|over the limit|message limit|mail limit|(?:reached|exceeded) (?:the|its) (?:limit|number|maximum) of (?:messages|mails|e-?mails|items)\b.*)/
const overTime =
  /^ ?(?:from|per|sent|today|this (?:hour|day)|in (?:the|this|an?)|within|to)\b|^[^.;!?\n]{0,40}\b(?:per|hour|hourly|daily|sending|recipients|connections|rate)\b/

/** `address in the To header does not exist` */
export const namesThing = (words: string): boolean => thingBefore.test(words)

/** Who refuses, where it is the owner of the mailbox or a list of addresses in links. */
function refusedBeside(
  id: string,
  category: Category,
  before: string,
  words: string,
  behind: string,
): Category | null {
  // `IP address blacklisted by recipient` is about a host all the same.
  const isOfHost = category === 'blocked' && hostNamed.test(before.slice(before.lastIndexOf(':') + 1) + words)
  const isOwners = category !== 'sender-rejected' && ownersOwn.test(before)
  if (isOfHost) return null
  // `mailbox` is blocked
  if (id === 'blocked/host-plain' && /^is /.test(words) && boxBefore.test(before)) return 'mailbox-disabled'
  if (id === 'sender-rejected/refuses-from' && ownerBefore.test(before)) return 'filtered'
  if (id === 'sender-rejected/sender' && listBehind.test(behind)) return 'filtered'
  if (isOwners || byOwner.test(behind) || ownerRefuses.test(before)) return 'filtered'
  return id === 'blocked/list' && linkBefore.test(before) ? 'spam' : null
}

/** `size of your letter goes` over the limit */
const sizes = /\b(?:size|length|bytes|octets|weight)\b|\d ?[kmg]i?b\b/
function isOfSize(before: string, words: string, behind: string): boolean {
  return sizes.test(`${before}${words} ${behind.split(/[.;!?\n]/, 1)[0]}`) && !/\bper\b/.test(behind)
}
/** `lifetime of the message` exceeded */
const ages = /\b(?:life ?time|time to live|retention|age)\b/
/** `the sender is` blacklisted */
const senderIs = /\bsender(?: address| domain)? (?:is |was |has been )?$/
/** `this mailbox` takes no mail, where a domain would say that none of its addresses does */
const accountBefore =
  /\b(?:mail-?box|inbox|account|alias|user|list|group)\b(?![^.;]*\b(?:domain|host|server)\b)/
/** banned `words`, blocked `attachments` */
const partBehind =
  /^ (?:words?|phrases?|contents?|attachments?|files?|file types?|terms|extensions?|expressions?|language)\b/
/** cannot append message`: quota` */
const quotaBehind = /^[^.;!?\n]{0,24}\b(?:over ?)?quota\b/

/** `mailbox ana` could not be resolved */
const namedBefore =
  /(?<!sender )\b(?:mail-?box|user|recipient|account|alias|login)(?: name)? (?!(?:domain|host|address|server|mx) )(?:[^\s]{1,40} )?$/
/** `the spool has` no free space */
const diskBefore = /\b(?:spool|disk|partition|volume|file ?system|queue) (?:[a-z]{1,10} ){0,2}$/

/** `no disk space` left for this user */
const forMailbox =
  /^(?: left| available)? (?:for|in|of) (?:the |this |that |his |her )?(?:user|recipient|mail-?box|inbox|customer|account)\b/

/** Causes that the words around make other causes; the first that fits counts. */
const besides: readonly (readonly [
  told: Category,
  meant: Category,
  fits: (before: string, words: string, behind: string) => boolean,
])[] = [
  ['blocked', 'content', (_, __, behind) => partBehind.test(behind)],
  ['blocked', 'sender-rejected', before => senderIs.test(before)],
  ['not-accepting', 'mailbox-disabled', before => accountBefore.test(before)],
  // `account closed for the holidays`
  [
    'unknown-user',
    'mailbox-disabled',
    (_, words, behind) => words.endsWith('closed') && untilLater.test(behind),
  ],
  // `the recipient does not want` newsletters
  ['spam', 'filtered', before => ownerBefore.test(before)],
  ['rate-limited', 'expired', (before, words) => ages.test(before + words)],
  ['too-big', 'expired', (before, words) => ages.test(before + words)],
  ['rate-limited', 'too-big', isOfSize],
  ['system-error', 'mailbox-full', (_, __, behind) => quotaBehind.test(behind)],
  ['unknown-domain', 'unknown-user', before => namedBefore.test(before)],
  ['mailbox-full', 'system-full', before => diskBefore.test(before)],
  ['system-full', 'mailbox-full', (_, __, behind) => forMailbox.test(behind)],
]

/** Whose list or deed the words are about, where not a server's: the owner of the mailbox, a link, a mailbox that holds too much. */
export function toldBeside(
  id: string,
  category: Category,
  text: string,
  start: number,
  end: number,
): Category | null {
  const before = sentenceBefore(text, start)
  const behind = text.slice(end, end + maxBehindChars)
  const words = text.slice(start, end)
  const beside = besides.find(([told, , fits]) => told === category && fits(before, words, behind))
  if (beside !== undefined) return beside[1]
  if (category === 'blocked' || category === 'policy' || category === 'sender-rejected')
    return refusedBeside(id, category, before, words, behind)
  return category === 'rate-limited' && isOfStorage(text, start, end) ? 'mailbox-full' : null
}

/** `mailbox holds too many messages` */
function isOfStorage(text: string, start: number, end: number): boolean {
  return (
    heldByMailbox.test(sentenceBefore(text, start)) &&
    contents.test(text.slice(start, end).trim()) &&
    !overTime.test(text.slice(end, end + maxBehindChars))
  )
}

function sentenceBefore(text: string, start: number): string {
  const before = text.slice(Math.max(0, start - maxBeforeChars), start)
  const ends = /^[\s\S]*(?:[.;!?] |\n)/.exec(before)
  return before.slice(ends?.[0].length ?? 0)
}

/** A complaint about many addresses in words that no phrase of a dead address has. */
const crowded =
  /(?<!\w)(?:too (?:many|much)|so many|(?:several|many|most|some) of your|repeated|excessive|(?:high|large) (?:number|rate|percentage) of|number of|ratio of) (?:[a-z'-]{1,20} ){0,4}?(?:recipients are (?:unknown|invalid)|invalid|unknown|non-?existent|bad|wrong|dead|undeliverable|addresses that do not exist|(?:users|recipients|mailboxes|accounts) (?:that|who|which) (?:do not|don't) exist)(?!\w)/

/** The words that complain about many dead addresses, null for none. */
export function crowdComplaint(text: string): string | null {
  return crowded.exec(text)?.[0] ?? null
}
