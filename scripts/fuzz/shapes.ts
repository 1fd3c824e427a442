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
  'word shift_jis': '=?shift_jis?B?g3I=?= ',
  'word lengths': n => `=?utf-8?Q?${'a'.repeat(n % 70)}?= `,
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
  'entity decimal': '&#228;',
  'tag opened': '<div>',
  'tag attributes': '<td style="a:b" class=c width=1>',
  'tag link': '<a href="http://example.org/?u=a@b.example">x</a>',
  'table row': '<tr><td>x</td></tr>',
  preformatted: '<pre>x</pre>',
  'tag cut': '<td class="',
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
  'leaf text': n => `--b\nContent-Type: text/plain; charset=koi8-r\n\n<u${n}@example.org>: 550 unknown\n`,
  'leaf base64': '--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nw6Qg\n',
  'delimiters each': n => `--b${n}\n`,
  'delimiters spaced': '--b  \t \n',
  'delimiters long': `--${'b'.repeat(70)}\n`,
  'leaf S/MIME':
    '--b\nContent-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\nContent-Transfer-Encoding: base64\n\nMIIBgwYJKoZIhvcNAQcC\n',
  'leaf calendar': '--b\nContent-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\n',
  'leaf external':
    '--b\nContent-Type: message/external-body; access-type=anon-ftp\n\nContent-Type: text/plain\n\n',
  'leaf partial': n => `--b\nContent-Type: message/partial; number=${n}; total=9; id=x\n\nx\n`,
  'leaf quoted': '--b\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n=C3=A4=\n\n',
  'nested enclosed': n =>
    `Content-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=e${n}\n\n--e${n}\n`,
  'nested alternatives': n =>
    `--n${n - 1}\nContent-Type: multipart/alternative; boundary=n${n}\n\n--n${n}\n\nx\n`,
  'type fields': 'Content-Type: text/plain; charset=x; a=b\n',
  parameters: ';a=b',
  'parameters continued': n => `;boundary*${n}=x`,
  'parameters encoded': n => `;name*${n}*=utf-8''%E4%BD`,
  'parameters of charsets': n => `;charset*${n}=gb;charset=x${n}`,
  'parameters of boundaries': n => `;boundary*${n}*=utf-8''b${n};boundary=b${n}`,
  'parameters out of order': n => `;name*${99999 - n}=x`,
  'parameters commented': ';a(b(c))=d',
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
  'transcript commands': '>>> DATA\n<<< 550 5.1.1 unknown\n',
  'transcript lines': n => `<<< 550-5.1.1 <u${n}@example.org> unknown\n`,
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
  'xtext broken': '+2+ZZ',
  'xtext field': n => `Original-Recipient: rfc822;u+2B${n}+40x@example.org\n`,
  'unicode escapes': '\\x{41}',
  mailto: '<mailto:a@b.example> ',
  'address group': n => `Group ${n}: u${n}@example.org, v@example.org;, `,
  'address commented': n => `u${n} (a (b) c) @ (d) example.org, `,
  'address in comments': '(a@b.example (',
  'address punycode': n => `u@xn--bcher${n}-kva.example `,
  'address of any script': n => utf8(`ü${n}@bücher.example `),
  'address literal': n => `u@[IPv6:2001:db8::${n % 9999}] `,
  'address X.400': n => `/G=Ana/S=U${n}/O=Example/A=x/C=de/ `,
  'address quoted': n => `"u ${n}\\" @"@example.org, `,
  'address wrapped': n => `prvs=1234=SRS0=ab=cd=example.org=u${n}@example.org `,
  'address minted': n => `b-${'0123456789abcdefghijklmnopqrstuv'.slice(n % 20)}@bounces.example `,
  'address tags': 'u+',
  'message ids': n => `<${n}.abc@mx.example.org> `,
  // Originals in the text.
  'quoted lines': '> x\n',
  'quoted deep': '>>>>>> x\n',
  'reply heads': n => `On Tue, 3 Mar 2026, Ana ${n} <u${n}@example.org> wrote:\n> x\n`,
  'reply deeper': n => `${'> '.repeat(n % 40)}x\n`,
  'trace lines': 'Received: from a by b\n',
  'trace broken': 'Received: from a by b\n\n',
  'path lines': 'Return-Path: <a@b.example>\nx\n',
  'marker denied': '--- original message subject ---\n',
  'original colon': 'original message is:\n',
  dashes: '-',
  'dash lines': '-\n',
  rules: '--------------------\n',
  glued: ':> x',
  'trace whole': n =>
    `Received: from mx${n}.example.org (mx [192.0.2.1]) by mx.example.net (8.15) with ESMTPS id ${n}\n\tfor <u${n}@example.org>; Tue, 3 Mar 2026 08:15:02 +0000 (UTC)\n`,
  'trace fields': n => `Delivered-To: u${n}@example.org\nX-Original-To: u${n}@bounces.example\n`,
  dates: 'Date: Tue, 3 Mar 2026 08:15:02 +0000\n',
  'dates broken': 'Tue, 99 Mar 2026 ',
  'retry times': 'will be retried in 4 hours, 3 days and 17 minutes. ',
  // What else mails hold.
  uuencode: n => `begin 644 f${n}\nM${'9'.repeat(60)}\n\`\nend\n`,
  'uuencode open': 'begin 644 x\n',
  yenc: '=ybegin line=128 size=9 name=x\n=}abc\n=yend size=9\n',
  binhex: '(This file must be converted with BinHex 4.0)\n:',
  armor: '-----BEGIN PGP MESSAGE-----\n\nabcd\n-----END PGP MESSAGE-----\n',
  tnef: '\x78\x9f\x3e\x22\x01\x00\x01\x06\x90\x08\x00\x04\x00\x00\x00',
  der: 'MIIBgwYJKoZIhvcNAQcC',
  event: n => `BEGIN:VEVENT\nATTENDEE;PARTSTAT=DECLINED;CN="Ana ${n}":mailto:u${n}@example.org\nEND:VEVENT\n`,
  'calendar folds': 'SUMMARY:x\n y\n',
  'markup xml': '<a><b/></a>',
  'markup url': '<a href="mailto:u@example.org?subject=550 5.1.1 unknown">x</a>',
  'markup nested': '<b><i><u>',
  'css escapes': '<style>a{b:"\\41 "}</style>',
  'json deep': '{"a":[',
  'json escapes': '"\\u0041\\u',
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
  'words Japanese': utf8('宛先不明 メールボックスがいっぱいです '),
  'words Thai': utf8('ไม่พบผู้รับ กล่องจดหมายเต็ม '),
  'words Korean': utf8('수신자를 찾을 수 없습니다 '),
  'words Arabic': utf8('المستلم غير موجود '),
  'words of many languages': n =>
    [
      'user unknown ',
      'Postfach voll ',
      'utilisateur inconnu ',
      'buzón lleno ',
      'destinatario sconosciuto ',
    ].map(utf8)[n % 5] ?? '',
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
  'charset switches': '\x1b$B$3\x1b(J\\\x1b$(D0!\x1b(B',
  'charset hz': '~{VPND~}',
  'charset utf-7': '+AOQ-',
  'byte order marks': '\xef\xbb\xbf\xfe\xff',
  'escape sequence': '\x1b$B\x47\x3b\x1b(B',
  'eight bit': '\xe4',
  'utf-8 cut': '\xc3',
  'dotted I': utf8('İ'),
  accents: utf8('é'),
  marks: utf8('e\u0301'),
  'zero width': utf8('\u200b'),
  emoji: utf8('😀'),
  surrogates: '\xed\xa0\x80',
  'wide punctuation': utf8('：，'),
}

