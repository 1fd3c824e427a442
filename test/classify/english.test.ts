// What English refusals say in words that no row lists: read by their grammar, and not of a sender, a thing or a crowd.

import { describe, expect, test } from 'vitest'
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
    '550 refused, and not because the user is unknown',
    '550 宛先が存在しない場合は配信できません',
    '550 Wenn der Empfänger unbekannt ist, wird abgelehnt',
  ])('%s', diagnostic => expect(verdict(diagnostic)).toMatch(/^soft /))
})
