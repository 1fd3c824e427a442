// What a refusal is about where no words that we know tell it: words of two kinds in one sentence, in any order. It names
// causes of soft bounces alone, decides nothing against any other sign, and forbids no hard verdict.

import type { Category } from '../model/categories.ts'
import { once } from './once.ts'

/** A cause, and the words of which each of one or two kinds must be there. */
type Topic = readonly [Category, string, string?]

const negation =
  "no|not|never|cannot|can't|don't|doesn't|isn't|aren't|won't|without|lack\\w{0,3}|missing|refus\\w{1,3}|reject\\w{0,3}|den(?:y|ied|ies)|block\\w{0,3}|bar(?:red|s)|bann?\\w{0,3}|forbid\\w{0,4}|prohibit\\w{0,3}|prevent\\w{0,3}|unwelcome|unwanted|disallow\\w{0,3}|invalid|bad|wrong|broken|fail\\w{0,3}|stop\\w{0,4}|strip\\w{0,4}"
const box = 'mail-?box|mail box|postbox|inbox|account|mail ?store|folder'
const someone = 'recipient|receiver|addressee|user|owner|customer|person|subscriber'
const must =
  'must|required?|requires|requiring|needs?|needed|only|please|first|mandatory|compulsory|obligatory|expected|wanted|demand\\w{0,3}|insist\\w{0,3}'
const retry = 'retry|resend|re-?try|again|later|wait|back|minutes?|seconds?|a while|patien\\w{1,3}'
const trouble =
  'error|fault|fail\\w{0,4}|crash\\w{0,3}|not available|unavailable|broken|broke|down|problems?|trouble|busy|restart\\w{0,3}|wrong|bug|overload\\w{0,3}|exhausted|corrupt\\w{0,3}'