const each = Object.values(units)

/** Every unit in turn. */
export const mixed: Unit = n => {
  const unit = each[(n * 7) % each.length] ?? ''
  return typeof unit === 'string' ? unit : unit(n)
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

type Places = Readonly<Record<string, (text: string) => string>>

function inCharsets(...charsets: readonly string[]): Places {
  const put = (charset: string) => (text: string) =>
    `${titled}Content-Type: text/plain; charset=${charset}\n\n${text}`
  return Object.fromEntries(charsets.map(charset => [`the charset ${charset}`, put(charset)]))
}

function inEncodings(...encodings: readonly string[]): Places {
  const put = (encoding: string) => (text: string) =>
    `${titled}Content-Transfer-Encoding: ${encoding}\n\n${text}`
  return Object.fromEntries(encodings.map(encoding => [`the encoding ${encoding}`, put(encoding)]))
}

/** Where the repeated text may stand. */
export const places: Places = {
  ...inCharsets(
    'utf-7',
    'hz-gb-2312',
    'utf-16',
    'iso-8859-8-i',
    'shift_jis',
    'iso-2022-jp',
    'euc-kr',
    'big5',
    'utf-16le',
    'windows-1251',
    'x-unknown',
  ),
  ...inEncodings('7bit', '8bit', 'binary', 'x-uuencode'),
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
  'a returned mail': text =>
    `${status}${about}Diagnostic-Code: smtp; 550 5.1.1 <ana@example.org>: user unknown\n\n--b\nContent-Type: message/rfc822\n\nSubject: news\n\n${text}\n--b--\n`,
  'a quoted original': text =>
    `${titled}\n550 5.1.1 ana@example.org unknown\n\n--- Original message ---\n${text}`,
  alternatives: text =>
    `${titled}Content-Type: multipart/alternative; boundary=b\n\n${[...pieces(text, 30_000)].map(piece => `--b\nContent-Type: text/html\n\n${piece}\n`).join('')}--b--\n`,
  'bytes of no kind': text => `${report}--b\nContent-Type: application/octet-stream\n\n${text}\n--b--\n`,
  'parts of Base64': text =>
    `${report}${[...pieces(text, 9_000)].map(piece => `--b\nContent-Type: text/html; charset=big5\nContent-Transfer-Encoding: base64\n\n${Buffer.from(piece, 'latin1').toString('base64')}\n`).join('')}--b--\n`,
  'parameters of a part': text =>
    `${report}--b\nContent-Type: text/plain; name=${text.replaceAll('\n', ' ')}\n\nx\n--b--\n`,
  'the boundary': text =>
    `${titled}Content-Type: multipart/mixed; boundary="${text.replaceAll('\n', ' ')}"\n\n--b\n\nx\n--b--\n`,
  'a calendar': text => `${titled}Content-Type: text/calendar; method=REPLY\n\n${text}`,
  'a TNEF part': text =>
    `${report}--b\nContent-Type: application/ms-tnef; name=winmail.dat\n\n${text}\n--b--\n`,
  'an encrypted mail': text =>
    `${titled}Content-Type: application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n${text}`,
  'a signed mail': text =>
    `${titled}Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary=b\n\n--b\n\n${text}\n--b\nContent-Type: application/pkcs7-signature\n\nMII\n--b--\n`,
  JSON: text => `${titled}Content-Type: application/json\n\n${text}`,
  references: text =>
    `${titled}${[...pieces(text.replaceAll('\n', ' '), 15_000)].map(piece => `References: ${piece}\nIn-Reply-To: ${piece}\nX-Rebound-Ref: ${piece}\n`).join('')}\nIt failed.\n`,
  'traces of an original': text =>
    `${status}${about}\n--b\nContent-Type: text/rfc822-headers\n\n${[...pieces(text.replaceAll('\n', ' '), 900)].map(piece => `Received: ${piece}\nReturn-Path: <${piece}>\n`).join('')}\n--b--\n`,
  'fields of a report': text =>
    `${status}${[...pieces(text.replaceAll('\n', ' '), 5_000)].map(piece => `Original-Envelope-Id: ${piece}\nReporting-MTA: ${piece}\nArrival-Date: ${piece}\n`).join('')}\n${about}\n--b--\n`,
  'names of recipients': text =>
    `${status}${[...pieces(text.replaceAll('\n', ' '), 5_000)].map(piece => `Final-Recipient: rfc822; ${piece}\nOriginal-Recipient: rfc822; ${piece}\nRemote-MTA: dns; ${piece}\nAction: failed\nStatus: 5.1.1 (${piece})\n`).join('\n')}\n--b--\n`,
  'a deep part': text =>
    `${head}Content-Type: multipart/mixed; boundary=d0\n\n${Array.from({ length: 20 }, (_, n) => `--d${n}\nContent-Type: multipart/mixed; boundary=d${n + 1}\n\n`).join('')}--d20\n\n${text}`,
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
