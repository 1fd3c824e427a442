// Mails for the cost fuzz: each thing that the reader knows, repeated to a size, in each place where it may stand.

/** What is repeated: a text, or one that counts. Latin-1, one character a byte. */
export type Unit = string | ((n: number) => string)

const utf8 = (text: string): string => Buffer.from(text).toString('latin1')

/** By name. Whoever teaches the reader something new adds it here. */
export const units: Readonly<Record<string, Unit>> = {
  // Encoded words (RFC 2047), known, unknown, alternating, unfinished.
  'word utf-8': '=?utf-8?Q?=C3=A4?= ',
  'word base64': '=?utf-8?B?w6Q=?= ',
  'word unknown': '=?x-unknown?Q?=E4?= ',
  'word unknown each': n => `=?x-${n}?Q?=E4?= `,
  'word gbk': '=?gbk?Q?=C4=E3?= ',
  'word iso-2022-jp': '=?iso-2022-jp?B?GyRCRzsbKEI=?= ',
  'word alternating': n => `=?${['big5', 'koi8-r', 'euc-kr', 'utf-16le'][n % 4]}?Q?=C4=E3?=`,
  'word apart': '=?utf-8?Q?=C3=A4?=x',
  'word open': '=?utf-8?Q?',
  'word marks': '=?',
  'word ends': '?=',
  'word language': '=?utf-8*en-us-very-long-language?Q?a?= ',
  // Transfer encodings.
  equals: '=',
  padded: 'QQ==',
  'padded lines': 'QUI=\n',
  base64: 'QUJDREVG',
  'soft breaks': '=\n',
  'soft blanks': '=   ',
  hex: '=3D',
  'half hex': '=4',
  // HTML.
  'less-than': '< ',
  opened: '<',
  closed: '>',
  tag: '<a ',
  paragraph: '<p>',
  'paragraph ends': '</p>',
  style: '<style>',
  'style closed': '<style></style>',
  'head closed': '<head>x</head>',
  'script upper': '<SCRIPT>x</SCRIPT>',
  comment: '<!--',
  'comment closed': '<!---->',
  cell: '<td>x',
  'tag address': '<a@b.example>',
  'tag quoted': '<a title="',
  entity: '&amp;',
  'entity open': '&',
  'entity hex': '&#x41;',
  'entity long': '&CounterClockwiseContourIntegral;',
  'entity none': '&nosuchentity',
  // Structure.
  delimiter: '--b\n',
  'delimiter part': '--b\n\npart\n',
  'delimiter end': '--b--\n',
  'delimiter other': '--c\n',
  'delimiter like': '--bb\n',
  'part head': '--b\nContent-Type: text/html; charset=x\nX: y\n\n<p>x\n',
  'part fields': n => `${n % 90 === 0 ? '--b\n' : ''}X-Filler: y\n`,
  'part status':
    '--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822;a@b.example\nAction: failed\n\n',
  'part enclosed':
    '--b\nContent-Type: message/rfc822\n\nContent-Type: multipart/report; report-type=delivery-status; boundary=i\n\n--i\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822;a@b.example\n\n--i--\n\n',
  'part multipart': n => `--b\nContent-Type: multipart/mixed; boundary=n${n}\n\n--n${n}\n\nx\n--n${n}--\n`,
  nested: n => `--n${n - 1}\nContent-Type: multipart/mixed; boundary=n${n}\n\n`,
  'type fields': 'Content-Type: text/plain; charset=x; a=b\n',
  parameters: ';a=b',
  'parameters continued': n => `;boundary*${n}=x`,
  'parameters quoted': ';a="\\"',
  field: 'X-Filler: y\n',
  fold: ' x\n',
  'empty fold': ' \n',
  'no field': 'word\n',
  colons: ':',
  // Machine parts.
  block: n =>
    `Final-Recipient: rfc822; u${n}@example.org\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 <u${n}@example.org>: user unknown\n\n`,
  'block long': n =>
    `Final-Recipient: rfc822; u${n}@example.org\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 ${`sender address rejected ${n} `.repeat(70)}\n\n`,
  'block broken': 'Final-Recipient: rfc822;\nAction: none\nStatus: x\n\n',
  'block bare': 'Action: failed\n',
  'field status': 'Status: 5.1.1\n',
  'field recipient': n => `Final-Recipient: rfc822; u${n}@example.org\n`,
  'field diagnostic': 'Diagnostic-Code: smtp; 550 unknown\n',
  'json open': '{"notificationType":',
  'json array': '[',
  'json bounce': n =>
    `${n === 0 ? '{"notificationType":"Bounce","bounce":{"bouncedRecipients":[' : ','}{"emailAddress":"u${n}@example.org","diagnosticCode":"smtp; 550 5.1.1 unknown"}`,
  // Lists of people.
  'reply bracketed': n => `550 5.1.1 <u${n}@example.org> user unknown\n`,
  'reply bare': n => `550 5.1.1 u${n}@example.org unknown\n`,
  'reply clauses': n => `550 5.1.1 unknown: u${n}@example.org; `,
  'entry colon': n => `<u${n}@example.org>: 550 5.1.1 unknown\n`,
  'entry qmail': n => `<u${n}@example.org>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n`,
  'entry bullet': n => `* u${n}@example.org\n    550 user unknown\n`,
  'entry same': '<a@example.org>: 550 5.1.1 unknown\n',
  'entry alias': n => `<u${n}@example.org>\n   (expanded from: <a${n}@example.org>)\n`,
  'labels named': n => `Recipient: u${n}@example.org\nReason: 550 5.1.1 user unknown\n\n`,
  'labels reversed': n => `Reason: 550 5.1.1 user unknown\nFor: u${n}@example.org\n\n`,
  'labels sender': n => `Sender: u${n}@example.org\n`,
  'label lines': n => `Label ${n % 7}: value\n`,
  announced: 'The following addresses had errors:\n',
  transcript: n =>
    `... while talking to mx.example.org:\n>>> RCPT To:<u${n}@example.org>\n<<< 550 5.1.1 unknown\n550 5.1.1 <u${n}@example.org>... User unknown\n`,
  'transcript head': '   ----- Transcript of session follows -----\n',
  'exchange list': n => `u${n} on Tue, 3 Mar 2026 08:15:02 +0000\n    MSEXCH:IMS: unknown\n`,
  // Addresses.
  'address list': n => `u${n}@example.org, `,
  'address lines': n => `u${n}@example.org\n`,
  'address named': n => `"Ana ${n}" <u${n}@example.org>, `,
  'address spaced': n => `mail to u${n}@example.org failed. `,
  'address at': '@',
  'address local': 'a@',
  'address joined': 'a@b.example',
  'address route': '@relay.example,',
  'comment open': '(',
  'comment pair': '(a)',
  quote: '"',
  'quoted pair': '"a" ',
  backslash: '\\',
  comma: ',',
  semicolon: '; ',
  xtext: '+2B',
  'unicode escapes': '\\x{41}',
  mailto: '<mailto:a@b.example> ',
  // Originals in the text.
  'quoted lines': '> x\n',
  'quoted deep': '>>>>>> x\n',
  'trace lines': 'Received: from a by b\n',
  'trace broken': 'Received: from a by b\n\n',
  'path lines': 'Return-Path: <a@b.example>\nx\n',
  'marker denied': '--- original message subject ---\n',
  'original colon': 'original message is:\n',
  dashes: '-',
  'dash lines': '-\n',
  rules: '--------------------\n',
  glued: ':> x',
  // Codes and words.
  'codes enhanced': '5.1.1 ',
  'codes cut': '5.',
  codes: '550 ',
  'codes continued': '550-5.1.1 ',
  'codes introduced': 'said: 550 ',
  dots: '.',
  digits: '5',
  'network addresses': '192.0.2.1 ',
  hosts: 'mx.example.org ',
  'hosts joined': 'mx.example.',
  links: 'http://example.org/?a=b ',
  'words hard': 'user unknown ',
  'words soft': 'mailbox is full ',
  'words blocked': 'sender address rejected: blocked by spamhaus, spam, reputation. ',
  'words of parties': 'sender recipient server does not exist ',
  'words German': 'Absender unbekannt Postfach voll nicht zugestellt ',
  'words Chinese': utf8('不明用户 收件人不存在 '),
  'words denied': 'your message was not ',
  'words negated': 'nicht ',
  'words stated': 'could not be delivered ',
  'words conditional': 'if it could not be delivered. ',
  'words delayed': 'delivery delayed, will be retried. ',
  'words promised': 'we will ',
  'words general': '17 messages could not be delivered. ',
  'words quoted': '“not delivered” ',
  sentences: 'It failed. ',
  paragraphs: 'It failed.\n\n',
  'subject lines': 'Subject: x\n y\n',
  // Bytes.
  letter: 'a',
  capital: 'A',
  spaces: ' ',
  tabs: '\t',
  lines: '\n',
  'blank lines': ' \n',
  'carriage returns': '\r',
  'CR CR LF': '\r\r\n',
  nul: '\0',
  escape: '\x1b',
  'escape sequence': '\x1b$B\x47\x3b\x1b(B',
  'eight bit': '\xe4',
  'utf-8 cut': '\xc3',
  'dotted I': utf8('İ'),
  accents: utf8('é'),
  marks: utf8('e\u0301'),
  'zero width': utf8('\u200b'),
  emoji: utf8('😀'),
  'wide punctuation': utf8('：，'),
}

