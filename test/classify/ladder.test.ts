// The order of judgement: which rung decides, what comes of it, and what the sender's fault forbids.

import { describe, expect, test } from 'vitest'
import { createJudge } from '../../src/classify/ladder.ts'
import { defaultRules } from '../../src/knowledge/default-rules.ts'
import type { Kind, RecipientReport, Report } from '../../src/model/report.ts'
import { failure, report } from './reports.ts'

const { judge, explain } = createJudge({ rules: [] })

function check(given: Partial<RecipientReport>, expected: string): void {
  const verdict = judge(report([failure(given)])).recipients[0]?.verdict
  const lasting = verdict?.permanent ? 'permanent' : 'temporary'
  const how = verdict?.permanent === null ? '?' : lasting
  expect(
    `${verdict?.type} ${verdict?.category} ${how} ${verdict?.because.rung} ${verdict?.because.rule}`,
  ).toBe(expected)
}

describe('rungs', () => {
  test.each<[Partial<RecipientReport>, string]>([
    // provider before exact status
    [
      {
        status: '5.1.10',
        diagnostic: '550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found',
        remoteMta: 'x.mail.protection.outlook.com',
      },
      'hard unknown-user permanent provider microsoft/recipient-not-found',
    ],
    [
      { status: '5.1.10', diagnostic: '556 5.1.10 recipient domain has null MX' },
      'hard not-accepting permanent exact-status 5.1.10',
    ],
    // exact status before text
    [
      { status: '5.2.2', diagnostic: '552 5.2.2 user unknown' },
      'soft mailbox-full permanent exact-status 5.2.2',
    ],
    [{ status: '5.1.1' }, 'hard unknown-user permanent exact-status 5.1.1'],
    [{ status: '5.1.6' }, 'hard moved permanent exact-status 5.1.6'],
    // text before vague status
    [
      { status: '5.0.0', diagnostic: '550 user unknown' },
      'hard unknown-user permanent text unknown-user/unknown',
    ],
    [
      { status: '5.7.1', diagnostic: '550 5.7.1 no such user here' },
      'hard unknown-user permanent text unknown-user/no-such',
    ],
    [
      { status: '5.1.0', diagnostic: '550 5.1.0 sender rejected' },
      'soft sender-rejected permanent text sender-rejected/sender',
    ],
    [
      { status: '5.4.1', diagnostic: '554 connection refused' },
      'soft network-error permanent text network-error/connection',
    ],
    // vague status where the text says nothing
    [{ status: '5.1.0', diagnostic: '550 5.1.0 gnarl' }, 'hard unknown-user permanent vague-status 5.1.0'],
    [{ status: '5.7.1', diagnostic: '550 5.7.1 gnarl' }, 'soft policy permanent vague-status 5.7.1'],
    [{ status: '5.4.4' }, 'soft network-error permanent vague-status 5.4.4'],
    [{ status: '5.2.1' }, 'soft mailbox-disabled permanent vague-status 5.2.1'],
    [{ status: '5.1.99' }, 'hard unknown-user permanent vague-status 5.1.99'],
    // a class is no cause: the next rung may know one
    [{ status: '5.0.0', replyCode: 552 }, 'soft mailbox-full permanent reply-code 552'],
    [{ status: '5.0.0', replyCode: 550 }, 'soft undetermined permanent vague-status 5.0.0'],
    [{ status: '5.3.2', replyCode: 521 }, 'hard not-accepting permanent reply-code 521'],
    [{ status: '5.7.1', replyCode: 521 }, 'soft policy permanent vague-status 5.7.1'],
    // reply code
    [{ replyCode: 556 }, 'hard not-accepting permanent reply-code 556'],
    [{ replyCode: 421 }, 'soft network-error temporary reply-code 421'],
    // action
    [{ replyCode: 550 }, 'soft undetermined permanent action failed'],
    [{}, 'soft undetermined permanent action failed'],
    [{ action: null }, 'soft undetermined permanent none undetermined'],
  ])('%j → %s', check)
})

