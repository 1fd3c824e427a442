// What English refusals say in words that no row lists: read by their grammar, and not of a sender, a thing or a crowd.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { aboutMail } from '../../src/classify/english-mail.ts'
import { aboutMailbox } from '../../src/classify/english-mailbox.ts'
import { aboutRecipient } from '../../src/classify/english-recipient.ts'
import { aboutSender } from '../../src/classify/english-sender.ts'
import { aboutServers } from '../../src/classify/english-server.ts'
import { createJudge } from '../../src/classify/ladder.ts'
import { failure, report } from './reports.ts'

const { judge } = createJudge({ rules: [] })

function verdict(diagnostic: string): string {
  const replyCode = Number(diagnostic.slice(0, 3))
  const told = judge(report([failure({ diagnostic, replyCode })])).recipients[0]?.verdict
  return `${told?.type} ${told?.category}`
}

describe('nobody is there', () => {
  test.each([
    '550 Nobody of that name is listed',
    '550 There is no one called ana in this building',
    '550 The recipient you asked for cannot be located',
    '550 Addressee never existed',
    '550 ana is not a user at mx.example.net',
    '550 This alias does not belong to any account',
    '550 We do not have any such person',
    '550 Alias lookup returned nothing for ana',
    '550 No trace of a mailbox with this name',
    '550 Her account is closed for good',
    '550 The student has left the university',
    '550 Login not present in our database',
    '550 That address is not one of ours',
    '550 Recipient does not appear in our records',
    '550 the mailbox is no longer hosted here',
    '550 I could not match ana with any of our mailboxes',
    '550 user id erased',
    '550 unassigned address',
    '550 Recipient is not a registered user',
    '550 We no longer have any such mailbox',
    '550 undefined recipient',
    '550 Alias lookup: no match',
    '550 mailbox for <ana@example.org> cannot be located',
    '550 RCPT (ana@example.org) not in our user base',
    '550 cannot resolve address <ana@example.org>',
    '550 We no longer keep mail for that person',
    '550 We have never heard of such a user',
    '550 the owner of this account has died',
    '550 The recipient is unknown. If you think otherwise, please call us',
    '550 mailbox not found while searching the directory',
    '550 the name you gave does not match any mailbox',
    '550 login not in the password file',
    '550 address lookup in the new tree: no result',
    '550 user lookup against the new tree came back empty',
    '550 the recipient address is wrong',
    '550 user not provisioned',
    '550 this alias was dropped',
    '550 mailbox lookup failed: no such entry',
    '550 the user you wrote to is not one of our subscribers',
    '550 cannot map this to any user',
    '550 ana does not live here',
    '550 that is not one of my users',
    '550 this person is unknown to our directory',
  ])('%s', diagnostic => expect(verdict(diagnostic)).toMatch(/^hard (?:unknown-user|moved)$/))
})