/** The unit again and again, so many bytes of it. */
export function repeated(unit: Unit, bytes: number): string {
  if (typeof unit === 'string') return unit.repeat(Math.ceil(bytes / unit.length)).slice(0, bytes)
  const out: string[] = []
  for (let n = 0, length = 0; length < bytes; n++) {
    const text = unit(n)
    out.push(text)
    length += text.length
  }
  return out.join('')
}

const head =
  'Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example.org>\nTo: b-x@bounces.example\n'
const titled = `${head}Subject: Undelivered Mail Returned to Sender\n`
const report = `${titled}Auto-Submitted: auto-replied\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nIt failed.\n\n`
const status = `${report}--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n`
const about = 'Final-Recipient: rfc822; ana@example.org\nAction: failed\nStatus: 5.0.0\n'

/** In pieces of at most so many characters. */
function* pieces(text: string, length: number): Generator<string> {
  for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length)
}

/** Where the repeated text may stand. */
export const places: Readonly<Record<string, (text: string) => string>> = {
  'a notice': text => `${titled}\nThis is the mail system at host mx.example.org.\n\n${text}`,
  'a notice in lines': text => `${titled}\n${[...pieces(text, 70)].join('\n')}`,
  'a person’s mail': text => `From: ana@example.org\nSubject: hello\n\n${text}`,
  'a notice in HTML': text => `${titled}Content-Type: text/html; charset=utf-8\n\n${text}`,
  'Base64 by name': text => `${titled}Content-Transfer-Encoding: base64\n\n${text}`,
  'Base64 in fact': text =>
    `${titled}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n${Buffer.from(text, 'latin1').toString('base64')}`,
  'quoted-printable': text => `${titled}Content-Transfer-Encoding: quoted-printable\n\n${text}`,
  'a multibyte charset': text => `${titled}Content-Type: text/plain; charset=gb18030\n\n${text}`,
  'a status part': text => `${status}${text}\n--b--\n`,
  'one diagnostic': text => `${status}${about}Diagnostic-Code: smtp; 550 ${text}\n--b--\n`,
  'many diagnostics': text =>
    `${status}${[...pieces(text.replaceAll('\n', ' '), 300)]
      .map((piece, n) => `${about.replace('ana', `u${n}`)}Diagnostic-Code: smtp; 550 ${piece}\n`)
      .join('\n')}--b--\n`,
  'a subject': text => `${head}Subject: ${text.replaceAll('\n', ' ')}\n\nIt failed.\n`,
  'fields of addresses': text =>
    [...pieces(text.replaceAll('\n', ' '), 15_000)].map(piece => `To: ${piece}\nFrom: ${piece}\n`).join('') +
    '\nIt failed.\n',
  'many fields': text =>
    `${titled}${[...pieces(text.replaceAll('\n', ' '), 60)].map(piece => `X-Failed-Recipients: ${piece}\n`).join('')}\nIt failed.\n`,
  'a header': text => `${titled}${text}\n\nIt failed.\n`,
  'heads of parts': text =>
    `${report}${[...pieces(text, 8_000)].map(piece => `--b\nContent-Type: text/plain\n${piece}\n\nx\n`).join('')}--b--\n`,
  'a content type': text => `${titled}Content-Type: text/plain${text.replaceAll('\n', ' ')}\n\nIt failed.\n`,
  'a multipart': text => `${report}${text}`,
  'a multipart without its boundary': text =>
    `${titled}Content-Type: multipart/mixed\n\n--b\nContent-Type: text/plain\n\n${text}`,
  'an enclosed header': text => `${report}--b\nContent-Type: message/rfc822\n\n${text}\n--b--\n`,
  'an enclosed report': text =>
    `${report}--b\nContent-Type: message/rfc822\n\nContent-Type: multipart/report; report-type=delivery-status; boundary=i\n\n--i\nContent-Type: message/delivery-status\n\n${text}\n--i--\n--b--\n`,
  'a quoted original': text =>
    `${titled}\n550 5.1.1 ana@example.org unknown\n\n--- Original message ---\n${text}`,
  alternatives: text =>
    `${titled}Content-Type: multipart/alternative; boundary=b\n\n${[...pieces(text, 30_000)].map(piece => `--b\nContent-Type: text/html\n\n${piece}\n`).join('')}--b--\n`,
  'bytes of no kind': text => `${report}--b\nContent-Type: application/octet-stream\n\n${text}\n--b--\n`,
  'a complaint': text =>
    `${titled}Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n\n${text}\n--b--\n`,
  'a receipt': text =>
    `${titled}Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/disposition-notification\n\n${text}\n--b--\n`,
}

/** An ordinary report of that size: one failure, and the mail that is returned. */
export function ordinary(bytes: number): Buffer {
  const line = 'The quick brown fox jumps over the lazy dog and comes back for its hat.\r\n'
  const returned = `Return-Path: <b-x@bounces.example>\r\nSubject: news\r\nMessage-ID: <1@crm.example>\r\n\r\n${line.repeat(Math.ceil(bytes / line.length))}`
  return Buffer.from(
    `${status}${about}Diagnostic-Code: smtp; 550 5.1.1 <ana@example.org>: user unknown\n\n--b\nContent-Type: message/rfc822\n\n${returned}--b--\n`,
  )
}