describe('hardness', () => {
  test.each<[Partial<RecipientReport>, string]>([
    [{ status: '4.1.1' }, 'soft unknown-user temporary exact-status 4.1.1'],
    [
      { replyCode: 450, diagnostic: '450 user unknown' },
      'soft unknown-user temporary text unknown-user/unknown',
    ],
    [{ status: '5.7.17' }, 'hard moved permanent exact-status 5.7.17'],
    [{ status: '4.7.17' }, 'hard moved temporary exact-status 4.7.17'],
    [{ status: '4.7.18' }, 'hard moved temporary exact-status 4.7.18'],
    [{ status: '4.1.6' }, 'soft moved temporary exact-status 4.1.6'],
    // a 4yz reply is never hard, whatever status stands beside it; nor is class 4 beside a 5yz reply
    [{ status: '5.1.1', replyCode: 450 }, 'soft unknown-user permanent exact-status 5.1.1'],
    [{ status: '4.1.1', replyCode: 550 }, 'soft unknown-user temporary exact-status 4.1.1'],
    [{ status: '5.7.17', replyCode: 450 }, 'hard moved permanent exact-status 5.7.17'],
    // a status of success decides nothing
    [
      { status: '2.1.5', replyCode: 550, diagnostic: '550 user unknown' },
      'hard unknown-user permanent text unknown-user/unknown',
    ],
    // no code at all
    [
      { diagnostic: 'Sorry, no mailbox here by that name.' },
      'hard unknown-user permanent text unknown-user/no-such',
    ],
    // 552 is storage, whatever status stands beside it
    [
      { status: '5.1.1', replyCode: 552, diagnostic: '552 mailbox is over quota (#5.1.1)' },
      'soft mailbox-full permanent text mailbox-full/quota',
    ],
    // codes out of any range
    [{ status: '9.9.9', replyCode: 99999 }, 'soft undetermined permanent action failed'],
  ])('%j → %s', check)
})

describe('a domain that does not exist', () => {
  const verdict = (diagnostic: string, status: string) =>
    judge(report([failure({ diagnostic, status, address: 'ana@mail.example.org' })])).recipients[0]?.verdict

  test.each([
    [
      '4.4.4',
      'Host or domain name not found. Name service error for name=mail.example.org type=MX: Host not found',
    ],
    ['4.1.2', '450 4.1.2 <ana@mail.example.org>: Recipient address rejected: Domain not found'],
    ['4.0.0', "DNS type 'mx' lookup of mail.example.org responded with code NXDOMAIN"],
    ['4.4.3', '451 4.4.3 mail.example.org: no such domain'],
    ['4.1.2', 'Host unknown (Name server: mail.example.org: host not found)'],
    ['4.3.0', '451 Die Domain existiert nicht'],
    ['4.1.2', '450 4.1.2 dominio inesistente'],
    ['4.0.0', '450 домен не найден'],
    ['4.4.4', 'Unknown host mail.example.org'],
  ])('is hard in class 4: %s %s', (status, diagnostic) => {
    expect(verdict(diagnostic, status)).toMatchObject({
      type: 'hard',
      category: 'unknown-domain',
      permanent: false,
    })
  })

  test.each([
    [
      'a lookup that is to be repeated',
      '4.4.3',
      'Host or domain name not found. Name service error for name=mail.example.org type=MX: Host not found, try again',
    ],
    [
      'a mail host of the domain',
      '4.4.4',
      'Host or domain name not found. Name service error for name=mx.mail.example.org type=A: Host not found',
    ],
    ['a smarthost', '4.4.4', 'Host unknown (Name server: smtp.provider.example: host not found)'],
    ['a host that nobody names', '4.4.4', 'Host unknown'],
    ['no mail server', '4.4.4', 'Domain mail.example.org has no mail exchanger'],
    ['the sender’s domain', '4.1.8', '450 4.1.8 <b@crm.example>: Sender address rejected: Domain not found'],
    ['a failed lookup', '4.4.3', '451 4.4.3 Temporary lookup failure of mail.example.org'],
  ])('%s is not', (_, status, diagnostic) => {
    expect(verdict(diagnostic, status)?.type).toBe('soft')
  })
})

