// Whom or what a phrase of absence is about, by the words around it in its sentence: many recipients at once, whoever
// is addressed, or a thing. Only a refusal of one recipient says that an address is bad.

/** `crowd`: our mail goes to too many dead addresses. `sender`: "you". `thing`: a header, a link, a product. */
export type OtherSubject = 'crowd' | 'sender' | 'thing'

const MAX_BEFORE_CHARS = 100
const MAX_BEHIND_CHARS = 60

/** Words of a number or of repetition, in the form texts are searched. */
const quantity =
  /(?<![\p{L}\d])(?:too many|too much|so many|many|several|excessive|repeated(?:ly)?|multiple|numerous|number of|amount of|rate of|ratio of|percentage of|lots? of|zu viele?|viele|mehrere|wiederholt\p{L}*|anzahl|trop de|beaucoup de|plusieurs|nombre de|de nombreu\p{L}*|demasiad[oa]s?|much[oa]s|vari[oa]s|numero de|troppi|troppe|molti|molte|numero di|muit[oa]s|te veel|veel|meerdere|aantal|for mange|for manga|mange|manga|flera|flere|zbyt wiele|zbyt duzo|za duzo|wielu|liczba|prilis mnoho|prilis vela|mnoho|pocet|слишком много|много|количество|занадто багато|багато|cok fazla|tul sok|prea multi|prea multe|liian mon\p{L}*|παρα πολλ\p{L}*|твърде много|previse|prevec|terlalu banyak|qua nhieu)(?![\p{L}\d])|trop d'|多すぎ|多数|过多|太多|過多|너무 많/u

/** What may come in the same clause behind the words: `unknown recipients exceeded`. */
const measured = /^\S{0,3} (?:limit|exceeded|count|ratio|rate|threshold|percentage)\b/

/** Numbers that count this mail's recipients, or programs' own words for one. */
const plainNumber = /\b(?:one or more|several matches|multiple matches)\b/

/** `you are an unknown user`, `your unsubscribe mailbox does not exist`; what is ours is not the recipient's. */
const addressed =
  /(?:\b(?:you are|you're|you were|we are) (?:an? |not an? |the )?|\byour (?:(?!message|mail|e-?mail|recipient|intended|addressee|letter|contact)[a-z'-]{1,20} ){0,2})$/

const things =
  'message-id|message id|list-unsubscribe|unsubscribe|unsubscription|subscription|header|headers|body|attachment|attachments|image|images|picture|url|urls|uri|link|links|hyperlink|web ?site|web ?page|landing page|products?|campaign|newsletter|template|certificate|signature|selector|dkim|logo|script|macro|attached file|container|charset|contact details|submission|reply-to|help ?desk|access list|promotion|placeholder|tracking|pixel|hashtag|phone|voucher|coupon'
const thingBefore = new RegExp(`(?<![\\w@])(?:${things})(?![\\w@])`)
const thingBehind = new RegExp(
  `^[^.;!?\\n]{0,30}?\\b(?:(?:for|in|of|on|by|from|inside|within) (?:an? |the |your |this |our |any )?(?:[a-z-]{1,20} )?(?:${things})\\b|in (?:the|your|this) (?:message|mail|text)\\b)`,
)

/** The other subject of the words from `start` to `end`, null for one recipient or none named. */
export function otherSubject(text: string, start: number, end: number): OtherSubject | null {
  const before = sentenceBefore(text, start)
  const behind = text.slice(end, end + MAX_BEHIND_CHARS)
  const words = text.slice(start, end)
  if (!plainNumber.test(before + words) && (quantity.test(before) || measured.test(behind))) return 'crowd'
  if (addressed.test(before)) return 'sender'
  return thingBefore.test(before) || thingBehind.test(behind) ? 'thing' : null
}

function sentenceBefore(text: string, start: number): string {
  const before = text.slice(Math.max(0, start - MAX_BEFORE_CHARS), start)
  const ends = /^[\s\S]*(?:[.;!?] |\n)/.exec(before)
  return before.slice(ends?.[0].length ?? 0)
}

/** A complaint about many addresses in words that no phrase of a dead address has. */
const crowded =
  /(?<!\w)(?:too (?:many|much)|so many|repeated|excessive|(?:high|large) (?:number|rate|percentage) of|number of|ratio of) (?:[a-z'-]{1,20} ){0,4}?(?:invalid|unknown|non-?existent|bad|wrong|dead|undeliverable|addresses that do not exist|(?:users|recipients|mailboxes|accounts) (?:that|who|which) (?:do not|don't) exist)(?!\w)/

/** The words that complain about many dead addresses, null for none. */
export function crowdComplaint(text: string): string | null {
  return crowded.exec(text)?.[0] ?? null
}
