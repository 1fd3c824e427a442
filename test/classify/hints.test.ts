// What a refusal says of the way on: when to come back, which block list, which page.

import { describe, expect, test } from 'vitest'
import { hintsOf } from '../../src/classify/hints.ts'
import { createJudge } from '../../src/classify/ladder.ts'
import { blockLists } from '../../src/knowledge/block-lists.ts'
import type { Category } from '../../src/model/categories.ts'
import type { RecipientReport } from '../../src/model/report.ts'
import { noHints, type Verdict } from '../../src/model/verdict.ts'
import { failure, report } from './reports.ts'

const verdict = (category: Category): Verdict => ({
  category,
  type: 'soft',
  permanent: true,
  because: { rung: 'text', rule: 'x' },
})
const hints = (given: Partial<RecipientReport> | string, category: Category = 'blocked') =>
  hintsOf(failure(typeof given === 'string' ? { diagnostic: given } : given), verdict(category), [
    'news@crm.example',
  ])

describe('when to come back', () => {
  test.each<[string, number | null]>([
    ['451 4.7.1 Greylisted, please try again in 300 seconds', 300],
    ['421 Too many connections, retry after 5 minutes', 300],
    ['451 4.7.1 Greylisting in action, please come back in 00:05:00', 300],
    ['451 4.7.1 Graylisted for 1 min', 60],
    ['450 4.2.0 <ana@example.org>: deferred for 4 minutes and 30 seconds', 270],
    ['451 Try again in 1h', 3600],
    ['421 4.7.0 your network is blocked for 24 hours', 86_400],
    ['450 please wait 10 mins. Then resend', 600],
    ['450 try again later. See http://x.example/60s', null],
    ['450 please try again later', null],
    ['450 retry in 5', null],
    ['450 retry in 90 days', null],
    ['450 retry in 0 seconds', null],
    ['550 5.1.1 user 300 seconds unknown', null],
    ['550 5.7.1 retry as user 5star', null],
    ['450 in 5 minutes you may send again', 300],
    ['450 retry. The queue is 5 minutes long', null],
    ['450 Bitte versuchen Sie es in 10 Minuten noch einmal', 600],
    ['450 Veuillez réessayer dans 2 heures', 7200],
    ['450 しばらくお待ちいただき、30分後に再送してください', 1800],
    ['450 1 Stunde und 30 Minuten warten, dann erneut senden', 5400],
    ['450 Повторите попытку через 90 секунд', 90],
    ['450 Das Postfach wurde vor 3 Tagen geleert', null],
  ])('%s', (diagnostic, seconds) => expect(hints(diagnostic).retryAfter).toBe(seconds))

  test('how long the reporter goes on trying is not it', () => {
    const explanation = 'The mail could not be delivered. The server will retry for 2 days.'
    expect(hints({ explanation })).toEqual(noHints)
  })

  test('whoever is not there need not be asked again', () => {
    const hard: Verdict = { ...verdict('unknown-user'), type: 'hard' }
    expect(hintsOf(failure({ diagnostic: '550 retry in 5 minutes' }), hard, []).retryAfter).toBeNull()
  })

  test('a delay says it too, a delivery does not', () => {
    const diagnostic = '451 4.7.1 try again in 5 minutes'
    expect(hintsOf(failure({ diagnostic, action: 'delayed' }), null, []).retryAfter).toBe(300)
    expect(hintsOf(failure({ diagnostic, action: 'delivered' }), null, [])).toEqual(noHints)
  })
})

describe('the block list', () => {
  test.each<[string, string | null]>([
    [
      '554 5.7.1 Client host [192.0.2.1] blocked using zen.spamhaus.org; https://www.spamhaus.org/x',
      'zen.spamhaus.org',
    ],
    ['553 see https://www.spamhaus.org/query/ip/192.0.2.1', 'spamhaus.org'],
    ['550 your server is listed by SpamCop', 'spamcop.net'],
    ['550 listed in bl.example.net, see http://bl.example.net/why.', 'bl.example.net'],
    ['550 192.0.2.1 found in RBL: dnsbl.example.net', 'dnsbl.example.net'],
    ['554 blacklisted at "rbl.example.net"', 'rbl.example.net'],
    ['550 rejected using our blacklist', null],
    ['550 you are blocked by mx.example.net', null],
    ['550 try using smtp.example.net', null],
    ['550 user not listed in directory.example.net', null],
    ['550 5.7.1 host is blocked, mail postmaster@spamhaus.example', null],
    ['550 no nospamhausers here', null],
  ])('%s', (diagnostic, name) => expect(hints(diagnostic).blocklist).toBe(name))

  test.each(blockLists)('$domain: by its zone and by its name', ({ domain, names }) => {
    expect(hints(`550 blocked (bl.${domain})`).blocklist).toBe(`bl.${domain}`)
    for (const name of names) expect(hints(`550 on the ${name} list`).blocklist).toBe(domain)
  })

  test('explains only what is the fault of the sender', () =>
    expect(hints('550 5.1.1 no such user (zen.spamhaus.org)', 'unknown-user').blocklist).toBeNull())
})

describe('the page', () => {
  test.each<[string, string | null]>([
    [
      '550 5.1.1 see https://support.example/mail/?p=NoSuchUser abc - gsmtp',
      'https://support.example/mail/?p=NoSuchUser',
    ],
    ['550 see <http://bl.example.net/why>.', 'http://bl.example.net/why'],
    ['550 see (HTTP://BL.example.net/why?ip=192.0.2.1).', 'HTTP://BL.example.net/why?ip=192.0.2.1'],
    ['550 blocked。https://help.example/被。', 'https://help.example/'],
    ['554 contains https://www.crm.example/spring, see https://help.example/', 'https://help.example/'],
    ['554 contains https://www.crm.example/spring', null],
    ['550 see javascript:alert(1) ftp://help.example/', null],
    [`550 https://help.example/${'a'.repeat(1000)}`, null],
  ])('%s', (diagnostic, url) => expect(hints(diagnostic).helpUrl).toBe(url))

  test('what a scanner adds below the notice explains nothing', () => {
    const explanation =
      'No such user: https://help.example/1\n\n____________ Scanned by X\nhttp://scanner.example'
    expect(hints({ explanation }).helpUrl).toBe('https://help.example/1')
    expect(hints({ explanation: explanation.slice(explanation.indexOf('\n')) }).helpUrl).toBeNull()
  })
})

test('a judgement has them for each recipient', () => {
  const { judge } = createJudge({ rules: [] })
  const diagnostic = '450 4.7.1 Greylisted, try again in 5 minutes: https://help.example/'
  const { recipients } = judge(
    report([failure({ diagnostic }), failure({ diagnostic: '550 5.1.1 no user' })]),
  )
  expect(recipients.map(recipient => recipient.hints)).toEqual([
    { retryAfter: 300, blocklist: null, helpUrl: 'https://help.example/' },
    noHints,
  ])
})