describe('where in the session it was refused', () => {
  test.each<[string, string | null, string]>([
    [
      'host mx.example.org[192.0.2.1] refused to talk to me: 554 gnarl',
      null,
      'soft blocked permanent text stage/connect',
    ],
    ['550 gnarl (in reply to EHLO command)', null, 'soft blocked permanent text stage/helo'],
    [
      '550 5.1.1 no such user (in reply to MAIL FROM command)',
      '5.1.1',
      'soft sender-rejected permanent text stage/mail',
    ],
    [
      '550 user unknown (in reply to RCPT TO command)',
      null,
      'hard unknown-user permanent text unknown-user/unknown',
    ],
    [
      '550 user unknown (in reply to end of DATA command)',
      null,
      'hard unknown-user permanent text unknown-user/unknown',
    ],
    [
      '550 Unknown user ana@example.org (in reply to end of DATA command)',
      null,
      'soft filtered permanent text stage/data',
    ],
    [
      '550 5.1.1 user unknown (in reply to end of DATA command)',
      '5.1.1',
      'hard unknown-user permanent exact-status 5.1.1',
    ],
    ['550 5.2.1 user unknown', '5.2.1', 'hard unknown-user permanent text unknown-user/unknown'],
    // the nearest code that the program had
    ['452 4.4.5 Insufficient disk space', '4.4.5', 'soft system-full temporary text system-full/full'],
    ['452 4.2.2 Greylisted, come back', '4.2.2', 'soft greylisted temporary text greylisted/greylist'],
    [
      '550 5.1.2 Mailbox does not exist',
      '5.1.2',
      'hard unknown-user permanent text unknown-user/does-not-exist',
    ],
    [
      '550 5.2.1 <ana@example.org>... User unknown',
      '5.2.1',
      'hard unknown-user permanent text unknown-user/unknown',
    ],
    [
      '550 5.2.1 Mailbox not available (in reply to RCPT TO command)',
      '5.2.1',
      'soft mailbox-disabled permanent vague-status 5.2.1',
    ],
    [
      '550 5.2.1 user unknown (in reply to RCPT TO command)',
      '5.2.1',
      'hard unknown-user permanent text unknown-user/unknown',
    ],
    [
      '>>> MAIL From:<bo@example.com> SIZE=378 <<< 550 gnarl',
      null,
      'soft sender-rejected permanent text stage/mail',
    ],
    [
      '>>> HELO mx <<< 250 ok >>> RCPT To:<ana@example.org> <<< 550 no such user',
      null,
      'hard unknown-user permanent text unknown-user/no-such',
    ],
    ['>>> DATA <<< 550 no such user', null, 'hard unknown-user permanent text unknown-user/no-such'],
    ['>>> . <<< 550 no such user', null, 'hard unknown-user permanent text unknown-user/no-such'],
    [
      '192.0.2.1 does not like recipient. Remote host said: 550 no such user',
      null,
      'hard unknown-user permanent text unknown-user/no-such',
    ],
    [
      '192.0.2.1 failed after I sent the message. Remote host said: 550 no such user',
      null,
      'hard unknown-user permanent text unknown-user/no-such',
    ],
  ])('%s', (diagnostic, status, expected) => check({ diagnostic, status }, expected))
})

