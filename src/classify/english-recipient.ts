// What English refusals say of the recipient: nobody is there, or is elsewhere now. See `classify/english.ts`.

import {
  absence,
  any,
  type EnglishPattern,
  ending,
  forGood,
  is,
  knows,
  leadingTo,
  mailbox,
  maybe,
  nothing,
  notOthers,
  noun,
  pattern,
  relative,
  seeks,
  unable,
} from './english-words.ts'

const genuine = ['known', 'valid', 'registered', 'recogni[sz]ed', 'existing', 'local', 'deliverable'] as const

/** What each pattern says of whoever the mail was for. */
export const aboutRecipient = (): readonly EnglishPattern[] => [
  ['unknown-user', new RegExp(`(?<!\\w)no ${maybe('such', 'known', 'matching', 'valid')}${noun}${ending}`)],
  ['unknown-user', leadingTo(`${notOthers}${noun}(?: name)?:? ${relative}${is}${forGood}`, absence)],
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
  // `not a deliverable address on this system`
  [
    'unknown-user',
    pattern(`(?<=(?:^|[:;.] |[\\d>] ))not an? ${any(...genuine)} ${noun}(?! (?:of|for) the sender)`, 'not a'),
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
      `${seeks} (?!message|mail|attachment|page|domain|server|host|mx|sender|policy|route)[^\\s.;]{1,64} (?:with|to|in|among) (?:any of )?(?:our|the) (?:system|database|records|mailboxes|users|accounts|recipients|directory|staff|people|employees|customers|members|subscribers|clients|students|colleagues|names|addresses)`,
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
      `(?:has |have )?left (?:the|our|this) (?:company|organi[sz]ation|firm|business|school|university|team|office|group|institute)`,
      'left ',
    ),
  ],
  [
    'unknown-user',
    pattern(
      `(?:is |are )?no longer (?:an? )?(?:work(?:s|ing)?|employed|employee|with us|with the|our|at this|a member|a student|a customer)`,
      'no longer',
    ),
  ],
  [
    'unknown-user',
    pattern(
      `${notOthers}(?:ldap|directory|user|recipient|rcpt|address|alias|account|mailbox) (?:lookup|query|search|check)(?: (?:against|in|of|on|for|at) [^.,;:]{1,40}?){0,2}(?: (?:returned|gave|found|yielded|came back(?: with)?|was|is)|[:,;.]{1,3}| -) ${nothing}`,
      'lookup',
      'query',
      'search',
      'check',
    ),
  ],
  [
    'unknown-domain',
    pattern(
      `${notOthers}(?:mail |e-?mail )?domain(?: name)? ${is}${forGood}(?:unknown|non-?existent|misspell?ed|mistyped|(?:[a-z]{1,12} ){0,3}not (?:known|registered|found|in (?:the )?dns)|never registered)`,
    ),
  ],
  // `we no longer keep mail for that person`
  [
    'unknown-user',
    pattern(
      `(?:do not|don.t|does not|doesn.t|no longer) (?:handle|host|have|keep|hold|take|process) (?:any )?(?:mail|e-?mails?|messages?|an? (?:${mailbox})|(?:${mailbox})) (?:for|of|by|under|with) (?:that|this|such an?|the|any such) (?:name|${mailbox}|person)`,
      'do not',
      'don',
      'does',
      'no longer',
    ),
  ],
  [
    'unknown-user',
    pattern(
      '(?:we.ve |we have |have |has )?never (?:had|heard of|seen) (?:an? |any |such |this |that )*(?:user|person|mail-?box|recipient|customer|account|name|employee)',
      'never ',
    ),
  ],
  [
    'unknown-user',
    pattern(
      `(?:owner|user|person|recipient|addressee|customer|subscriber) (?:of this [a-z]{1,12} )?(?:has |is )?(?:passed away|died|deceased)`,
      'passed',
      'died',
      'deceased',
    ),
  ],
  [
    'unknown-user',
    pattern(
      `(?:not|n.t) (?:match|correspond to|belong to|fit) (?:an?|any|one) (?:of (?:our|the) )?(?:local |known |valid |existing )?(?:${mailbox}|person|subscriber)(?:e?s)?`,
      'match',
      'correspond',
      'belong',
      'fit',
    ),
  ],
  [
    'unknown-user',
    pattern(
      `${noun} (?:[a-z,]{1,12} ){0,4}(?:malformed|ill-formed|badly formed|syntactically (?:invalid|incorrect|wrong))`,
      'formed',
      'syntactically',
    ),
  ],
  [
    'unknown-user',
    pattern(
      `(?<!\\b(?:you|your|sender|host|ip|server|we|domain|they)\\b[^.;,]{0,30})unknown (?:to|in|at|by|on) (?:our|the|this|my) (?:directory|database|user ?base|address ?book|mail ?server|organi[sz]ation|company|system|staff|records)`,
      'unknown ',
    ),
  ],
  [
    'unknown-user',
    pattern(
      `${unable} (?:map|translate|route|resolve|match|assign) (?:[^\\s.;]{1,64} |the address |it |this )?to (?:an?|any|one) (?:of our |known |local |valid )?(?:${mailbox}|person)`,
    ),
  ],
  ['unknown-user', pattern(`(?:does not|doesn.t|no longer) lives? (?:here|at this address)`, 'live')],
  [
    'unknown-user',
    pattern(
      `(?:isn.t|is not|not|aren.t|are not) (?:one|any) of (?:my|our|the) (?:own )?(?:users|customers|recipients|mail-?boxes|accounts|people|employees)`,
      'one of',
      'any of',
    ),
  ],
  [
    'unknown-user',
    pattern(
      `following (?:e-?mail )?(?:addresses|users|recipients|mail-?boxes|accounts) (?:are|were|do|could|is|did) (?:not |un)?(?:known|exist|found|be found|valid|invalid|recogni[sz]ed)`,
      'following',
    ),
  ],
  [
    'unknown-user',
    pattern(
      `(?:${mailbox}|directory|person|recipient) look ?up (?:failure|failed|error)?[:,; -]{1,4}(?:no such|no) (?:entry|entries|record|result|match)`,
    ),
  ],
  // `you typed the address wrongly`, `nobody has it`
  [
    'unknown-user',
    pattern(
      `(?:typed|spelled|spelt|written|wrote|entered|misspell?ed|misspelt|mistyped) (?:the |this |that |their |his |her )?(?:${mailbox}|name)(?: [a-z]{1,12})? (?:wrongly|incorrectly|wrong)|(?:nobody|no one|no-one|none) (?:has|owns|uses|holds) (?:it|this|that)(?: address| name| mail-?box)?`,
      'typed',
      'spel',
      'writ',
      'wrote',
      'entered',
      'nobody',
      'no one',
      'no-one',
      'none',
    ),
  ],
  // `there is no one here who answers to that name`
  [
    'unknown-user',
    pattern(
      `(?:nobody|no one|no-one|noone|no person|no [a-z]{1,10}) (?:[a-z]{1,8} ){0,2}(?:who|that) (?:answers to|goes by|has|uses) (?:that|this|such an?) (?:name|address)`,
      'who ',
      'that ',
    ),
  ],
  [
    'moved',
    pattern(
      `new (?:e-?mail )?address:|(?:has|have) moved on|(?:has|have|got) an? new (?:e-?mail |mail )?address|(?:has|have) (?:moved|gone|switched|changed) to (?:another|a new|a different) (?:address|provider|company|mail-?box|server)`,
      'new ',
      'moved',
      'gone',
      'switched',
      'changed',
    ),
  ],
]
