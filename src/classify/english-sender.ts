// What English refusals say of who sends: too much, from where, under whose name, without what. See `classify/english.ts`.

import { absence, type EnglishPattern, is, leadingTo, mail, pattern, traffic } from './english-words.ts'

export const aboutSender = (): readonly EnglishPattern[] => [
  [
    'rate-limited',
    pattern(
      `(?:too (?:many|much)|excessive(?: number of)?) (?:[a-z-]{1,14} ){0,2}${traffic} (?:[a-z]{1,8} )?(?:from|sent|per|in|within|by|to)`,
    ),
  ],
  [
    'rate-limited',
    pattern(
      `(?:reached|exceeded|over|hit|used up) (?:your|the) (?:limit|quota|maximum|number) (?:of|for) (?:\\d{1,6} )?(?:[a-z]{1,12} ){0,2}${traffic}`,
    ),
  ],
  [
    'rate-limited',
    pattern(
      '(?:sending|sent|connecting|connect) (?:us |mail |messages |e-?mails? )?(?:too (?:fast|quickly|often|much|many)|at (?:too|an? (?:excessive|abnormal)))|slow down|send(?:ing)? faster than|(?:hourly|daily|per[- ](?:hour|day|minute)|sending|message) (?:[a-z]{1,12} )?(?:quota|limit|rate|allowance) (?:(?:for|of) (?:your|this) \\w{1,12} )?(?:is |was |has been )?(?:reached|exceeded|used up|exhausted)|(?:quota|allowance|allotment|budget|contingent) (?:for|of) (?:your|this) (?:domain|ip|host|server|network|account)',
    ),
  ],
  [
    'sender-rejected',
    pattern(
      '(?:do not|don.t|does not|doesn.t) (?:know|recogni[sz]e) you|you are (?:not known|unknown|a stranger|nobody) (?:to|here)',
    ),
  ],
  // `the domain you send from cannot be found`, `bounces to you would not work`
  [
    'sender-rejected',
    leadingTo(
      `(?:domain|address|host|name|mail-?box|account)(?: that| which)? you (?:are |were |have )?(?:send|sending|sent|mail|mailing|write|writing|use|using) (?:mail |it )?(?:from|as|with) (?:[a-z]{1,10} ){0,2}?`,
      absence,
    ),
  ],
  [
    'sender-rejected',
    pattern(
      `bounces? (?:to|for) (?:[^\\s.;]{1,64} ){1,3}(?:would|could|cannot|can|will|can.t|couldn.t) not`,
      'bounce',
    ),
  ],
  [
    'no-ptr',
    pattern(
      '(?:client|your|sending|connecting) host ?name (?:is )?(?:unknown|not found|unresolvable)',
      'host',
    ),
  ],
  // `we reject connections from cloud hosting ranges`, `listed as a source of spam`
  [
    'blocked',
    pattern(
      `(?:reject|refuse|block|deny|drop|ban|(?:do not|does not|don.t|doesn.t|not|never) (?:accept|take|allow))(?:s|ed|ing)? (?:all |any )?(?:connections?|mails?|messages|traffic|sessions) (?:from|by) (?:[a-z-]{1,12} ){0,3}(?:hosts?|ranges?|networks?|ips?|servers?|countries|providers?|clouds?|pools?)|(?:listed|known|reported|registered) as (?:an? |the )?(?:source|origin|open|spam|spammer|abuser|zombie|bot)`,
      'from',
      'by ',
      ' as ',
    ),
  ],
  [
    'reputation',
    pattern(
      `(?:rated|scored|classified|considered|regarded|ranked) (?:as )?(?:[a-z]{1,8} )?(?:untrust\\w{1,8}|unreliable|risky|bad|poor|dubious)`,
      'rated',
      'scored',
      'classified',
      'considered',
      'regarded',
      'ranked',
    ),
  ],
  [
    'rate-limited',
    pattern(
      `your (?:[a-z]{1,10} )?(?:quota|allowance|limit|budget|contingent) (?:for (?:today|now|this (?:hour|day|week)|the (?:hour|day|week)) )?${is}(?:gone|used|spent|exhausted|reached|exceeded|over|consumed)`,
      'your',
    ),
  ],
  // `we don't talk to hosts of that network`, `your host appears in a list`
  [
    'blocked',
    pattern(
      `(?:don.t|do not|won.t|will not|never|refuse to|refuses to|not) (?:talk|speak|listen) (?:to|with) (?:you|your|hosts?|servers?|machines?|ips?|clients?|addresses|that|this|such|those)|(?:your|this|the|sending|client|connecting) (?:host|ip|server|address|network|mta|machine)(?: address)? (?:appears|was found|is found|shows up|showed up|is present|stands|figures|is) (?:up )?(?:in|on) (?:[a-z]{1,14} ){0,2}(?:list|lists|database|rbl|dnsbl|sorbs|spamhaus|spamcop|barracuda|uceprotect|cbl|zen|invaluement|abuseat)`,
      'talk',
      'speak',
      'listen',
      'host',
      'ip',
      'server',
      'address',
      'network',
      'mta',
      'machine',
    ),
  ],
  [
    'suppressed',
    pattern(
      '(?:(?:previously|already|repeatedly|recently) (?:hard[- ]?)?bounced|bounced (?:before|previously|earlier|in the past|too often|repeatedly)|(?:on|in) (?:(?:the|our|your|its|an?) )?(?:[a-z]{1,12} )?(?:bounce|suppression|opt-?out|do[- ]not[- ](?:mail|send|contact)) list|global suppression|(?:after|because of|due to|following) (?:repeated|previous|earlier|too many|several|past|hard|prior) (?:hard[- ]?)?bounces)',
    ),
  ],
  [
    'greylisted',
    pattern(
      '(?:never|not) (?:yet )?(?:seen|met|heard of|heard from|talked to|spoken to) you|(?:on|at|the|your) first (?:delivery )?(?:attempt|try)|first (?:contact|meeting|encounter|visit) (?:between|with|from|of)|(?:(?:sender|client|server|host|you|ip|triplet|address) )(?:is |are |was |has |have )?(?:(?:not|never)(?: been)? seen(?: here)? before|new to us|new here)',
      'seen',
      'met',
      'heard',
      'talked',
      'spoken',
      'first ',
      'new ',
    ),
  ],
  [
    'rate-limited',
    pattern(
      `(?:frequency|volume|traffic|speed|rate|outgoing|${traffic})(?: limit| limitation| quota| allowance| cap)?(?: of| for| from)?(?: [^\\s,;]{1,60}){0,3} (?:is |was |has been |got )?(?:reached|exceeded|exhausted|used up|too high|above (?:the|our|its)|over (?:the|our|its))`,
      'reached',
      'exceeded',
      'exhausted',
      'used up',
      'too high',
      'above',
      'over ',
    ),
  ],
  [
    'rate-limited',
    pattern(
      `(?:opens?|opened|makes?|made|sends?|sent|holds?|tries|tried|has|have) (?:far |much |way )?too (?:many|much) (?:[a-z-]{1,14} ){0,2}${traffic}`,
      'too ',
    ),
  ],
  [
    'security',
    pattern(
      `(?:requires?|demands?|insists? on|needs?|wants?|mandates?|(?:only|exclusively) (?:accepts?|takes?|speaks?|talks?)|(?:accepts?|takes?|speaks?) only|refuses? (?:mail |messages |sessions |connections )?without) (?:valid |an? |any |all |the use of )?(?:tls|ssl|starttls|encrypt\\w{2,4}|authenticat\\w{2,4}|smtp auth|logins?)`,
    ),
  ],
  [
    'security',
    pattern(
      `(?:unencrypted|cleartext|clear text|plain ?text|insecure|unprotected) (?:connections?|sessions?|transport|transmission|smtp|channels?|delivery)|(?:must|have to|need to|should|please) (?:first )?(?:log ?in|log ?on|sign in|identify yourself)`,
    ),
  ],
  [
    'auth-failure',
    pattern(
      `(?:fail\\w{0,3}|without|lacks?|lacking|no|not|missing|broken|invalid|bad|wrong|unverifiable) (?:[a-z]{1,12} ){0,2}(?:alignment|aligned|digital signature|domain signature)`,
      'align',
      'signature',
    ),
  ],
  [
    'auth-failure',
    pattern(
      `signatures? (?:of|in|on) (?:the |this |your )?${mail} ${is}(?:did not|does not|not|invalid|broken|could not|cannot|failed|wrong|bad)|sign(?:ed)? (?:with|by) (?:the |your |its )?(?:own )?(?:sending |sender )?domain`,
    ),
  ],
  [
    'auth-failure',
    pattern(
      `not (?:among|one of|in the list of|on the list of|listed (?:as|among)) (?:the |those )?(?:hosts|servers|ips?|addresses|machines|senders)(?: [a-z]{1,12}){0,4} domain|(?:not|never) (?:authori[sz]ed|allowed|permitted|entitled|listed|approved) (?:by|to use|to send (?:for|as|in the name of|on behalf of)) (?:the |this |that |its |your )?(?:[a-z]{1,12} ){0,2}(?:domain|zone)`,
    ),
  ],
  [
    'no-ptr',
    pattern(
      `(?:no|without|lacks?|lacking|missing|not have|must have|needs?|bad|wrong|generic|dynamic) (?:an? |any |valid |proper |matching |correct |the |its )*(?:reverse|ptr|rdns|dns name|host ?name|name in (?:the )?dns)`,
    ),
  ],
  [
    'no-ptr',
    pattern(
      `(?:your|client|sending|connecting) (?:host|server|ip|address|machine)(?: address)? (?:cannot|could not|can.t|couldn.t|does not|doesn.t) (?:be )?(?:resolved?|map(?:ped)?|translated?) (?:to|into|back)|(?:helo|ehlo) (?:[a-z]{1,12} ){0,3}(?:not|invalid|bad|wrong|unknown|must|did|is|looks)`,
    ),
  ],
  [
    'blocked',
    pattern(
      `(?:your|this|client|sending|connecting|remote|source) (?:ip|host|server|network|range|subnet|provider|isp|mta|relay|machine|system|country|region)(?: address| range| block)? ${is}(?:currently |temporarily |permanently )?(?:blocked|banned|barred|refused|rejected|denied|listed|shut out|locked out|not (?:welcome|wanted|allowed|accepted|trusted)|unwanted|untrusted|on (?:an?|our|the) )`,
    ),
  ],
  [
    'blocked',
    pattern(
      `(?:from|in) (?:your|this) (?:country|region|continent|network|provider|isp|subnet|range|part of the (?:world|net|internet)|address (?:range|space))`,
    ),
  ],
  [
    'reputation',
    pattern(
      `(?:bad|poor|low|no|negative|insufficient|damaged|doubtful|terrible|questionable) (?:sending |sender |mail )?(?:standing|name|trust|history|track record|karma)|(?:standing|trust|karma|trust level|history) of (?:your|the|this) (?:ip|server|host|domain|address|network)|(?:do not|don.t|does not|doesn.t) trust (?:your|this|the) (?:ip|server|host|domain|network)`,
    ),
  ],
  [
    'greylisted',
    pattern('(?:(?:come|check|call|knock) back|come|ask) (?:again )?(?:in|after) (?:an? |some |\\d)'),
  ],
  [
    'greylisted',
    pattern(
      `(?:do not|don.t|not) know (?:you|your (?:server|host|address|ip))(?: well enough)? yet|(?:unknown|new) (?:server|host|client|sender|triplet|ip)[^.;]{0,24}(?:retry|try|wait|later|again)|wait (?:an?|some|a few|five|ten|\\d{1,4}) (?:more )?(?:minutes?|seconds?)`,
    ),
  ],
  [
    'rate-limited',
    pattern(
      `(?:only|at most|no more than|maximum(?: of)?|max|limit(?:ed)? (?:is|of|to)) \\d{1,6} (?:[a-z]{1,12} )?${traffic}|\\d[\\d,.]{0,9} ${traffic} (?:with)?in (?:an?|the|one|\\d{1,4}) |talk\\w{0,3} too much|too many (?:[a-z-]{1,14} ){0,2}(?:mail-?boxes|addresses|users|accounts)(?! (?:have |has )?(?:already )?complain)`,
    ),
  ],
  ['rate-limited', pattern(`\\d{1,3} ?% of (?:your|the|all) (?:recipients|addresses|rcpts|mails?|messages)`)],
  [
    'blocked',
    pattern(
      `your (?:isp|provider|hoster|hosting (?:company|provider)|network|carrier)(?:.s)? (?:netblock|network|range|ips?|addresses|space|customers)|(?:mail|mails|messages|connections?|traffic|sessions) from (?:your|this|such|those|dynamic|dial-?(?:in|up)|home|hosted|cloud|private)[a-z -]{0,30} (?:is|are|will be) (?:not|never|refused|blocked|rejected|dropped|denied)`,
      'your ',
      'from ',
    ),
  ],
  [
    'blocked',
    pattern(
      `(?:on|in) (?:[a-z]{1,10} ){0,2}lists? of (?:known )?(?:spammers|spam|bad|open|abus\\w{1,4}|banned|blocked)|dial-?in (?:ranges?|hosts?|address\\w{0,2}|pools?|networks?)|(?:dynamic|residential|consumer) (?:ip|address|dial)`,
      'list',
      'dial',
      'dynamic',
      'residential',
      'consumer',
    ),
  ],
  [
    'reputation',
    pattern(
      `(?:trust|standing|rating|score)(?: level| value)? (?:of [a-z ]{1,24} )?(?:is |was )?(?:far |much )?(?:too low|low|bad|poor|insufficient|too bad|negative)|(?:users|customers|recipients|people|members) (?:have |has )?(?:already )?complain(?:ed)?`,
    ),
  ],
  [
    'auth-failure',
    pattern(
      `not authori[sz]ed by|(?:match|align|agree|correspond)(?:es|s|ed)? (?:with |to )?(?:the )?(?:from|author|visible|header)|pretend\\w{0,3} to be|claim\\w{0,3} to (?:be|come) from|forg(?:ed|ing) (?:from|sender|header|address|author|identity)|impersonat\\w{1,4}|${mail} (?:is |was )?(?:not|un) ?signed`,
    ),
  ],
  [
    'no-ptr',
    pattern(
      `(?:forward|reverse|backward|inverse) (?:[a-z]{1,12} ){0,3}(?:look ?ups?|resolution|dns|names?|mappings?)`,
    ),
  ],
  [
    'sender-rejected',
    pattern(
      `(?:the|this|your) sender (?:is |was |has been )?(?:not [a-z]{1,12}|disliked|unwelcome|unwanted|barred|refused)|call ?(?:back|out)s? (?:to|of|for|check|verification|failed|refused)`,
    ),
  ],
  [
    'relaying-denied',
    pattern(
      `(?:may not|must not|cannot|can.t|not (?:allowed|permitted) to) (?:use|send (?:mail )?(?:through|via)|relay (?:mail )?(?:through|via)) (?:this|our|the) (?:machine|server|host|relay|system|gateway)|(?:destination|domain) (?:is |was )?not (?:served|handled|hosted|routed|relayed) (?:by|on|at|here|through)`,
      'use',
      'send',
      'relay',
      'served',
      'handled',
      'hosted',
      'routed',
    ),
  ],
  [
    'policy',
    pattern(
      `(?:rules?|regulations?|guidelines?|terms of use|compliance|administrators?|management|legal department)(?: of (?:the|this|our) [a-z]{1,12})? (?:do not|does not|has |have |had )?(?:allow|permit|forbids?|prohibits?|decided|disallows?|chosen|ruled)|on (?:the )?grounds of|for reasons of|against (?:the|our) (?:rules|terms|regulations|guidelines)`,
    ),
  ],
  [
    'security',
    pattern(
      `(?:no|only) (?:unencrypted|cleartext|clear text|plain ?text|insecure|encrypted) (?:mails?|messages?|traffic|please)`,
      'encrypted',
      'clear',
      'plain',
      'insecure',
    ),
  ],
  [
    'sender-rejected',
    pattern(
      `(?:return|reply|from|sender) (?:address|path|mail-?box) (?:cannot|could not|does not|is not|was not|can.t|doesn.t)|permissions? to send (?:as|for|on behalf)`,
      'address',
      'path',
      'box',
      'permission',
    ),
  ],
]
