// What English refusals say of the mailbox: full, closed or choosy. See `classify/english.ts`.

import {
  adverb,
  any,
  type EnglishPattern,
  fullness,
  is,
  leadingTo,
  mail,
  mailbox,
  maybe,
  notOthers,
  noun,
  owner,
  pattern,
  stop,
  stopped,
} from './english-words.ts'

export const aboutMailbox = (): readonly EnglishPattern[] => [
  ['mailbox-disabled', pattern(`not an? active ${noun}`)],
  ['mailbox-full', leadingTo(`${notOthers}${noun}(?:.s)?(?: [a-z']{1,12}){0,3} `, fullness)],
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
  // `nothing more fits into that mailbox`, `the user has run out of space`
  [
    'mailbox-full',
    pattern(
      `(?:nothing|no more(?: [a-z]{1,8})?|not (?:another|one more) [a-z]{1,8}|no further [a-z]{1,8}) (?:more |else )?(?:fits?|goes|will fit|can be (?:stored|put|kept)) (?:in|into) (?:the |this |that |his |her |their )*(?:${mailbox})`,
      'fit',
      'goes',
      'be stored',
      'be put',
      'be kept',
    ),
  ],
  [
    'mailbox-full',
    pattern(
      `${notOthers}(?:${noun}|${owner})(?:.s)? (?:[a-z]{1,12} ){0,2}?(?:has |have |had |is |are |was )?(?:run|running|ran|out) (?:out )?of (?:disk |storage |mail |mailbox |free |allotted |his |her |their )*(?:space|room|quota|storage)`,
      'out of',
      'run of',
      'running of',
      'ran of',
    ),
  ],
  ['mailbox-disabled', leadingTo(`${notOthers}${noun} ${is}${adverb}`, stopped)],
  // `the user's mail privileges were revoked`, `the subscription of this customer lapsed`
  [
    'mailbox-disabled',
    pattern(
      `(?<!your )(?:user|account|mail-?box|customer|recipient|addressee|subscriber|owner)(?:.s)? (?:e-?mail |mail |mailbox |online )?(?:privileges?|rights?|access|service|subscription|contract|licen[cs]e|membership|plan) ${is}(?:been )?(?:revoked|withdrawn|ended|expired|lapsed|terminated|suspended|cancell?ed|stopped|run out|ran out|over|blocked|removed|not (?:renewed|paid|active))`,
      'privilege',
      'right',
      'access',
      'service',
      'subscription',
      'contract',
      'licen',
      'membership',
      'plan',
    ),
  ],
  // The local part stands where the noun would.
  ['mailbox-disabled', leadingTo(`${notOthers}user [^\\s@]{1,64} ${is}${adverb}`, stopped)],
  [
    'mailbox-disabled',
    pattern(`${stop.replace('blocked by its owner', 'expired')} ?(?:user|recipient|mailbox|account)`),
  ],
  [
    'filtered',
    pattern(
      `(?:takes|accepts|receives|allows|wants) (?:only )?${mail}s? (?:only )?from [a-z ]{1,40} only|(?:takes|accepts|receives|allows|wants) (?:only ${mail}s? from|${mail}s? only from)`,
    ),
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
      'list',
      'contacts',
      'address book',
    ),
  ],
  ['filtered', pattern(`(?:ignore|block|black|deny|reject) ?list of (?:the|this|that) ${owner}`)],
  // `… until she frees some space`
  [
    'mailbox-full',
    pattern(
      '(?:frees|to free|must free|free up|makes?|clears?) (?:up )?(?:some |more |enough )?(?:disk |storage )?(?:space|room)',
      'space',
      'room',
    ),
  ],
  [
    'filtered',
    pattern(
      '(?:only|not|cannot|can.t) (?:be )?(?:reached|reachable|available|accessible|contacted) (?:from )?(?:the )?(?:inside|within|internally|internal|outside|externally|external)',
      'reach',
      'available',
      'accessible',
      'contacted',
    ),
  ],
  // `this mailbox only receives mail from …`, `outsiders cannot write to it`
  [
    'filtered',
    pattern(
      `(?:mail-?box|inbox|account|address|alias|list|group|forum|conference room) (?:only (?:accepts?|takes?|receives?|allows?|wants?)|(?:accepts?|takes?|receives?|allows?|wants?) only|is (?:only )?(?:open|reachable|available) (?:only )?(?:to|for|from)|(?:takes|accepts|receives|allows) [a-z ]{1,40} only)|${owner} (?:no longer|never) (?:wants?|wishes|accepts?|takes?|reads?)|(?:sieve(?: script| rule| filter)?|(?:filter|rule) (?:script|set)|kill ?file)s? of (?:the |this |that )?(?:${owner})`,
      'only',
      'open',
      'reachable',
      'available',
      'no longer',
      'never',
      'sieve',
      'script',
      'set',
      'kill',
    ),
  ],
  [
    'filtered',
    pattern(
      `(?:outsiders|strangers|external (?:senders?|people|users)|non-?members|people outside|the (?:general )?public|non-?employees|guests|unknown senders) (?:[a-z]{1,10} ){0,2}?(?:cannot|may not|can.t|must not|are not (?:allowed|permitted)|not (?:allowed|permitted)|are (?:refused|blocked|rejected)|is not (?:allowed|permitted))|internal (?:address|mail-?box|list|alias|group|recipient|distribution list)|(?:for|to) internal (?:use|mail|senders)(?: only)?`,
      'outsiders',
      'strangers',
      'external',
      'non',
      'outside',
      'public',
      'guests',
      'unknown senders',
      'internal',
    ),
  ],
  // `104 % of the 500 MB quota is in use`
  [
    'mailbox-full',
    pattern(
      '(?:9\\d|1\\d\\d)(?:[.,]\\d{1,3})? ?% (?:full|(?:in use|used)? ?of (?:the |its |his |her |their |an? )?(?:[a-z0-9.]{1,12} ){0,3}(?:quota|limit|space|storage|allowance))',
    ),
  ],
  [
    'filtered',
    pattern(
      `${owner} (?:(?:that )?you (?:are )?[a-z ]{1,24} |at this [a-z]{1,10} |here |behind [a-z ]{1,16} )?(?:has |have |had )?(?:only (?:accepts?|takes?|wants?|receives?|allows?|reads?)|(?:accepts?|takes?|wants?|receives?|allows?|reads?) (?:mail |messages? |e-?mails? )?only|put (?:you|your)|muted|unsubscribed)`,
      'only',
      'put you',
      'muted',
      'unsubscribed',
    ),
  ],
  [
    'mailbox-full',
    pattern(
      `too (?:much|many) (?:[a-z]{1,12} ){0,2}(?:in|for|inside) (?:the |this |that |his |her )(?:mail-?box|inbox|mail box|account)`,
    ),
  ],
  [
    'mailbox-full',
    pattern(
      `(?:not|n.t) (?:have )?(?:any|enough)(?: more)? (?:free |disk |storage )?(?:space|room)|no (?:free |disk |storage )?(?:space|room) left (?:for|to store|in) (?:this|the|that|your) (?:user|mail|message|recipient|mail-?box|customer)`,
      'space',
      'room',
    ),
  ],
  [
    'mailbox-full',
    pattern(
      `(?:${noun}|owner) (?:needs to|must|has to|should) (?:first )?(?:clean|empty|tidy|delete|remove|make (?:some )?room)|(?:clean|empty|tidy)(?:ing)? (?:up |out )?(?:the |this |his |her |their )(?:mail-?box|inbox|account)`,
    ),
  ],
  [
    'mailbox-disabled',
    pattern(
      `(?:pending|awaiting|outstanding|missing|lack of|no|non-?) ?payment|unpaid (?:bills?|invoices?|fees?)|(?:has|have) not paid`,
      'pay',
      'paid',
      'unpaid',
    ),
  ],
  [
    'filtered',
    pattern(
      `(?:personal|private|own|user.s|recipient.s|addressee.s|owner.s) (?:[a-z]{1,10} )?(?:filters?|rules?|settings|preferences|sieve|block ?list|kill ?(?:file|list)|ignore ?list)|(?:kill|ignore) ?(?:file|list)`,
      'filter',
      'rule',
      'setting',
      'preference',
      'sieve',
      'list',
      'file',
    ),
  ],
  [
    'filtered',
    pattern(
      `${owner} (?:has |have )?(?:opted out|unsubscribed|signed off)|(?:not|n.t) (?:wish|want|care) to (?:hear|receive|get|read)|wants? to hear from`,
    ),
  ],
  [
    'filtered',
    pattern(
      `(?:external|outside|foreign|internet|outsiders?.?) (?:mails?|messages?|senders?|e-?mails?) (?:is|are|may|can|must|cannot|will) (?:not |never )?(?:be )?(?:not|delivered|accepted|allowed|permitted|refused|blocked|rejected)?`,
      'external',
      'outside',
      'foreign',
      'internet',
    ),
  ],
  [
    'filtered',
    pattern(
      `(?:list|group|forum|alias|mail-?box|address) (?:is |takes |accepts )?(?:mail |messages )?(?:from |for )?(?:moderated|private|internal|(?:closed|open) (?:only )?(?:to|for)|(?:members|subscribers|employees|colleagues|staff|friends|residents|students)(?: only)?)|(?:from|to|for) (?:members|subscribers|employees|colleagues|staff|friends|contacts) only|only (?:members|subscribers|employees|colleagues|staff|residents|students) (?:may|can|are)`,
      'moderated',
      'private',
      'internal',
      'closed',
      'open',
      'members',
      'subscribers',
      'employees',
      'colleagues',
      'staff',
      'friends',
      'residents',
      'students',
      'contacts',
    ),
  ],
  [
    'mailbox-disabled',
    pattern(
      `(?:has |have )?(?:switched|turned) off (?:mail|his|her|the|its|their|incoming)|(?:mail-?box|account|user) (?:[a-z]{1,12} ){0,3}(?:under investigation|in(?:to)? quarantine|closed (?:to|for) (?:incoming|external|new|all))`,
    ),
  ],
  [
    'filtered',
    pattern(
      `${owner} (?:prefers|would rather|has (?:added|put|placed) (?:you|your)|has an? (?:white|allow) ?list)|(?:rule|filter)s? (?:that |which )?(?:the |this )?(?:receiver|recipient|addressee|owner|user)`,
    ),
  ],
  [
    'filtered',
    pattern(
      `(?:limited|restricted|reserved|confined|open only) (?:to|for) (?:its |the |our )?(?:members|subscribers|employees|colleagues|staff|contacts)`,
    ),
  ],
]