describe('pipelined commands', () => {
  const transcript = (replies: string): Partial<RecipientReport> => ({
    status: '5.1.1',
    statusField: '5.1.1',
    replyCode: 550,
    diagnostic: '550 gnarl',
    explanation: `550 gnarl\n... while talking to mx.example.org.:\n>>> DATA\n${replies}`,
  })
  const hard = 'hard unknown-user permanent vague-status 5.1.1'

  // What Sendmail adds to a bare 550 counts at RCPT alone.
  test.each([
    '<<< 550 gnarl\n554 5.0.0 Service unavailable\n<<< 503 Need RCPT (recipient)',
    '<<< 550 gnarl\n554 5.0.0 Service unavailable\n<<< 503 5.5.1 Error: need RCPT command',
    '<<< 550 gnarl\n554 5.0.0 Service unavailable\n<<< 554 5.5.1 Error: no valid recipients',
    '<<< 250 sender ok\n<<< 550 gnarl\n<<< 503 Bad sequence of commands',
  ])('%j answers RCPT', replies => check(transcript(replies), hard))

  test('Sendmail says so too', () => {
    const replies = '<<< 550 gnarl\n550 5.1.1 <ana@example.org>... User unknown'
    check(transcript(replies), 'hard unknown-user permanent text unknown-user/unknown')
  })

  test.each(['<<< 550 gnarl\n554 5.0.0 Service unavailable', '<<< 354 go on\n>>> .\n<<< 550 gnarl'])(
    '%j answers DATA',
    replies => check(transcript(replies), 'soft undetermined permanent vague-status 5.1.1'),
  )
})

describe('whom the refusal names', () => {
  const original = {
    messageId: null,
    envelopeId: null,
    subject: null,
    references: [],
    senders: ['b-xyz@bounces.crm.example', 'news@crm.example'],
  }
  test.each<[string, string, string]>([
    // a callout or a lookup of the sender, said with the recipient's codes
    ['550 5.1.1 <b-xyz@bounces.crm.example>: user unknown', '5.1.1', 'soft sender-rejected'],
    ['550 <news@crm.example>: user unknown', '5.0.0', 'soft sender-rejected'],
    ['550 5.1.1 unknown user prvs=0123456789=b-xyz@bounces.crm.example', '5.1.1', 'soft sender-rejected'],
    ['550 5.1.2 Domain crm.example does not exist', '5.1.2', 'soft sender-rejected'],
    ['553 5.1.2 mail.crm.example: host not found', '5.1.2', 'soft sender-rejected'],
    // the recipient is named, whoever else is
    ['550 5.1.1 <ana@example.org>: user unknown', '5.1.1', 'hard unknown-user'],
    ['550 5.1.1 news@crm.example wrote to ana@example.org: user unknown', '5.1.1', 'hard unknown-user'],
    ['550 5.1.2 crm.example wants mx.example.org: host not found', '5.1.2', 'hard unknown-domain'],
    // before the reply code the client speaks, who names itself
    ['news@crm.example via relay.crm.example said: 550 5.1.1 user unknown', '5.1.1', 'hard unknown-user'],
    // in passing: whom it came from, where to read more, our own path that spells the recipient
    [
      '550 5.1.1 user unknown; client=mail.crm.example sender=<news@crm.example>',
      '5.1.1',
      'hard unknown-user',
    ],
    ['550 5.1.1 user unknown, rejecting mail from <news@crm.example>', '5.1.1', 'hard unknown-user'],
    [
      '550 5.1.1 user unknown. See https://mx.elsewhere.example/?sender=news@crm.example',
      '5.1.1',
      'hard unknown-user',
    ],
    ['550 5.1.1 no such user: bounce-ana=example.org@crm.example', '5.1.1', 'hard unknown-user'],
    ['550 5.1.2 host not found, connection from mail.crm.example', '5.1.2', 'hard unknown-domain'],
    // a host of ours in passing says nothing of a mailbox
    ['550 5.1.1 user unknown; contact abuse, client mail.crm.example', '5.1.1', 'hard unknown-user'],
    // somebody else entirely: an alias of the recipient
    ['550 5.1.1 <ana@elsewhere.example>: user unknown', '5.1.1', 'hard unknown-user'],
  ])('%s', (diagnostic, status, expected) => {
    const verdict = judge(report([failure({ diagnostic, status })], { original })).recipients[0]?.verdict
    expect(`${verdict?.type} ${verdict?.category}`).toBe(expected)
  })

  test('is nothing where sender and recipient share a domain', () => {
    const colleague = { ...original, senders: ['bo@example.org'] }
    const given = failure({ status: '5.1.1', diagnostic: '550 5.1.1 <bo@example.org>: user unknown' })
    const verdict = judge(report([given], { original: colleague })).recipients[0]?.verdict
    expect(verdict?.type).toBe('hard')
  })
})

