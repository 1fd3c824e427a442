// Refusals as an experienced postmaster reads them: which cost an address, and which only look as if they did.

import { describe, expect, test } from 'vitest'
import { createJudge } from '../../src/classify/ladder.ts'
import type { Category } from '../../src/model/categories.ts'
import { failure, report } from './reports.ts'

const { judge } = createJudge({ rules: [] })

function check(diagnostic: string, type: 'hard' | 'soft', category?: Category): void {
  const status = /^[45]\d\d[ -]([45]\.\d+\.\d+)/.exec(diagnostic)?.[1] ?? null
  const replyCode = Number(/^[45]\d\d/.exec(diagnostic)?.[0] ?? Number.NaN) || null
  const verdict = judge(report([failure({ diagnostic, status, replyCode })])).recipients[0]?.verdict
  expect(verdict).toMatchObject(category === undefined ? { type } : { type, category })
}

describe('not the recipient’s fault: never hard', () => {
  test.each<[string, Category?]>([
    [
      '553 5.1.8 <bo@example.com>... Domain of sender address bo@example.com does not exist',
      'sender-rejected',
    ],
    [
      '550 5.7.1 <bo@example.com>: Sender address rejected: User unknown in virtual mailbox table',
      'sender-rejected',
    ],
    ['450 4.1.8 <bo@example.com>: Sender address rejected: Domain not found', 'sender-rejected'],
    ['504 5.5.2 <mx>: Helo command rejected: need fully-qualified hostname'],
    ['450 4.7.1 <mx.example.com>: Helo command rejected: Host not found', 'no-ptr'],
    ['550 Helo name mx.example.com: unknown host', 'no-ptr'],
    ['450 4.7.1 Client host rejected: cannot find your hostname, [192.0.2.1]', 'no-ptr'],
    ['550 Your hostname could not be resolved', 'no-ptr'],
    ['553 Your domain does not exist', 'sender-rejected'],
    ['550 This host does not accept mail from dynamic addresses'],
    ['550 The server does not accept mail from residential networks'],
    [
      '550-Verification failed for <bo@example.com> 550-Unrouteable address 550 Sender verify failed',
      'sender-rejected',
    ],
    ['550 5.1.1 Too many unknown users in this session', 'rate-limited'],
    ['550 5.1.1 You are sending to too many invalid recipients', 'rate-limited'],
    ['554 5.1.1 Service unavailable; Client host [192.0.2.1] blocked using bl.example.org', 'blocked'],
    ['550 5.1.1 The message you sent to an unknown address was identified as spam', 'spam'],
    ['550 5.1.0 Address rejected: your address is on our blacklist', 'blocked'],
    ['550 A valid SPF record was not found for example.com', 'auth-failure'],
    ['550 Your server is not listed in our allow list'],
    ['554 Your account has been terminated', 'sender-rejected'],
    ['550 Bad address in From header'],
    ['550 You are not a subscriber of this list'],
    ['550 Only subscribers may post; you are not allowed to post to this list'],
    [
      '550 5.7.1 Unauthenticated email from example.com is not accepted due to domain’s DMARC policy',
      'auth-failure',
    ],
    ['550 5.7.1 Recipient address rejected: Access denied by local policy'],
    ['550 5.7.1 Message rejected: invalid header in this mail'],
    ['550 5.7.1 relaying denied, user not local', 'relaying-denied'],
    ['551 user not local, relay access denied', 'relaying-denied'],
    ['550 Certificate no longer valid'],
    ['550 The service is no longer available to you'],
    ['550 Please visit https://example.org/unknown-user for the reason'],
    ['550 5.1.1 The return address of this message does not exist', 'sender-rejected'],
    ['550 5.1.2 Return path domain could not be resolved', 'sender-rejected'],
    ['550 5.7.1 mailbox unavailable: 192.0.2.10 refused'],
    ['550 5.7.1 <ana@example.org>: Recipient address rejected: please write by post'],
  ])('%s', (diagnostic, category) => check(diagnostic, 'soft', category))
})