describe('the mailbox is there', () => {
  test.each([
    ['552 The inbox has hit its maximum size', 'mailbox-full'],
    ['552 recipient’s disk allowance has been used up', 'mailbox-full'],
    ['552 the inbox cannot hold any more', 'mailbox-full'],
    ['550 The account was paused in May', 'mailbox-disabled'],
    ['550 recipient’s mailbox is currently barred', 'mailbox-disabled'],
    ['550 mailbox closed for now', 'mailbox-disabled'],
    ['550 this mailbox accepts mail only from friends', 'filtered'],
    ['552 the inbox holds too many messages', 'mailbox-full'],
    ['554 account is at 104 % of its quota', 'mailbox-full'],
    ['550 the owner of this mailbox closed it for the time being', 'mailbox-disabled'],
    ['550 The addressee has decided not to receive mail from you', 'filtered'],
    ['550 the account is closed for the holidays', 'mailbox-disabled'],
    ['550 the addressee turned down your message', 'filtered'],
    ['550 you are on the ignore list of this user', 'filtered'],
    ['550 discarded by the addressee’s mail rules', 'filtered'],
    ['550 you have been blocked by this user', 'filtered'],
    ['550 you are on this user’s personal block list', 'filtered'],
    ['550 the recipient rejects mail from unknown senders', 'filtered'],
    ['550 the person you write to only takes mail of friends', 'filtered'],
    ['550 you are not allowed to send to this mailing list', 'filtered'],
    ['550 103% of the 500 MB quota is in use', 'mailbox-full'],
    ['550 too much stuff in his inbox', 'mailbox-full'],
    ['550 the user does not have enough space', 'mailbox-full'],
    ['550 the owner must first clean up', 'mailbox-full'],
    ['552 no disk space left for this user', 'mailbox-full'],
    ['550 account not yet activated', 'mailbox-disabled'],
    ['550 mailbox on ice, pending payment', 'mailbox-disabled'],
    ['550 this mailbox is temporarily blocked', 'mailbox-disabled'],
    ['550 the user has switched off mail', 'mailbox-disabled'],
    ['550 mailbox closed while its owner is abroad', 'mailbox-disabled'],
    ['550 the addressee opted out', 'filtered'],
    ['550 you are on the kill list of this user', 'filtered'],
    ['550 takes mail from colleagues only', 'filtered'],
    ['550 the recipient has added you to a list', 'filtered'],
    ['550 you are not on the white list of this account', 'filtered'],
  ])('%s', (diagnostic, category) => expect(verdict(diagnostic)).toBe(`soft ${category}`))
})

describe('it is about the mail or who sends it', () => {
  test.each([
    ['550 The sender’s address could not be found in our directory', 'sender-rejected'],
    ['550 senders account is over quota', 'sender-rejected'],
    ['421 you have reached your limit of 50 connections', 'rate-limited'],
    ['550 several of your recipients are unknown', 'rate-limited'],
    ['550 so many unknown recipients in a row', 'rate-limited'],
    ['552 Message bigger than this user will take', 'too-big'],
    ['550 mail appears to be advertising', 'spam'],
    ['550 Message has no Subject or Date header', 'non-compliant'],
    ['550 192.0.2.1 is listed', 'blocked'],
    ['550 192.0.2.1 is an IP address on a block list, as blocked by the recipient', 'blocked'],
    ['552 only messages up to 10 MB are taken', 'too-big'],
    ['552 Your message is 34 MB big', 'too-big'],
    ['554 Size of mail (42 MB) too large', 'too-big'],
    ['550 daily message limit of this sender exceeded', 'rate-limited'],
    ['421 too many messages for this account in the last hour', 'rate-limited'],
    ['451 sender not seen before, deferred', 'greylisted'],
    ['450 please come back in 10 minutes, you are new to us', 'greylisted'],
    ['550 a link in your message is listed on a block list', 'spam'],
    ['550 5.1.1 recipient bounced previously, mail not attempted', 'suppressed'],
    ['550 on our bounce list', 'suppressed'],
    ['550 5.1.1 we do not know you', 'sender-rejected'],
    ['421 you are sending faster than we can take', 'rate-limited'],
    ['554 rar archives are not welcome', 'content'],
    ['550 the mail has two From lines', 'non-compliant'],
    ['421 your host opens far too many sessions', 'rate-limited'],
    ['450 frequency limit for crm.example reached', 'rate-limited'],
    ['550 the mail contains words that nobody wants to read here', 'content'],
    ['550 stopped because of the links in it', 'content'],
    ['550 the alphabet of your mail is not accepted', 'content'],
    ['550 we do not take zip files', 'content'],
    ['550 we do not want any advertising', 'spam'],
    ['550 promotional mail goes elsewhere', 'spam'],
    ['550 this host insists on encryption', 'security'],
    ['550 cleartext sessions end here', 'security'],
    ['454 STARTTLS went wrong', 'starttls-failed'],
    ['550 the mail lacks a digital signature', 'auth-failure'],
    ['550 the signature of your message did not verify', 'auth-failure'],
    ['550 you are not among the servers that speak for this domain', 'auth-failure'],
    ['550 your address has no matching host name', 'no-ptr'],
    ['550 your EHLO looks wrong', 'no-ptr'],
    ['554 your subnet is shut out', 'blocked'],
    ['550 nothing is taken from your country', 'blocked'],
    ['554 we do not trust your server', 'reputation'],
    ['451 could not talk to the next host', 'network-error'],
    ['451 the directory has crashed', 'system-error'],
    ['451 come back in 5 minutes', 'greylisted'],
    ['550 From domain not found', 'sender-rejected'],
    ['550 bounce address unknown', 'sender-rejected'],
    ['550 return path cannot take bounces', 'sender-rejected'],
    ['550 the letter weighs 42 MB', 'too-big'],
    ['550 HTML mail is unwelcome', 'content'],
    ['550 Cyrillic text is not accepted', 'content'],
    ['554 your letter scored 12.3 points', 'spam'],
    ['554 it carries the worm W32/Example', 'virus'],
    ['550 the header section is broken', 'non-compliant'],
    ['451 we do not know you yet', 'greylisted'],
    ['421 at most 10 connections', 'rate-limited'],
    ['550 30% of your recipients do not exist', 'rate-limited'],
    ['550 traffic from your network is dropped', 'blocked'],
    ['550 on our list of known spammers', 'blocked'],
    ['550 our users have complained', 'reputation'],
    ['550 you pretend to be somebody else', 'auth-failure'],
    ['554 forward and reverse lookups differ', 'no-ptr'],
    ['550 you may not use this machine', 'relaying-denied'],
    ['550 house rules forbid this', 'policy'],
    ['550 no cleartext mail please', 'security'],
    ['451 the certificate could not be checked', 'starttls-failed'],
    ['451 retry time was used up', 'expired'],
    ['451 next hop is gone', 'network-error'],
    ['452 the spool partition is full', 'system-full'],
    ['554 log in before you send to unknown recipients', 'sender-rejected'],
  ])('%s', (diagnostic, category) => expect(verdict(diagnostic)).toBe(`soft ${category}`))
})