describe('a code of security names no cause that words do not name better', () => {
  test.each([
    ['554 5.7.5 error evaluating the DMARC policy', '5.7.5', 'auth-failure'],
    ['450 4.7.5 certificate not trusted', '4.7.5', 'starttls-failed'],
    ['550 5.7.4 refused: virus found', '5.7.4', 'virus'],
    ['550 5.7.8 authentication credentials invalid', '5.7.8', 'security'],
  ])('%s', (diagnostic, status, category) => {
    expect(judge(report([failure({ diagnostic, status })])).recipients[0]?.verdict?.category).toBe(category)
  })
})

describe('a code for a bad address beside words of another cause', () => {
  test.each<[string, string, string]>([
    ['550 5.1.1 mailbox is full', '5.1.1', 'soft mailbox-full permanent text'],
    ['550 5.1.1 user is over quota', '5.1.1', 'soft mailbox-full permanent text'],
    ['550 5.1.1 temporary lookup failure', '5.1.1', 'soft network-error permanent text'],
    ['550 5.1.2 connection timed out', '5.1.2', 'soft network-error permanent text'],
    ['550 5.1.1 user temporarily unavailable', '5.1.1', 'soft system-error permanent text'],
    ['550 5.1.1 unable to verify the recipient at this time', '5.1.1', 'soft system-error permanent text'],
    // `recipient address rejected` leads in every reason: the one it leads in counts
    [
      '550 5.1.1 recipient address rejected: user lookup failed, try again later',
      '5.1.1',
      'soft system-error permanent text',
    ],
    ['550 5.1.1 recipient address rejected', '5.1.1', 'hard unknown-user permanent exact-status'],
    ['550 5.1.1 mailbox locked for migration', '5.1.1', 'soft mailbox-disabled permanent text'],
    ['550 5.1.2 DNS lookup of the domain: SERVFAIL', '5.1.2', 'soft network-error permanent text'],
    // as soon as the words agree with the code, it stands
    ['550 5.1.1 no such user, try again later', '5.1.1', 'hard unknown-user permanent exact-status'],
    ['550 5.1.1 please check the address and try again', '5.1.1', 'hard unknown-user permanent exact-status'],
    ['550 5.1.1 user unknown; mailbox is full', '5.1.1', 'hard unknown-user permanent exact-status'],
    ['550 5.1.1 account inactive', '5.1.1', 'hard unknown-user permanent exact-status'],
    // where rules and pages are to be found is no reason
    [
      '550 5.1.1 user unknown. Rate limits, SPF and spam rules: https://policy.example.net/',
      '5.1.1',
      'hard unknown-user permanent exact-status',
    ],
    [
      '550 5.1.1 user unknown; our antispam policy is at https://policy.example.net/',
      '5.1.1',
      'hard unknown-user permanent exact-status',
    ],
    // nobody looked
    ['550 5.1.1 this address bounced before, mail not attempted', '5.1.1', 'soft suppressed permanent text'],
    ['550 5.1.1 recipient unknown at first contact, greylisted', '5.1.1', 'soft greylisted permanent text'],
    ['450 4.1.1 cannot check whether the user exists', '4.1.1', 'soft system-error temporary text'],
    // something else does not exist
    [
      '550 5.1.1 the unsubscribe address in this mail does not exist',
      '5.1.1',
      'soft undetermined permanent text',
    ],
    ['550 5.1.1 user unknown to this list', '5.1.1', 'soft sender-rejected permanent text'],
  ])('%s', (diagnostic, status, expected) => {
    const verdict = judge(report([failure({ diagnostic, status })])).recipients[0]?.verdict
    expect(
      `${verdict?.type} ${verdict?.category} ${verdict?.permanent ? 'permanent' : 'temporary'} ${verdict?.because.rung}`,
    ).toBe(expected)
  })

  test('an expiry that the sender caused is the sender’s fault: it must never promote', () => {
    check(
      { status: '4.4.7', diagnostic: '450 4.7.1 client host rejected: cannot find your reverse hostname' },
      'soft no-ptr temporary text no-ptr/reverse-dns',
    )
    check({ status: '4.4.7', diagnostic: '450 4.2.0 gnarl' }, 'soft expired temporary exact-status 4.4.7')
  })

  test('a code of the protocol says at which command it ended, the words whose fault that was', () => {
    check(
      {
        status: '5.5.2',
        diagnostic: '504 5.5.2 <mail>: Helo command rejected: need fully-qualified hostname',
      },
      'soft no-ptr permanent text no-ptr/helo',
    )
    check(
      { status: '5.5.4', diagnostic: '553 5.5.4 <a>... Domain name required for sender address a' },
      'soft sender-rejected permanent text sender-rejected/sender',
    )
    check(
      { status: '5.5.2', diagnostic: '500 5.5.2 gnarl' },
      'soft protocol-error permanent exact-status 5.5.2',
    )
  })

  test('a status that spells the reply code out says no more than the code', () => {
    check(
      { status: '5.5.2', replyCode: 552, diagnostic: '552 over quota' },
      'soft mailbox-full permanent text mailbox-full/quota',
    )
    check(
      { status: '5.5.3', replyCode: 553, diagnostic: '553 no such user here' },
      'hard unknown-user permanent text unknown-user/no-such',
    )
    check(
      { status: '5.5.2', replyCode: 552, diagnostic: '552 5.5.2 gnarl' },
      'soft protocol-error permanent exact-status 5.5.2',
    )
  })
})