describe('passes: soft', () => {
  test.each<[string, Category]>([
    ['452 4.2.2 The recipient’s inbox is out of storage space', 'mailbox-full'],
    ['552 5.2.2 over quota', 'mailbox-full'],
    ['550 5.7.1 The user has exceeded the quota', 'mailbox-full'],
    ['552 Requested mail action aborted: exceeded storage allocation', 'mailbox-full'],
    ['450 4.2.0 <ana@example.org>: Recipient address rejected: Greylisted', 'greylisted'],
    ['451 4.7.1 Greylisting in action, please come back in 00:05:00', 'greylisted'],
    ['421 4.4.5 Too many connections from your host', 'rate-limited'],
    ['550 5.2.1 Mailbox disabled, not accepting messages', 'mailbox-disabled'],
    ['550 Account suspended', 'mailbox-disabled'],
    ['552 5.3.4 Message size exceeds fixed limit', 'too-big'],
    ['550 Message too large', 'too-big'],
    ['554 5.4.6 Too many hops', 'network-error'],
    ['451 4.3.0 Temporary lookup failure', 'network-error'],
    ['550 User has blocked you', 'filtered'],
    ['550 5.1.1 mailbox is disabled', 'mailbox-disabled'],
    ['550 5.1.1 <ana@example.org>: account suspended', 'mailbox-disabled'],
    ['550 5.1.1 No mailbox by that name accepts mail from external senders', 'filtered'],
    ['550 No mailbox by that name accepts mail from external senders', 'filtered'],
    ['550 5.7.1 <ana@example.org>: Recipient address rejected: internal use only', 'filtered'],
    [
      '450 4.1.1 <ana@example.org>: Recipient address rejected: unverified address: connection refused',
      // the probe learned nothing, and nothing is to be promoted for it
      'network-error',
    ],
    ['TLS is required, but was not offered by host mx.example.org[192.0.2.1]', 'starttls-failed'],
    ['530 5.7.0 Must issue a STARTTLS command first', 'security'],
    [
      'Host or domain name not found. Name service error for name=example.org type=MX: Host not found, try again',
      'network-error',
    ],
    ['connect to mx.example.org[192.0.2.1]:25: No route to host', 'network-error'],
  ])('%s', (diagnostic, category) => check(diagnostic, 'soft', category))
})

describe('the address is dead: hard', () => {
  test.each<[string, Category?]>([
    ['550 5.1.1 <ana@example.org>: Recipient address rejected: User unknown in local recipient table'],
    ['550 5.1.1 The email account that you tried to reach does not exist.'],
    ['550 5.7.1 <ana@example.org>... User unknown'],
    ['550 No such user here'],
    ['550 Unknown recipient ana@example.org'],
    ['550 <ana@example.org> No such recipient'],
    ['550 5.0.0 Mailbox not found'],
    ['550 sorry, no mailbox here by that name. (#5.7.17)'],
    ['553 sorry, this recipient is not in my validrcptto list; no such user (#5.7.1)'],
    ['550 Invalid recipient <ana@example.org>'],
    ['550 5.1.1 User unknown or mailbox disabled'],
    ['550 5.1.1 Return address: news@crm.example; the name does not exist'],
    ['550 5.7.1 <ana@example.org>: Recipient address rejected: no such user'],
    ['550 Requested action not taken: mailbox unavailable'],
    ['511 sorry, no mailbox here by that name'],
    ['554 delivery error: dd This user doesn’t have a yahoo.com account'],
    ['550 #5.1.0 Address rejected.'],
    ['550 RESOLVER.ADR.RecipNotFound; not found'],
    ['User ana (ana@example.org) not listed in Domino Directory'],
    ['550 Empfänger unbekannt'],
    ['550 L’utilisateur n’existe pas: destinataire inconnu'],
    ['550 El usuario no existe'],
    ['550 Пользователь не найден'],
    ['550 用户不存在'],
    [
      'Host or domain name not found. Name service error for name=example.org type=A: Host not found',
      'unknown-domain',
    ],
    ['550 5.1.2 Host unknown (Name server: example.org.: host not found)', 'unknown-domain'],
    ['5.4.4 Sorry, I couldn’t find any host named example.org.', 'unknown-domain'],
    ['all relevant MX records point to non-existent hosts', 'unknown-domain'],
    ['556 5.1.10 Recipient address has null MX', 'not-accepting'],
    ['521 5.3.2 This host does not accept mail', 'not-accepting'],
    ['551 5.1.6 User has moved; please try <ana@example.net>', 'moved'],
  ])('%s', (diagnostic, category) => check(diagnostic, 'hard', category))
})
