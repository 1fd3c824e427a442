// Every writer with every scenario: is the message what its program would write, and the same for the same seed?

import { simpleParser } from 'mailparser'
import { describe, expect, test } from 'vitest'
import {
  type Composed,
  compose,
  scenariosOf,
  type WriterName,
  writerNames,
  writers,
} from '../../src/harness/compose.ts'
import { everyPair } from '../../src/harness/mix.ts'
import { UnknownNameError } from '../../src/harness/names.ts'
import { damaged, reported, type ScenarioName } from '../../src/harness/scenarios.ts'

const at = new Date('2026-03-04T05:06:07Z')
const returnPath = 'b-abc@bounces.crm.example'

const composed = (writer: string, scenario: string, seed = '1', recipient = 'ana@example.org'): Composed =>
  compose(writer, scenario, { returnPath, recipient, at, seed })

const seeds = ['1', '2', '3', '4', '5', '6']
const isDamaged = (scenario: string): boolean => damaged.some(row => row.name === scenario)

/** Undamaged pairs; the damaged ones are in forms.test.ts. */
const sound = everyPair().filter(pair => !isDamaged(pair.scenario))
const reports = sound.filter(pair => pair.writer !== 'mailbox')
const withStatusPart = reports.filter(
  pair => pair.writer !== 'mailbox' && ['report', 'mixed'].includes(writers[pair.writer].format),
)

describe('every pair', () => {
  test('is written by somebody', () => {
    expect(writerNames.length).toBeGreaterThanOrEqual(20)
    const scenarios = new Set(everyPair().map(pair => pair.scenario))
    expect(scenarios.size).toBe(reported.length + damaged.length + scenariosOf('mailbox').length)
  })

  test.each(sound)('$writer $scenario is sound mail', ({ writer, scenario }) => {
    for (const seed of seeds) {
      const { raw } = composed(writer, scenario, seed)
      const text = raw.toString('utf8')
      // RFC 5321 §2.3.8, §4.5.3.1.6: CRLF only, lines of at most 998 octets.
      expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
      expect(Math.max(...text.split('\r\n').map(line => Buffer.byteLength(line)))).toBeLessThanOrEqual(998)
      expect(text.endsWith('\r\n')).toBe(true)
      expect(text).not.toMatch(/undefined|\[object|NaN|\{address\}|\{domain\}|\{subject\}/)
      const header = text.slice(0, text.indexOf('\r\n\r\n')).replace(/\r\n[ \t]/g, ' ')
      for (const line of header.split('\r\n')) expect(line).toMatch(/^[A-Za-z][A-Za-z0-9-]*:/)
      const names = header.split('\r\n').map(line => line.slice(0, line.indexOf(':')).toLowerCase())
      for (const name of ['date', 'from', 'to', 'subject'])
        expect(names.filter(each => each === name)).toEqual([name])
      expect(header).toContain(returnPath)
    }
  })

  test.each(everyPair().filter(pair => pair.scenario !== 'huge'))(
    '$writer $scenario repeats for a seed and varies between seeds',
    ({ writer, scenario }) => {
      expect(composed(writer, scenario).raw).toEqual(composed(writer, scenario).raw)
      expect(composed(writer, scenario, '1').raw).not.toEqual(composed(writer, scenario, '2').raw)
    },
  )

  test('writers are told apart: no two write the same for one seed', () => {
    const all = writerNames
      .filter(name => name !== 'mailbox')
      .map(name => composed(name, 'unknown-user').raw.toString())
    expect(new Set(all).size).toBe(all.length)
  })
})

describe('reports', () => {
  test.each(reports)('$writer $scenario states what it says it states', ({ writer, scenario }) => {
    for (const seed of seeds) {
      const { raw, expected } = composed(writer, scenario, seed)
      const text = raw.toString('utf8').replaceAll('=\r\n', '')
      if (expected.status !== null) expect(text).toContain(expected.status)
      if (expected.replyCode) expect(text).toMatch(new RegExp(`\\b${expected.replyCode}\\b`))
      if (expected.address) expect(text).toContain(expected.address)
    }
  })

  test.each(withStatusPart)(
    '$writer $scenario has a status part for its every recipient',
    async ({ writer, scenario }) => {
      const { raw, expected } = composed(writer, scenario)
      const text = raw.toString('utf8')
      const part = statusPart(text)
      const [first = '', ...blocks] = part.split('\r\n\r\n').map(block => block.trim())
      expect(first).toMatch(/^Reporting-MTA: dns; ?\S+/m)
      expect(blocks).toHaveLength({ several: 3, 'several-soft': 3, expanded: 2 }[scenario as string] ?? 1)
      for (const block of blocks) {
        expect(block).toMatch(/^Final-Recipient: rfc822; ?\S+@\S+$/im)
        expect(block).toMatch(/^Action: (failed|delayed|delivered|relayed)\b/m)
        // RFC 3464 §2.3.4: a comment may follow the code.
        expect(block).toMatch(/^Status: [245]\.\d{1,3}\.\d{1,3}(?: \([^)]*\))?$/m)
      }
      const { action } = reported.find(row => row.name === scenario) as { action?: string }
      // OpenSMTPD writes its last notice as a warning.
      const isLast = writer === 'opensmtpd' && scenario === 'expired'
      const failure = isLast ? 'delayed' : 'failed'
      const wanted = action === 'delivered' ? /Action: (delivered|relayed)/ : `Action: ${action ?? failure}`
      expect(part).toMatch(wanted)
      // The same through a MIME parser of other people's.
      const mail = await simpleParser(raw, { keepDeliveryStatus: true })
      const types = mail.attachments.map(attachment => attachment.contentType)
      expect(types).toContain('message/delivery-status')
      expect(mail.text ?? '').not.toBe('')
      if (expected.kind === 'bounce' && scenario !== 'forward' && scenario !== 'expanded')
        expect(part).toContain('ana@example.org')
    },
  )

  test.each(reports)(
    '$writer $scenario returns the mail with its own return path',
    ({ writer, scenario }) => {
      const { raw } = composed(writer, scenario)
      const text = raw.toString('utf8')
      const returnsNothing = writer === 'mimecast' || (writer === 'exim-old' && scenario === 'delayed')
      expect(/^return-path: <b-abc@bounces\.crm\.example>\r$/im.test(text)).toBe(!returnsNothing)
    },
  )

  test.each(reports.filter(pair => pair.writer !== 'mailbox' && writers[pair.writer].format === 'text'))(
    '$writer $scenario is plain text',
    ({ writer, scenario }) => {
      const text = composed(writer, scenario).raw.toString('utf8')
      expect(text.slice(0, text.indexOf('\r\n\r\n'))).not.toMatch(/multipart/i)
      expect(text).not.toMatch(/^Final-Recipient:/im)
    },
  )
})