describe('the veto', () => {
  test.each<[string, string, string]>([
    ['550 5.1.1 blocked using zen.spamhaus.org', 'blocked', '5.1.1'],
    ['550 5.1.1 message looks like spam', 'spam', '5.1.1'],
    ['550 5.1.2 relaying denied', 'relaying-denied', '5.1.2'],
    ['450 4.1.1 too many connections', 'rate-limited', '4.1.1'],
  ])('%s is %s', (diagnostic, category, status) => {
    const verdict = judge(report([failure({ diagnostic, status })])).recipients[0]?.verdict
    expect(verdict).toMatchObject({
      category,
      type: 'soft',
      because: { rung: 'text', overruled: { rung: 'exact-status', rule: status } },
    })
  })

  test('is not for what the notice around the refusal says', () => {
    const given = {
      status: '5.1.1',
      diagnostic: '550 5.1.1 user unknown',
      explanation: '550 5.1.1 user unknown\nSent through our spam filter.',
    }
    check(given, 'hard unknown-user permanent exact-status 5.1.1')
  })

  test('looks at the notice where the server said nothing', () => {
    const given = { status: '5.1.1', diagnostic: '550 5.1.1', explanation: 'Blocked using zen.spamhaus.org' }
    check(given, 'soft blocked permanent text blocked/list')
  })

  test('is not for the subject of our own mail', () => {
    const explanation =
      'The following mail did not arrive:\n  Subject: Your spam filter, blocked using zen.spamhaus.org\n'
    check({ status: '5.1.1', explanation }, 'hard unknown-user permanent exact-status 5.1.1')
  })

  test('is not for a product of that name', () => {
    check(
      { status: '5.1.1', diagnostic: '550 5.1.1 user unknown, says the antivirus gateway' },
      'hard unknown-user permanent exact-status 5.1.1',
    )
  })

  test('is not for an address of that name', () => {
    check(
      { status: '5.1.1', diagnostic: '550 5.1.1 <spam@example.org> mailbox closed' },
      'hard unknown-user permanent exact-status 5.1.1',
    )
  })
})

