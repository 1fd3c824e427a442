// What English refusals say of the servers between: unreachable, broken, full, out of time. See `classify/english.ts`.

import { type EnglishPattern, is, pattern, unable } from './english-words.ts'

export const aboutServers = (): readonly EnglishPattern[] => [
  [
    'starttls-failed',
    pattern(
      `(?:tls|ssl|starttls|encryption|secure channel) (?:[a-z]{1,12} ){0,3}(?:failed|unavailable|broken|cannot be|could not|can.t be|couldn.t|not (?:offered|supported|available|possible)|(?:went|gone) wrong)|(?:no|failed|could not|unable) (?:[a-z]{1,12} ){0,3}(?:tls|ssl|secure channel|encrypted (?:session|connection|channel))`,
    ),
  ],
  [
    'network-error',
    pattern(
      `${unable} (?:connect|reach|contact|talk|get through|get hold|open a connection|make a connection|establish a connection|get a connection|obtain a connection)(?: to| with| of)? (?:the |any |an? |this |that |its |his |your )*(?:[a-z-]{1,14} ){0,3}(?:server|host|mx|exchangers?|machine|site|gateway|destination|mail ?hosts?|servers|hosts)`,
      'connect',
      'reach',
      'contact',
      'talk',
      'get',
    ),
  ],
  [
    'network-error',
    pattern(
      `(?<!(?:ldap|directory|database|backend|sql|store|storage|file|user|auth|scanner) )(?:server|host|mx|exchanger|machine|site|gateway|destination|mail ?host) (?:for (?:this|that|the) domain |of the (?:recipient|addressee) )?(?:seems to be |appears to be |${is})(?:down|unreachable|not (?:reachable|responding|answering)|dead|did not (?:answer|respond|reply)|does not (?:answer|respond|reply)|doesn.t (?:answer|respond|reply)|refused (?:the|our|all|to) connect\\w{0,4})`,
      'down',
      'reach',
      'respon',
      'answer',
      'dead',
      'repl',
      'refused',
    ),
  ],
  [
    'network-error',
    pattern(
      `connections? (?:to [a-z -]{1,40} )?${is}(?:refused|lost|reset|dropped|closed|broken|cut|timed out|interrupted|aborted|failed)|(?:no|without) (?:answer|response|reply|route) (?:from|by|to) (?:the|any|its|that)|nobody answers|los(?:t|e|ing) (?:contact|touch|the connection|connection) (?:with|to)`,
    ),
  ],
  [
    'system-error',
    pattern(
      `(?:directory|database|ldap|look ?up|backend|storage|disk|queue|scanner|system|service|mail ?store|file server) (?:(?:server|service|[a-z]{1,8}) )?${is}(?:down|broken|unavailable|offline|under (?:maintenance|repair|construction)|out of (?:order|service)|not (?:available|working|running|ready|answering|responding)|crash\\w{1,3}|failed|overloaded|busy|does not (?:answer|respond)|did not (?:answer|respond))`,
    ),
  ],
  [
    'starttls-failed',
    pattern(
      `certificates? (?:[a-z]{1,12} ){0,3}(?:could not|cannot|can.t|couldn.t|not (?:valid|trusted|accepted|verified)|failed|expired|invalid|untrusted|revoked|wrong)`,
    ),
  ],
  [
    'expired',
    pattern(
      `(?:retry|delivery|queue|waiting|holding|queueing) (?:time|period|limit|timeout) (?:was |is |has been |has )?(?:used up|over|exceeded|exhausted|expired|reached|ran out|run out|elapsed|passed)|(?:in|on) (?:the|our) queue (?:for )?too long|days? in (?:the|our) queue|(?:in|on) (?:the|our) queue for (?:more than |over |about )?[a-z0-9-]{1,10} (?:days?|hours?|weeks?)|(?:tried|trying|attempted|attempts|attempting|retried) (?:to [a-z ]{1,24} )?(?:for|over|during) (?:the |more than |over |about |some |a )?(?:last |past )?[a-z0-9-]{1,10} (?:hours?|days?|weeks?)|(?:giv(?:en|ing)|gave) up (?:after|trying|on (?:it|this|the message))|now giv(?:en|ing) up`,
      'retr',
      'queue',
      'delivery',
      'waiting',
      'holding',
      'tr',
      'attempt',
      'giv',
      'gave',
    ),
  ],
  [
    'network-error',
    pattern(
      `next hop|dns (?:server|look ?up|query|answer|response|error)s?|(?:name ?server|resolver)s? (?:[a-z]{1,12} ){0,3}(?:not|no|failed|error)`,
    ),
  ],
  [
    'system-error',
    pattern(
      `(?:wrongly|badly|incorrectly|not (?:correctly|properly)) (?:configured|set up|installed)|(?:something|it) (?:broke|went wrong|failed)`,
    ),
  ],
  [
    'expired',
    pattern(
      'be (?:sent|delivered|transmitted|handed over|passed on) (?:for|within|in|after|during) (?:more than |over |the last )?[a-z0-9-]{1,8} (?:days?|hours?|weeks?)',
      'day',
      'hour',
      'week',
    ),
  ],
  [
    'network-error',
    pattern('(?:closed|dropped|cut|reset|broke|ended|aborted) (?:the|our|its) connection', 'connection'),
  ],
  [
    'system-error',
    pattern(
      `${unable} (?:write|append|store|save|lock|open|create|read) (?:to |into |from )?(?:the |a |an |its )?(?:mail-?box|file|disk|message|spool|queue|folder|directory|database)`,
      'write',
      'append',
      'store',
      'save',
      'lock',
      'open',
      'create',
      'read',
    ),
  ],
  [
    'system-error',
    pattern(
      `(?:program|daemon|agent|process|script|filter|milter) ${is}(?:temporarily |currently )?(?:crash\\w{1,3}|failed|died|broken|unavailable|timed out|killed|hanging)|look ?up (?:has |was )?temporarily failed`,
      'crash',
      'fail',
      'died',
      'broken',
      'unavailable',
      'timed out',
      'killed',
      'hanging',
    ),
  ],
  [
    'system-error',
    pattern(
      'technical (?:problem|difficult\\w{1,3}|error|fault|reason|issue)s?|(?:problem|error|fault|mistake)s? (?:on|at) our (?:side|end)',
      'technical',
      'our ',
    ),
  ],
  [
    'system-full',
    pattern(
      `(?:spool|partition|volume|disk|file ?system|mail ?store|server|system|queue) (?:partition |volume |disk )?(?:is |was )?(?:full|out of (?:space|room|disk))|(?:(?:we|server|host|system|disk|machine) (?:has |have |are |is )?)(?:run |ran )?out of (?:disk |storage )?space|(?:spool|partition|volume|disk|file ?system|queue|server|host|machine) (?:[a-z]{1,10} ){0,2}(?:has|have|had|with) (?:no|too little|not enough|insufficient) (?:more |free |disk |storage )*(?:space|room)`,
      'full',
      'out of',
      'space',
      'room',
    ),
  ],
]