describe('nothing of a mailbox follows', () => {
  test.each([
    '550 you are not a registered user here',
    '550 sender is not a user of this system',
    '550 the link in your message could not be found',
    '550 the contact in your signature does not exist',
    '550 the address in the To header does not exist',
    '550 5.1.1 the unsubscribe address in this mail does not exist',
    '550 the recipient limit of the server was reached',
    '550 mailbox not available at the moment, please retry',
    '550 message for this recipient was deleted by our filter',
    '550 user lookup failed for now',
    '550 no one may send from your network',
    '550 5.1.1 user unknown while the directory is rebuilt',
    '550 as long as it is being repaired, each mailbox is unknown',
    '550 5.1.1 user unknown until the migration is over',
    '550 this mailbox does not exist during maintenance',
    '550 mail is refused if the recipient does not exist',
    '550 perhaps the user does not exist',
    '550 user unknown?',
    '550 user unknown or password wrong',
    '550 the address you send from does not exist',
    '550 the mailbox that you are writing from is unknown',
    '550 mailbox could not be found at the moment',
    '550 no recipient could be checked',
    '550 recipient cannot be found because the directory is offline',
    '550 our honeypot address does not exist',
    '550 the address in the Cc field is not known',
    '550 the server of this domain is unknown to our smarthost',
    '550 no such list of yours is known here',
    '550 refused, and not because the user is unknown',
    '550 宛先が存在しない場合は配信できません',
    '550 Wenn der Empfänger unbekannt ist, wird abgelehnt',
  ])('%s', diagnostic => expect(verdict(diagnostic)).toMatch(/^soft /))
})

