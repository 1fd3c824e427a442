// The policy as tables: which addresses can be read, which recipients are accepted, and that the replies are the contract.

import { describe, expect, it } from 'vitest'
import type { ReturnPath } from '../../src/model/return-path.ts'
import {
  hideQuoted,
  type RecipientState,
  readMailbox,
  recipientAnswer,
  recipientKey,
  senderAnswer,
  showQuoted,
} from '../../src/smtp/policy.ts'
import { acceptances, answerForLibrary, deferrals, rejections } from '../../src/smtp/replies.ts'
import { readAddress } from './stage.ts'

describe('readMailbox', () => {
  const check = (address: string, expected: string | null): void => {
    const found = readMailbox(address)
    expect(found && `${found.local} at ${found.domain}`).toBe(expected)
  }
  it.each([
    ['b-abc@bounces.example', 'b-abc at bounces.example'],
    ['B-ABC@Bounces.EXAMPLE', 'B-ABC at bounces.example'],
    ['b-abc@bounces.example.', 'b-abc at bounces.example'],
    ['b-abc@bücher.example', 'b-abc at xn--bcher-kva.example'],
    ['b-abc@BÜCHER.example', 'b-abc at xn--bcher-kva.example'],
    ['b-abc@XN--BCHER-KVA.example', 'b-abc at xn--bcher-kva.example'],
    ['b-abc@bounces。example', 'b-abc at bounces.example'], // IDNA: the ideographic full stop is a dot
    ['b-abc@[192.0.2.1]', 'b-abc at [192.0.2.1]'],
    ['b-abc@[IPv6:2001:db8::1]', 'b-abc at [ipv6:2001:db8::1]'],
    ['#@[]', '# at []'], // qmail's double bounce
    ['postmaster', 'postmaster at '],
    ['PostMaster', 'PostMaster at '],
    ['"b-abc"@bounces.example', 'b-abc at bounces.example'],
    ['"b abc"@bounces.example', '"b abc" at bounces.example'],
    ['"b@abc"@bounces.example', '"b@abc" at bounces.example'],
    ['prvs=1234abcdef=b-abc@bounces.example', 'prvs=1234abcdef=b-abc at bounces.example'],
    [`${'a'.repeat(256)}@bounces.example`, `${'a'.repeat(256)} at bounces.example`],
    [`${'a'.repeat(257)}@bounces.example`, null],
    [`${'ä'.repeat(129)}@bounces.example`, null], // octets count, not characters
    [`a@${'b'.repeat(260)}.example`, null],
    ['abuse', null],
    ['@bounces.example', null],
    ['b-abc@', null],
    ['b-abc@.', null],
    ['', null],
    ['b\rabc@bounces.example', null],
    ['b-abc@bounces.example\n', null],
    ['b\u0000abc@bounces.example', null],
    ['b\u0085abc@bounces.example', null],
  ])('%j is %j', check)
})

describe('quoted strings', () => {
  const check = (command: string, hidden: string): void => {
    expect(hideQuoted(command)).toBe(hidden)
    expect(showQuoted(hidden)).toBe(command)
  }
  it.each([
    ['MAIL FROM:<a@b.example> SIZE=1', 'MAIL FROM:<a@b.example> SIZE=1'],
    ['MAIL FROM:<"a b"@c.example>', 'MAIL FROM:<"a\ue020b"@c.example>'],
    ['MAIL FROM:<"a@<b>"@c.example>', 'MAIL FROM:<"a\ue040\ue03cb\ue03e"@c.example>'],
    ['MAIL FROM:<"a\\"b c"@c.example>', 'MAIL FROM:<"a\\"b\ue020c"@c.example>'],
    ['MAIL FROM:<"a b@c.example>', 'MAIL FROM:<"a b@c.example>'],
  ])('%j', check)
})

describe('senderAnswer', () => {
  it.each([
    ['', 'sender'],
    ['mailer-daemon@client.example', 'sender'],
    ['"john doe"@client.example', 'sender'],
    ['postmaster', 'sender'],
    ['MAILER-DAEMON', 'sender'],
    ['""', 'sender'],
    ['nodomain', 'sender'],
    ['two words', 'bad-sender'],
    ['a\u0001b', 'bad-sender'],
    ['a@', 'bad-sender'],
    ['@client.example', 'bad-sender'],
    [`${'a'.repeat(257)}`, 'bad-sender'],
    [`${'a'.repeat(300)}@client.example`, 'bad-sender'],
  ])('%j: %s', (address, expected) => {
    const said = senderAnswer(address)
    expect(said.kind === 'accept' ? 'sender' : said.reason).toBe(expected)
  })
})