/** The particular before the general; the first that fits counts. */
const topics: readonly Topic[] = [
  [
    'virus',
    'virus\\w{0,2}|malware|infect\\w{1,4}|trojan|ransomware',
    'found|detected|contain\\w{0,2}|carr\\w{1,4}|infect\\w{1,4}|mail|message|attachment',
  ],
  [
    'greylisted',
    'first (?:time|contact|attempt)|new (?:sender|host|server)|never (?:met|seen)|stranger|unfamiliar|(?:unknown|new) \\S{0,8} ?(?:pair|triplet|tuple|combination)',
    retry,
  ],
  [
    'auth-failure',
    'spf|dkim|dmarc|arc|domainkeys?|spoof\\w{0,3}|impersonat\\w{1,4}|forg(?:ed|ery)',
    `${negation}|break\\w{0,2}|align\\w{0,4}|pass`,
  ],
  ['no-ptr', 'ptr|reverse|rdns|ehlo|helo|forward-confirmed'],
  [
    'starttls-failed',
    'tls|ssl|starttls|handshake|certificates?',
    `${trouble}|not|could|cannot|invalid|expired|untrusted|verif\\w{1,4}`,
  ],
  [
    'security',
    'encrypt\\w{0,4}|tls|ssl|certificates?|log ?in|logged in|passwords?|credentials|authenticat\\w{1,4}|secure',
    `${must}|not|no|without`,
  ],
  [
    'system-full',
    'disk|server|system|spool|partition|volume|file ?system',
    'is full|no (?:more )?(?:room|space)|(?:room|space) left|out of (?:space|room|disk)',
  ],
  [
    'mailbox-full',
    `${box}|quota|box|${someone}`,
    'full|quota|space|no room|capacity|occupied|overflow\\w{0,3}|grown|too much mail|clean up|brim|allotted|allotment|megabytes used|stored? (?:any )?more',
  ],
  [
    'mailbox-full',
    box,
    '(?:its|the|their|a|storage|size) (?:size |storage |upper )?(?:limit|maximum)|too large|used up',
  ],
  [
    'too-big',
    'size|too (?:big|large|long|heavy)|bigger|larger|heavier|\\d{1,12} ?(?:mb|mib|megabytes?|kb|kib|kilobytes?|bytes|megs)',
    'messages?|mails?|e-?mails?|attachments?|letters?|limit|exceed\\w{0,3}|above|maximum|more than|over|allowed|take',
  ],
  [
    'rate-limited',
    'messages?|mails?|e-?mails?|connections?|recipients|traffic|sessions?|requests?|volume|sending|submissions?',
    'per (?:hour|day|minute|second)|this (?:hour|day)|hourly|daily|today|an hour|too (?:many|much|fast|often)|ceiling|floods?|flooding|throttl\\w{0,3}|slow(?:er|ly)?|at once|at a time|allowance|contingent|allotment|spent',
  ],
  [
    'relaying-denied',
    'relay\\w{0,3}|mail exchanger for|mx for|smart ?host|local domain|hosted here|served here',
    negation,
  ],
  [
    'reputation',
    'reputation|trust\\w{0,8}|complain\\w{0,3}|neighbou?rs?|score|history',
    `${negation}|low|poor|of|about`,
  ],
  [
    'blocked',
    'ip|ips|host|server|network|ip range|ranges|provider|isp|hoster|country|subnet|netblock|dynamic|dial-?up|residential|connections?|192\\S*|ipv6',
    'barred|block(?:ed|ing)|ban(?:ned)?|listed|shut|unwelcome|not welcome|abuse|no mail|blacklist\\w{0,3}|unwanted|refus\\w{1,3}|kept out|den(?:y|ied)',
  ],
  [
    'mailbox-disabled',
    `${box}|user|address|recipient|customer`,
    'disabled|blocked|suspended|frozen|locked|quarantin\\w{1,3}|investigation|switched off|turned off|deactivated|inactive|on hold|barred|paused|closed (?:to|for)|not active|dormant|stopped|not in use|asleep|idle|abandoned|not collected|not activated|limited',
  ],
  [
    'filtered',
    `${someone}|list|group|subscribers|members|colleagues|friends`,
    "rules?|filter\\w{0,3}|white ?list\\w{0,3}|allow ?list|block(?:ed|ing)? ?list|prefers?|preferences?|(?:does not|doesn't|do not|don't|will not|won't) (?:want|like|take|read|accept|wish)|wish\\w{0,3}|declin\\w{1,3}|only|moderat\\w{1,3}|opted|unsubscribed|invited",
  ],
  [
    'sender-rejected',
    'senders?|return (?:address|path)|from address|mail from|envelope|originator|author|reply address|your (?:own )?(?:address|domain|account|mail ?box)',
    `${negation}|unknown|exist|permissions?|verif\\w{1,6}|accepted|unregistered`,
  ],
  [
    'spam',
    'spam\\w{0,4}|junk|bulk|unsolicited|advertis\\w{1,6}|suspicious|phish\\w{0,4}|scam\\w{0,3}|marketing|mass mail\\w{0,4}|newsletters?|cloudmark|rspamd',
  ],
  [
    'non-compliant',
    'headers?|(?:from|to|date|subject):? (?:line|field)|rfcs?|message-id|bare|8-?bit|line length|mime',
    `${negation}|more than one|exactly one|two|several|duplicate`,
  ],
  [
    'content',
    'attachments?|attached|links?|urls?|html|contents?|words?|wording|language|images?|files?|subject|macros?|archives?|extension|documents?|script',
    '(?:not|never|no longer) (?:accepted|allowed|permitted|welcome|wanted|supported|taken|liked)|refus\\w{1,3}|reject\\w{0,3}|forbid\\w{0,4}|prohibit\\w{0,3}|ban(?:ned|s)|unwelcome|unwanted|disallow\\w{0,3}|strip\\w{0,4}|dangerous|suspicious|illegal|unsafe|bad|cannot take',
  ],
  [
    'expired',
    'queue|days|hours|retr(?:y|ies)|old|time|attempts',
    'gave up|giv(?:en|ing) up|too old|expired|removed|too long|is over|ran out|used up|last attempt',
  ],
  [
    'network-error',
    'host|server|connect\\w{0,4}|port|rout(?:e|ing)|dns|name ?server|gateway|network|hop|mx|exchanger',
    "react|no answer|time-?out|timed out|unreach\\w{0,4}|lost|down|dead|could not|couldn't|unable|hung up|could be made|no connection|respon\\w{1,5}|answer\\w{0,3}|silent|offline|fail\\w{0,4}",
  ],
  [
    'system-error',
    'internal|software|daemon|database|directory|ldap|backend|scanner|process|program|script|config\\w{0,8}|resources?|memory|disk|server|system|service|queue|plugin|milter|hardware',
    `${trouble}|code \\d{1,5}|cannot|could not|not running`,
  ],
  [
    'policy',
    'polic(?:y|ies)|rules?|regulations?|terms|guidelines?|forbid\\w{0,4}|prohibit\\w{0,3}|not (?:permitted|allowed|admitted)|disallowed|compliance|administrat\\w{1,5}|management',
  ],
]

interface Gist {
  readonly category: Category
  readonly first: RegExp
  readonly second: RegExp | null
}

const word = (words: string): RegExp => new RegExp(`(?<![\\w@])(?:${words})(?![\\w@-])`)
const gists = once((): readonly Gist[] =>
  topics.map(([category, first, second]) => ({
    category,
    first: word(first),
    second: second === undefined ? null : word(second),
  })),
)

const maxChars = 600
const maxSentences = 4

/** Sentences of every notice, and advice: what they speak of is no reason. */
const ofNotices =
  /deliver|returned|mail system|assistance|postmaster|original message|attached below|^ ?(?:this|here) is an?|automatic|do not reply|following|^ ?if |please (?:contact|check|see|visit|send|note)|https?:|contact |support|questions?\b/

export interface GistMeaning {
  readonly category: Category
  /** The first words that told it. */
  readonly text: string
  readonly start: number
}

/** Where the server begins to speak: `host mx.example said: 550 …` */
const reply = /(?:^|[\s:])[45]\d\d[ -]/

/** What the first sentence that is about anything is about. Text is in the form refusals are searched in. */
export function gistOf(text: string): GistMeaning | null {
  let start = reply.exec(text)?.index ?? 0
  for (const sentence of text.slice(start, start + maxChars).split(/(?<=[.;!?\n]) /, maxSentences)) {
    if (!ofNotices.test(sentence)) {
      for (const { category, first, second } of gists()) {
        const found = first.exec(sentence)
        if (found !== null && (second === null || second.test(sentence)))
          return { category, text: found[0], start: start + found.index }
      }
    }
    start += sentence.length + 1
  }
  return null
}
