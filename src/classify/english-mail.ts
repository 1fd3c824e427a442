// What English refusals say of the mail, of who sends it and of the servers between: too big, too much, unsigned,
// unwelcome, unreachable. See `classify/english.ts`.

import {
  any,
  type EnglishPattern,
  is,
  mail,
  maybe,
  pattern,
  refuses,
  size,
  traffic,
  unable,
  unwanted,
} from './english-words.ts'

export const aboutMail = (): readonly EnglishPattern[] => [
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
  [
    'rate-limited',
    pattern(
      `(?:frequency|volume|traffic|speed|rate|outgoing|${traffic})(?: limit| limitation| quota| allowance| cap)?(?: of| for| from)?(?: [^\\s,;]{1,60}){0,3} (?:is |was |has been |got )?(?:reached|exceeded|exhausted|used up|too high|above (?:the|our|its)|over (?:the|our|its))`,
    ),
  ],
  [
    'rate-limited',
    pattern(
      `(?:opens?|opened|makes?|made|sends?|sent|holds?|tries|tried|has|have) (?:far |much |way )?too (?:many|much) (?:[a-z-]{1,14} ){0,2}${traffic}`,
    ),
  ],
  [
    'content',
    pattern(
      `${mail} (?:contains?|contained|has|had|holds|carries|includes?|included|with) (?:an? |the |some |too many )?(?:[a-z-]{1,14} ){0,2}(?:words?|phrases?|terms|expressions?|language|images?|pictures?|links?|urls?|files?|scripts?|macros?|programs?)`,
    ),
  ],
  [
    'content',
    pattern(
      `(?:because of|due to|owing to|on account of) (?:the |an? |its |your )?(?:[a-z]{1,12} ){0,2}(?:urls?|links?|attachments?|words?|wording|language|subject(?: line)?|html|files?|images?|contents?|formatting)`,
    ),
  ],
  [
    'content',
    pattern(
      `(?:language|wording|subject|subject line|type|kind|format|formatting|charset|character set|alphabet|encoding|links?|contents?) (?:of|in) (?:the |this |your |an? )?${mail} ${is}${unwanted}`,
    ),
  ],
  [
    'content',
    pattern(
      `${refuses} (?:any )?(?:[a-z.-]{1,14} ){0,2}(?:attachments?|files|archives|links|urls|html|images|pictures|executables?|macros|documents|scripts)`,
    ),
  ],
  [
    'spam',
    pattern(
      `${refuses} (?:any |your )?(?:junk|bulk|advertis\\w{1,8}|unsolicited|promotional|marketing|mass mail\\w{0,4}|commercial|newsletters?)`,
    ),
  ],
  [
    'spam',
    pattern(
      `(?:junk|unsolicited(?: commercial| bulk)?|unwanted commercial|advertising|promotional|bulk) (?:mails?|e-?mails?|messages?|mailings?)`,
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
    'starttls-failed',
    pattern(
      `(?:tls|ssl|starttls|encryption|secure channel) (?:[a-z]{1,12} ){0,3}(?:failed|unavailable|broken|cannot be|could not|can.t be|couldn.t|not (?:offered|supported|available|possible)|(?:went|gone) wrong)|(?:no|failed|could not|unable) (?:[a-z]{1,12} ){0,3}(?:tls|ssl|secure channel|encrypted (?:session|connection|channel))`,
    ),
  ],
  [
    'auth-failure',
    pattern(
      `(?:fail\\w{0,3}|without|lacks?|lacking|no|not|missing|broken|invalid|bad|wrong|unverifiable) (?:[a-z]{1,12} ){0,2}(?:alignment|aligned|digital signature|domain signature)`,
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
    'network-error',
    pattern(
      `${unable} (?:connect|reach|contact|talk|get through|get hold|open a connection|make a connection|establish a connection)(?: to| with| of)? (?:the |any |an? |this |that |its |his |your )*(?:[a-z-]{1,14} ){0,3}(?:server|host|mx|exchangers?|machine|site|gateway|destination|mail ?hosts?|servers|hosts)`,
    ),
  ],
  [
    'network-error',
    pattern(
      `(?:server|host|mx|exchanger|machine|site|gateway|destination|mail ?host) (?:for (?:this|that|the) domain |of the (?:recipient|addressee) )?(?:seems to be |appears to be |${is})(?:down|unreachable|not (?:reachable|responding|answering)|dead|did not (?:answer|respond|reply)|does not (?:answer|respond|reply)|doesn.t (?:answer|respond|reply)|refused (?:the|our|all|to) connect\\w{0,4})`,
    ),
  ],
  [
    'network-error',
    pattern(
      `connections? (?:to [a-z -]{1,40} )?${is}(?:refused|lost|reset|dropped|closed|broken|cut|timed out|interrupted|aborted|failed)|(?:no|without) (?:answer|response|reply|route) (?:from|by|to) (?:the|any|its|that)|nobody answers`,
    ),
  ],
  [
    'system-error',
    pattern(
      `(?:directory|database|ldap|look ?up|backend|storage|disk|queue|scanner|system|service|mail ?store|file server) (?:(?:server|service|[a-z]{1,8}) )?${is}(?:down|broken|unavailable|offline|under (?:maintenance|repair|construction)|out of (?:order|service)|not (?:available|working|running|ready)|crash\\w{1,3}|failed|overloaded|busy|does not (?:answer|respond)|did not (?:answer|respond))`,
    ),
  ],
  ['greylisted', pattern('(?:come|check|call|knock) back (?:again )?(?:in|after) (?:an? |some |\\d)')],
]