describe('what a refusal says of a while is no dead address', () => {
  test.each([
    ['550 mailbox temporarily closed, owner on leave', 'soft mailbox-disabled'],
    ['550 mailbox not available at the moment, please retry', 'soft'],
    ['550 ana@example.org is not registered at present', 'soft'],
  ])('%s', (diagnostic, expected) => expect(verdict(diagnostic)).toMatch(new RegExp(`^${expected}`)))
})

describe('loose English, by who or what it is about', () => {
  test.each([
    ['550 We could not match ana to any of our staff', 'hard unknown-user'],
    ['550 Delivery address is fictitious', 'hard unknown-user'],
    ['550 Not a known recipient on this host', 'hard unknown-user'],
    ['550 The address you write from does not exist', 'soft sender-rejected'],
    ['550 You are a stranger to this user', 'soft sender-rejected'],
    ['550 the subscription of this customer lapsed', 'soft'],
    ['550 user subscription has lapsed', 'soft mailbox-disabled'],
    ['452 Nothing else fits into the inbox', 'soft mailbox-full'],
    ['550 recipient has run out of storage space', 'soft mailbox-full'],
    ['452 partition has no more free space', 'soft system-full'],
    ['554 length of your mail is over the limit of 1000 KB', 'soft too-big'],
    ['550 outsiders may not write here', 'soft filtered'],
    ['550 our customers have complained about your mails', 'soft reputation'],
    ['450 lost contact with the next server', 'soft network-error'],
    ['554 attachment contains banned expressions', 'soft content'],
    ['550 suppressed because of previous bounces', 'soft suppressed'],
    ['554 we tried for six days and have given up', 'soft expired'],
  ])('%s', (diagnostic, expected) => expect(verdict(diagnostic)).toMatch(new RegExp(`^${expected}`)))
})

test('words that spare an expression stand in every text that it matches', () => {
  const here = readFileSync(new URL(import.meta.url), 'utf8')
  const causes = ['unknown-user', 'mailbox-full', 'filtered', 'policy', 'spam', 'blocked', 'network-error']
    .map(name => new URL(`../../src/knowledge/causes/${name}.json`, import.meta.url))
    .map(file => readFileSync(file, 'utf8'))
  const texts = [here, ...causes].join('\n').toLowerCase().split('\n')
  const patterns = [aboutMail, aboutMailbox, aboutRecipient, aboutSender, aboutServers].flatMap(about =>
    about(),
  )
  const matched = new Set<number>()
  const hidden = patterns.flatMap(([, search], at) =>
    texts.filter(text => {
      const whole = search.whole?.().exec(text) ?? null
      if (whole !== null) matched.add(at)
      return whole !== null && search.exec(text)?.[0] !== whole[0]
    }),
  )
  expect(hidden).toEqual([])
  // They are tried, not only listed.
  expect(matched.size).toBeGreaterThan(patterns.length / 2)
})

describe('who connects, and a mailbox that takes no mail, are no dead address', () => {
  test.each([
    ['550 unknown client, go away', 'soft'],
    ['550 this mailbox takes no mail', 'soft mailbox-disabled'],
    ['550 this domain takes no mail', 'hard not-accepting'],
    ['550 the sender is blacklisted', 'soft sender-rejected'],
    ['554 maximum lifetime of the message exceeded', 'soft expired'],
    ['550 not reachable from outside the company', 'soft filtered'],
    ['450 the other side closed the connection', 'soft network-error'],
    ['554 could not write to the mailbox', 'soft system-error'],
  ])('%s', (diagnostic, expected) => expect(verdict(diagnostic)).toMatch(new RegExp(`^${expected}`)))
})

test.each(['550 From address is not a valid mailbox', '550 sender was not a valid user'])(
  'whose mailbox is not valid: %s',
  diagnostic => expect(verdict(diagnostic)).toBe('soft sender-rejected'),
)
