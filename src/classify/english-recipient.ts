// What English refusals say of the recipient: nobody is there, the mailbox is full, closed or choosy, the owner is
// elsewhere now. See `classify/english.ts`.

import {
  absent,
  adverb,
  any,
  type EnglishPattern,
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
  pattern,
  relative,
  seeks,
  stop,
  unable,
} from './english-words.ts'

const genuine = ['known', 'valid', 'registered', 'recogni[sz]ed', 'existing', 'local', 'deliverable'] as const

/** What each pattern says of whoever the mail was for. */
export const aboutRecipient = (): readonly EnglishPattern[] => [
  ['mailbox-disabled', pattern(`not an? active ${noun}`)],
  ['unknown-user', new RegExp(`(?<!\\w)no ${maybe('such', 'known', 'matching', 'valid')}${noun}${ending}`)],
  ['unknown-user', pattern(`${notOthers}${noun}(?: name)?:? ${relative}${is}${adverb}${absent}`)],
  [
    'unknown-user',
    pattern(
      `${any('unknown', 'undefined', 'unrecogni[sz]ed', 'non-?exist(?:ent|ing)', 'deleted', 'unassigned', 'incorrect', 'mistyped', 'misspell?ed', 'misspelt')} ${noun}`,
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
      `${notOthers}(?:ldap|directory|user|recipient|rcpt|address|alias|account|mailbox) (?:lookup|query|search|check)(?: (?:against|in|of|on|for|at) [^.,;:]{1,40}?){0,2}(?: (?:returned|gave|found|yielded|came back(?: with)?|was|is)|[:,;.]{1,3}| -) ${nothing}`,
    ),
  ],
  [
    'unknown-domain',
    pattern(
      `${notOthers}(?:mail |e-?mail )?domain(?: name)? ${is}${adverb}(?:unknown|non-?existent|misspell?ed|mistyped|(?:[a-z]{1,12} ){0,3}not (?:known|registered|found|in (?:the )?dns)|never registered)`,
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
    ),
  ],
  ['filtered', pattern(`(?:ignore|block|black|deny|reject) ?list of (?:the|this|that) ${owner}`)],
  // `we no longer keep mail for that person`
  [
    'unknown-user',
    pattern(
      `(?:do not|don.t|does not|doesn.t|no longer) (?:handle|host|have|keep|hold|take|process) (?:any )?(?:mail|e-?mails?|messages?|an? (?:${mailbox})|(?:${mailbox})) (?:for|of|by|under|with) (?:that|this|such an?|the|any such) (?:name|${mailbox}|person)`,
    ),
  ],
  [
    'unknown-user',
    pattern(
      '(?:we.ve |we have |have |has )?never (?:had|heard of|seen) (?:an? |any |such |this |that )*(?:user|person|mail-?box|recipient|customer|account|name|employee)',
    ),
  ],
  [
    'unknown-user',
    pattern(
      `(?:owner|user|person|recipient|addressee|customer|subscriber) (?:of this [a-z]{1,12} )?(?:has |is )?(?:passed away|died|deceased)`,
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
    ),
  ],
  [
    'unknown-user',
    pattern(
      `(?:not|n.t) (?:match|correspond to|belong to|fit) (?:an?|any|one) (?:of (?:our|the) )?(?:local |known |valid |existing )?(?:${mailbox}|person|subscriber)(?:e?s)?`,
    ),
  ],
  [
    'unknown-user',
    pattern(
      `${noun} (?:[a-z,]{1,12} ){0,4}(?:malformed|ill-formed|badly formed|syntactically (?:invalid|incorrect|wrong))`,
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
    ),
  ],
  [
    'filtered',
    pattern(
      `(?:personal|private|own|user.s|recipient.s|addressee.s|owner.s) (?:[a-z]{1,10} )?(?:filters?|rules?|settings|preferences|sieve|block ?list|kill ?(?:file|list)|ignore ?list)|(?:kill|ignore) ?(?:file|list)`,
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
    ),
  ],
  [
    'filtered',
    pattern(
      `(?:list|group|forum|alias|mail-?box|address) (?:is |takes |accepts )?(?:mail |messages )?(?:from |for )?(?:moderated|private|internal|(?:closed|open) (?:only )?(?:to|for)|(?:members|subscribers|employees|colleagues|staff|friends|residents|students)(?: only)?)|(?:from|to|for) (?:members|subscribers|employees|colleagues|staff|friends|contacts) only|only (?:members|subscribers|employees|colleagues|staff|residents|students) (?:may|can|are)`,
    ),
  ],
  [
    'unknown-user',
    pattern(
      `(?<!\\b(?:you|your|sender|host|ip|server|we|domain|they)\\b[^.;,]{0,30})unknown (?:to|in|at|by|on) (?:our|the|this|my) (?:directory|database|user ?base|address ?book|mail ?server|organi[sz]ation|company|system|staff|records)`,
    ),
  ],
  [
    'unknown-user',
    pattern(
      `${unable} (?:map|translate|route|resolve|match|assign) (?:[^\\s.;]{1,64} |the address |it |this )?to (?:an?|any|one) (?:of our |known |local |valid )?(?:${mailbox}|person)`,
    ),
  ],
  ['unknown-user', pattern(`(?:does not|doesn.t|no longer) lives? (?:here|at this address)`)],
  [
    'unknown-user',
    pattern(
      `(?:isn.t|is not|not|aren.t|are not) (?:one|any) of (?:my|our|the) (?:own )?(?:users|customers|recipients|mail-?boxes|accounts|people|employees)`,
    ),
  ],
  [
    'unknown-user',
    pattern(
      `following (?:e-?mail )?(?:addresses|users|recipients|mail-?boxes|accounts) (?:are|were|do|could|is|did) (?:not |un)?(?:known|exist|found|be found|valid|invalid|recogni[sz]ed)`,
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
]