/** What makes each program's report recognisable as its own. */
describe('the marks of each program', () => {
  const check = (writer: WriterName, scenario: ScenarioName, ...marks: RegExp[]): void => {
    const text = composed(writer, scenario).raw.toString('utf8')
    for (const mark of marks) expect(text).toMatch(mark)
  }
  const first = 'unknown-user'

  test.each<[WriterName, ScenarioName, ...RegExp[]]>([
    [
      'postfix',
      first,
      /^\tboundary="[A-Z0-9]+\.\d+\/mail\.crm\.example"\r$/m,
      /^X-Postfix-Queue-ID: /m,
      /\(in\r?\n? *reply to|in reply\r\n {4}to|\(in reply to/,
    ],
    [
      'postfix',
      'unknown-domain',
      /^Diagnostic-Code: X-Postfix; Host or domain name not found/m,
      /^Status: 5\.4\.4\r$/m,
    ],
    [
      'exim',
      first,
      /^X-Failed-Recipients: ana@example\.org\r$/m,
      /boundary=\d+-eximdsn-\d+\r$/m,
      /^Status: 5\.0\.0\r$/m,
    ],
    [
      'exim-old',
      first,
      /^X-Failed-Recipients: /m,
      /^------ This is a copy of the message, including all the headers\. ------\r$/m,
    ],
    [
      'sendmail',
      first,
      / {3}----- Transcript of session follows -----/,
      /^Auto-Submitted: auto-generated \(failure\)\r$/m,
      /^Final-Recipient: RFC822; /m,
    ],
    [
      'qmail',
      first,
      /^Received: \(qmail \d+ invoked for bounce\); /m,
      /^Hi\. This is the qmail-send program at /m,
      /^--- Below this line is a copy of the message\.\r$/m,
    ],
    [
      'courier',
      first,
      /^Subject: NOTICE: mail delivery status\.\r$/m,
      /^ {4}boundary="=_courier_/m,
      /^<<< 550/m,
    ],
    [
      'opensmtpd',
      first,
      /^Content-Type: multipart\/mixed;boundary="\d+\/mail/m,
      /^Content-Description: Delivery Report\r$/m,
    ],
    [
      'exchange',
      first,
      /RESOLVER\.ADR\.RecipNotFound/,
      /^X-MS-Exchange-Message-Is-Ndr:\r$/m,
      /^Content-Type: multipart\/alternative; differences=Content-Type;\r$/m,
    ],
    ['office-365', first, /^Status: 5\.1\.10\r$/m, /prod\.outlook\.com/],
    [
      'gmail',
      first,
      /boundary="0{12}[0-9a-f]{16}"; report-type=delivery-status\r$/m,
      /^\*\* Address not found \*\*\r$/m,
      /^Content-ID: <icon\.png>\r$/m,
    ],
    [
      'yahoo',
      first,
      /^From: MAILER-DAEMON@yahoo\.com\r$/m,
      /^Subject: Failure Notice\r$/m,
      /^550: 5\.1\.1 /m,
    ],
    ['amazon-ses', first, /^From: MAILER-DAEMON@amazonses\.com\r$/m, /boundary="----=_Part_/],
    ['domino', first, /^Subject: DELIVERY FAILURE: User ana /m, /^Diagnostic-Code: X-Notes; /m],
    // iCloud; Oracle's guide, and what people post.
    [
      'messaging-server',
      first,
      /^Subject: Delivery Notification: Delivery has failed\r$/m,
      /^ boundary="Boundary_\(ID_\w{22}\)"\r$/m,
      /^This report relates to a message you sent with the following header fields:\r$/m,
      /^ {2}Recipient address: ana@example\.org\r\n {2}Reason: Remote SMTP server has rejected address\r$/m,
      /^ {2}Remote system: dns;\S+ \(TCP\|/m,
    ],
    [
      'gmx',
      first,
      /^This message was created automatically by mail delivery software\.\r$/m,
      /^"ana@example\.org":\r\nSMTP error from remote server after RCPT command:\r\nhost: /m,
      /^--- The header of the original message is following\. ---\r$/m,
    ],
    // Haraka's config/outbound.bounce_message.
    [
      'haraka',
      first,
      /^Received: \(Haraka \d+ invoked for bounce\); /m,
      /^Hi\. This is the Haraka Mailer program at /m,
      /^Intended Recipients: <ana@example\.org>\r\nFailure Reason: 550/m,
    ],
    // Bouncer.java of Apache James.
    [
      'james',
      first,
      /^Hi\. This is the James mail server at /m,
      /^ana@example\.org\r\nRemote mail server told me: 550/m,
    ],
    [
      'powermta',
      first,
      /^Subject: Delivery report\r$/m,
      /^Hello, this is the mail server on /m,
      /^ {2}<ana@example\.org> {2}delivery failed; will not continue trying\r$/m,
      /^X-PowerMTA-BounceCategory: bad-mailbox\r$/m,
    ],
    [
      'sendgrid',
      first,
      /^From: MAILER-DAEMON\r$/m,
      /^X-Mailer: MIME-tools 5\.502 \(Entity 5\.502\)\r$/m,
      /^This is an automatically generated message from SendGrid\.\r$/m,
      /^Diagnostic-Code: 550 /m,
    ],
  ])('%s %s', (writer, scenario, ...marks) => check(writer, scenario, ...marks))
})

describe('arguments', () => {
  test('the recipient and the return path given are those in the mail', () => {
    const { raw } = compose('postfix', 'unknown-user', {
      returnPath: 'inbox@bounces.crm.example',
      originalReturnPath: 'b-other@bounces.crm.example',
      recipient: 'zoe@example.net',
      at,
    })
    const text = raw.toString()
    expect(text).toContain('To: inbox@bounces.crm.example\r\n')
    expect(text).toContain('Return-Path: <b-other@bounces.crm.example>\r\n')
    expect(text).toContain('X-Rebound-Ref: b-other@bounces.crm.example\r\n')
    expect(text).toContain('Final-Recipient: rfc822; zoe@example.net\r\n')
    expect(text).not.toContain('ana@example.org')
  })

  test.each([
    ['posfix', 'unknown-user', 'There is no writer "posfix". Did you mean "postfix"?'],
    ['postfix', 'unknwn-user', 'There is no scenario "unknwn-user". Did you mean "unknown-user"?'],
    ['mailbox', 'expired', 'mailbox never writes "expired".'],
  ])('%s %s is refused', (writer, scenario, words) => {
    expect(() => composed(writer, scenario)).toThrow(UnknownNameError)
    expect(() => composed(writer, scenario)).toThrow(words)
  })
})

/** The delivery-status part as it stands, by its own delimiter. */
function statusPart(text: string): string {
  const start = text.search(/^Content-Type: message\/delivery-status/im)
  const body = text.indexOf('\r\n\r\n', start) + 4
  const delimiter =
    text
      .slice(0, start)
      .match(/^--\S+(?=\r$)/gm)
      ?.at(-1) ?? ''
  return text.slice(body, text.indexOf(`\r\n${delimiter}`, body))
}