describe('recipientAnswer', () => {
  const calm: RecipientState = {
    draining: false,
    accepted: 0,
    maxRecipients: 100,
    quotaUsedUp: false,
    mailboxFull: false,
  }
  const check = async (address: string, state: Partial<RecipientState>, expected: string): Promise<void> => {
    const { reply } = recipientAnswer(await readAddress(address), { ...calm, ...state })
    expect(`${reply.code} ${reply.enhanced}`).toBe(expected)
  }
  it.each([
    ['signed-1@bounces.example', {}, '250 2.1.5'],
    ['stored-1@bounces.example', {}, '250 2.1.5'],
    ['legacy-1@bounces.example', {}, '250 2.1.5'],
    ['inbox@bounces.example', {}, '250 2.1.5'],
    ['observed@bounces.example', {}, '250 2.1.5'],
    ['postmaster@bounces.example', {}, '250 2.1.5'],
    ['abuse@bounces.example', {}, '250 2.1.5'],
    ['unknown@bounces.example', {}, '550 5.1.1'],
    ['forged-1@bounces.example', {}, '550 5.1.1'],
    ['expired-1@bounces.example', {}, '550 5.1.1'],
    ['signed-1@other.example', {}, '550 5.7.1'],
    ['signed-1@bounces.example', { draining: true }, '421 4.3.2'],
    ['unknown@bounces.example', { draining: true }, '421 4.3.2'],
    ['signed-1@bounces.example', { accepted: 100 }, '452 4.5.3'],
    ['signed-1@bounces.example', { accepted: 99 }, '250 2.1.5'],
    ['unknown@bounces.example', { accepted: 100 }, '550 5.1.1'],
    ['postmaster@bounces.example', { mailboxFull: true }, '452 4.2.2'],
    ['signed-1@bounces.example', { mailboxFull: true }, '250 2.1.5'],
  ])('%s %j: %s', check)
})

describe('recipientKey', () => {
  const check = (one: ReturnPath, other: ReturnPath, isSame: boolean): void =>
    expect(recipientKey(one) === recipientKey(other)).toBe(isSame)
  const role = (raw: string, mailbox: 'postmaster' | 'abuse'): ReturnPath => ({ kind: 'role', raw, mailbox })
  const inbox = (raw: string, canonical: string): ReturnPath => ({ kind: 'inbox', raw, canonical })
  it('is one for two spellings', () => {
    check(role('postmaster', 'postmaster'), role('postmaster@bounces.example', 'postmaster'), true)
    check(role('postmaster', 'postmaster'), role('abuse@bounces.example', 'abuse'), false)
    check(inbox('prvs=1=a@b.example', 'a@b.example'), inbox('A@b.example', 'a@b.example'), true)
    check(inbox('a@b.example', 'a@b.example'), inbox('b@b.example', 'b@b.example'), false)
  })
})

describe('the table of replies', () => {
  const all = Object.entries({ ...acceptances, ...rejections, ...deferrals })
  it.each(all)('%s has an enhanced code of its own class and one plain line', (_, reply) => {
    expect(reply.enhanced).toMatch(new RegExp(`^${String(reply.code)[0]}\\.\\d{1,3}\\.\\d{1,3}$`))
    expect(reply.text).toMatch(/^[ -~]+$/)
  })
  it('defers with 4yz and rejects with 5yz', () => {
    for (const { code } of Object.values(deferrals)) expect(Math.floor(code / 100)).toBe(4)
    for (const { code } of Object.values(rejections)) expect(Math.floor(code / 100)).toBe(5)
  })
  it('has no reason in both closed sets', () => {
    expect(Object.keys(rejections).filter(reason => reason in deferrals)).toEqual([])
  })
  it('leaves alone what is ours and what carries no enhanced code', () => {
    expect(answerForLibrary(550, '5.1.1 No such return path', undefined)).toBeNull()
    expect(answerForLibrary(354, 'End data', undefined)).toBeNull()
    expect(answerForLibrary(220, 'mx.bounces.example ESMTP', false)).toBeNull()
  })
  it('does not take a command name for a context', () => {
    expect(answerForLibrary(500, 'Error: command not recognized', 'RCPT_TO_OK')?.reply.code).toBe(500)
  })
})