describe('kinds', () => {
  test.each<Kind>(['delayed', 'delivered', 'complaint', 'auto-reply', 'receipt', 'ordinary'])(
    '%s has no verdict',
    kind => {
      const given = report([failure({ status: '5.1.1', action: null })], { kind })
      expect(judge(given)).toMatchObject({ kind, recipients: [{ verdict: null }] })
    },
  )

  test('a bounce judges those that failed', () => {
    const judgement = judge(
      report([
        failure({ status: '5.1.1' }),
        failure({ action: 'delayed', status: '4.4.1' }),
        failure({ action: 'delivered', status: '2.0.0' }),
        failure({ action: 'relayed' }),
        failure({ action: 'expanded' }),
      ]),
    )
    expect(judgement.recipients.map(({ verdict }) => verdict?.type ?? null)).toEqual([
      'hard',
      null,
      null,
      null,
      null,
    ])
  })

  test('a bounce that names nobody has one recipient, judged by the text', () => {
    const given = report([], { sections: { body: 'user unknown', subject: '', from: '', recipients: '' } })
    expect(judge(given).recipients).toMatchObject([
      { address: null, verdict: { type: 'hard', category: 'unknown-user' } },
    ])
  })
})

describe('because', () => {
  test('shows the words as they stood', () => {
    const [judged] = judge(report([failure({ diagnostic: '550 User Unknown' })])).recipients
    expect(judged?.verdict?.because).toEqual({
      rung: 'text',
      rule: 'unknown-user/unknown',
      text: 'User Unknown',
    })
  })

  test('has no words where a code decided', () => {
    const [judged] = judge(report([failure({ status: '5.1.1' })])).recipients
    expect(judged?.verdict?.because).toEqual({ rung: 'exact-status', rule: '5.1.1' })
  })
})

describe('explain', () => {
  test('says what every rung said and what became of it', () => {
    const given = report([failure({ status: '5.1.1', diagnostic: '550 5.1.1 user unknown', replyCode: 550 })])
    const [explained] = explain(given).recipients
    expect(explained?.steps.map(({ rung, fate }) => `${rung} ${fate}`)).toEqual([
      'override silent',
      'provider silent',
      'exact-status decides',
      'text outranked',
      'vague-status silent',
      'reply-code silent',
      'action outranked',
      'fallback silent',
      'none outranked',
    ])
  })

  test('shows what was overruled', () => {
    const given = report([
      failure({ status: '5.1.1', diagnostic: '550 5.1.1 blocked using zen.spamhaus.org' }),
    ])
    const steps = explain(given).recipients[0]?.steps ?? []
    expect(steps.filter(({ fate }) => fate === 'overruled').map(({ rung }) => rung)).toEqual(['exact-status'])
    expect(steps.filter(({ fate }) => fate === 'decides').map(({ rung }) => rung)).toEqual(['text'])
  })

  test('has nothing to say of mail that is no bounce', () => {
    const [explained] = explain(report([failure()], { kind: 'delayed' })).recipients
    expect(explained).toMatchObject({ verdict: null, steps: [] })
  })
})

describe('the shipped rules', () => {
  const shipped = createJudge({ rules: defaultRules })
  const from = (from: string): Partial<Report> => ({
    kind: 'ordinary',
    reader: 'none',
    sections: {
      body: 'something came back',
      subject: 'Re: Undelivered Mail Returned to Sender',
      from,
      recipients: '',
    },
  })

  test.each(['MAILER-DAEMON@example.org', 'Mailer-Daemon@example.org', 'mailer-daemon@example.org'])(
    '%s wrote a bounce',
    author => {
      expect(shipped.judge(report([], from(author)))).toMatchObject({
        kind: 'bounce',
        recipients: [
          {
            address: null,
            verdict: { type: 'soft', category: 'undetermined', because: { rung: 'fallback' } },
          },
        ],
      })
    },
  )

  test('a person who answers a bounce did not', () => {
    expect(shipped.judge(report([], from('ana@example.org'))).kind).toBe('ordinary')
  })
})
