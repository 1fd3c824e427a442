// What English refusals say of the mail itself: its size, its contents, its form. See `classify/english.ts`.

import {
  any,
  type EnglishPattern,
  is,
  mail,
  maybe,
  pattern,
  refuses,
  size,
  unwanted,
} from './english-words.ts'

export const aboutMail = (): readonly EnglishPattern[] => [
  [
    'too-big',
    pattern(
      `${mail} ${maybe('size')}(?:is |was |of \\S{1,20} )?(?:too (?:large|big|heavy|long)|(?:bigger|larger|heavier|greater) than|exceeds|exceeded) (?:than )?(?:the|our|this|its|a|allowed|maximum|permitted|what|we|\\d)`,
    ),
  ],
  [
    'too-big',
    pattern(
      `(?:bigger|larger|heavier) than (?:this|the|our) ${any('user', 'recipient', 'server', 'mailbox', 'system', 'limit', 'maximum')}`,
    ),
  ],
  ['too-big', pattern(`size of (?:the |your |this )?${mail} (?:is )?(?:over|above|beyond|exceeds)`)],
  [
    'non-compliant',
    pattern(
      '(?:(?:no|missing|lacks|lacking|without|more than one|several|duplicate|multiple) (?:[a-z-]{1,12},? (?:or )?){1,4}headers?|(?:two|several|more than one) (?:subject|from|date|to|message-id) (?:lines?|fields?|headers?))',
    ),
  ],
  // `From contains invalid characters`
  [
    'non-compliant',
    pattern(
      '(?:from|to|cc|subject|date|sender|reply-to|message-id|received|content-type)(?: (?:header|field|line))? (?:contains?|contained|has|had) (?:an? |the )?(?:[a-z-]{1,12} ){0,2}(?:characters?|bytes?|octets?|values?|format|encoding|syntax|tokens?)',
      'contain',
      'has ',
      'had ',
    ),
  ],
  // `the attachment does not exist`
  [
    'content',
    pattern(
      '(?:attachments?|urls?|links?|images?|pictures?|documents?|attached files?)(?: (?:in|of|within) (?:the |your |this )?[a-z-]{1,12})? (?:(?:does|do|did) not exist|(?:doesn.t|don.t) exist|(?:is|are|was|were) (?:missing|not found)|(?:cannot|could not) be (?:found|opened|read|loaded))',
      'exist',
      'missing',
      'found',
      'cannot be',
      'could not be',
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
    'content',
    pattern('(?:zip|rar|iso|exe|script|macro)s? (?:files?|attachments?|archives?) (?:are|is|were|was)'),
  ],
  [
    'spam',
    pattern(
      '(?:looks?|appears?|seems?)(?: to be| like| much like)? (?:an? )?(?:junk|bulk|advertis\\w{1,8}|unsolicited|spam|phishing|a scam)|over (?:our|the) (?:junk|spam) (?:threshold|limit|score)',
      'look',
      'appear',
      'seem',
      'over ',
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
      'because of',
      'due to',
      'owing to',
      'on account of',
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
      'junk',
      'bulk',
      'advertis',
      'unsolicited',
      'promotional',
      'marketing',
      'mass mail',
      'commercial',
      'newsletter',
    ),
  ],
  [
    'spam',
    pattern(
      `(?:junk|unsolicited(?: commercial| bulk)?|unwanted commercial|advertising|promotional|bulk) (?:mails?|e-?mails?|messages?|mailings?)`,
    ),
  ],
  [
    'too-big',
    pattern(
      `weighs? (?:in at )?${size}|(?:stop|end|cut off|limit(?:ed)?(?: is| of| to| at)?|maximum(?: is| of)?|max(?:imum size)?(?: is| of)?|at most|no more than|up to) ${size}`,
    ),
  ],
  [
    'content',
    pattern(
      `because (?:of )?its contents?|html(?:[- ]only)? (?:mails?|messages?|e-?mails?|parts?)|subject (?:line )?(?:is |was )?(?:too long|empty|missing|not)`,
    ),
  ],
  [
    'content',
    pattern(
      `(?:text|language|characters?|letters|script|alphabet)s? (?:is|are) (?:not (?:accepted|allowed|wanted|welcome|permitted|supported)|unwelcome|unwanted|refused)`,
      'text',
      'language',
      'character',
      'letter',
      'script',
      'alphabet',
    ),
  ],
  [
    'content',
    pattern(
      `(?:invalid|broken|bad|malformed|corrupt\\w{0,3}|wrong|damaged) (?:mime|html|attachment|encoding|base64|multipart)|(?:mime|html|base64|multipart)(?: [a-z]{1,12}){0,2} (?:is |are )?(?:invalid|broken|bad|malformed|corrupt\\w{0,3}|damaged)`,
    ),
  ],
  [
    'spam',
    pattern(
      `scor(?:ed|e|es|ing)(?: of| is| was|:)? \\d{1,3}(?:[.,]\\d{1,3})?|bayes\\w{0,6}|(?:is|it.s|as|called|considered|be) (?:just |pure |only )?(?:junk|rubbish|garbage)|smells (?:like|of)|phish\\w{0,4}`,
    ),
  ],
  [
    'virus',
    pattern(
      `(?:the|an?) (?:[a-z0-9./_-]{1,24} )?(?:worm|back ?door|ransomware|spyware|adware|root ?kit|exploit)|w(?:in)?32[/.]\\w{1,40}|eicar`,
      'worm',
      'back',
      'ransom',
      'spyware',
      'adware',
      'root',
      'exploit',
      'w32',
      'win32',
      'eicar',
    ),
  ],
  [
    'non-compliant',
    pattern(
      `headers? (?:[a-z]{1,12} ){0,3}(?:broken|corrupt\\w{0,3}|damaged|malformed|incomplete|unreadable|wrong|invalid|illegal)|(?:broken|corrupt\\w{0,3}|damaged|malformed|illegal|wrong) (?:[a-z-]{1,12} )?headers?`,
    ),
  ],
  [
    'too-big',
    pattern(
      `${mail}s? (?:[a-z]{1,12} ){0,2}${is}(?:too (?:large|big|heavy)|(?:larger|bigger|heavier|greater) than (?:what|we|any|allowed|permitted|accepted))|(?:is|are|was|were|be|it.s|being) (?:bigger|larger|heavier|greater|more) than (?:the |our |a )?(?:limit of |maximum of )?${size}|exceeds? (?:the |our |a )?(?:limit of |maximum of )?${size}`,
    ),
  ],
  [
    'content',
    pattern(
      `(?:zip|rar|iso|exe|7z|tar|archive|office|word|excel|pdf)s? (?:files?|attachments?|archives?|documents?)(?: [a-z]{1,12}){1,3} ${unwanted.replace('(?:', '(?:are |is |were |was )(?:')}`,
      'zip',
      'rar',
      'iso',
      'exe',
      '7z',
      'tar',
      'archive',
      'office',
      'word',
      'excel',
      'pdf',
    ),
  ],
  ['too-big', pattern(`oversized?|too (?:big|large|heavy) a(?:n)? ${mail}`)],
]
