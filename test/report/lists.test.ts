// Notices that list several recipients: each with its own reply, whatever stands between the two.

import { describe, expect, it } from 'vitest'
import { postmaster, readNotice, told } from './notices.ts'

const both = ['ana@example.org 550 5.1.1', 'ben@example.com 552 5.2.2']

describe('a list pairs each recipient with its reply', () => {
  it.each([
    [
      'bars of a table',
      'Recipient | Reason\n------\nana@example.org | 550 5.1.1 unknown\nben@example.com | 552 5.2.2 full',
    ],
    [
      'numbers',
      'It could not be delivered to:\n\n1. ana@example.org (550 5.1.1 unknown)\n2. ben@example.com (552 5.2.2 full)',
    ],
    [
      'numbers in brackets',
      'These failed:\n\n1) ana@example.org: 550 5.1.1 unknown\n2) ben@example.com: 552 5.2.2 full',
    ],
    [
      'the reply first',
      'It could not be delivered to:\n\n550 5.1.1 unknown: ana@example.org\n552 5.2.2 full: ben@example.com',
    ],
    [
      'labels, the reply first',
      'Not delivered.\n\nReason: 550 5.1.1 unknown\nRecipient: ana@example.org\n\nReason: 552 5.2.2 full\nRecipient: ben@example.com',
    ],
    [
      'labels without empty lines',
      'Not delivered.\n\nReason: 550 5.1.1 unknown\nRecipient: ana@example.org\nReason: 552 5.2.2 full\nRecipient: ben@example.com',
    ],
    [
      'labels, the recipient first',
      'Not delivered.\n\nRecipient: ana@example.org\nReason: 550 5.1.1 unknown\n\nRecipient: ben@example.com\nReason: 552 5.2.2 full',
    ],
    [
      'numbered labels',
      'Not delivered.\n\nRecipient 1: ana@example.org\nReason 1: 550 5.1.1 unknown\n\nRecipient 2: ben@example.com\nReason 2: 552 5.2.2 full',
    ],
    [
      'labels that we do not know',
      'Quux: 550 5.1.1 unknown\nFoo: ana@example.org\n\nQuux: 552 5.2.2 full\nFoo: ben@example.com',
    ],
    ['commas', 'Not delivered:\n\nana@example.org,550,5.1.1,unknown\nben@example.com,552,5.2.2,full'],
    ['clauses', 'Not delivered: 550 5.1.1 unknown for ana@example.org; 552 5.2.2 full for ben@example.com.'],
    [
      'colons',
      'It could not be delivered to:\n\nana@example.org: 550 5.1.1 unknown\nben@example.com: 552 5.2.2 full',
    ],
  ])('%s', async (_, text) => {
    const report = await readNotice({ text })
    expect(report.kind).toBe('bounce')
    expect(told(report)).toEqual(both)
  })
})

describe('what cannot be paired', () => {
  it.each([
    'It could not be delivered to ana@example.org and ben@example.com.\n550 5.1.1 unknown\n552 5.2.2 full',
    'Recipients: ana@example.org, ben@example.com\nErrors:\n550 5.1.1 unknown\n552 5.2.2 full',
  ])('is nobody’s reply: %s', async text => {
    expect(told(await readNotice({ text }))).toEqual(['ana@example.org', 'ben@example.com'])
  })

  it('while one reply is everybody’s', async () => {
    const text = 'It could not be delivered to ana@example.org and ben@example.com: 550 5.1.1 unknown'
    expect(told(await readNotice({ text }))).toEqual([
      'ana@example.org 550 5.1.1',
      'ben@example.com 550 5.1.1',
    ])
  })
})

describe('an address is told from the words around it', () => {
  it.each([
    ['full-width marks', '退信原因：收件人邮件地址（ana@example.org）不存在，邮件无法送达。'],
    ['a full-width label', '邮件无法送达。\n\n收件人：ana@example.org'],
    [
      'a sentence that names the sender before',
      'Your mail from sales@crm.example to ana@example.org could not be delivered.',
    ],
    [
      'a source route',
      'It cannot be delivered to the following recipients:\n\n  Recipient address: @in.example.net:ana@store\n  Original address: ana@example.org\n  Reason: full',
    ],
    [
      'Korean labels, the sender last',
      '보내신 메일이 반송되었습니다.\n\n받는 사람: ana@example.org\n반송 사유: (User unknown)\n보낸 사람: sales@crm.example',
    ],
    [
      'labels, the sender before',
      'It could not be delivered.\n\nError:   550 user unknown\nSender:  sales@crm.example\nTo:      ana@example.org',
    ],
    [
      'labels of the envelope',
      'It could not be delivered.\n\nEnvelope from: b-mfqxg2lq7k@bounces.crm.example\nEnvelope to: ana@example.org\nReply: 550 5.1.1 user unknown',
    ],
    [
      'a label Return-Path, which begins no returned message',
      'It could not be delivered.\n\nReturn-Path: sales@crm.example\nAddress: ana@example.org\nReason: mailbox does not exist',
    ],
    [
      'German labels',
      'Die Nachricht konnte nicht zugestellt werden.\n\nAbsender: sales@crm.example\nAn: ana@example.org\nGrund: Empfänger unbekannt',
    ],
    ['Russian labels', 'Сообщение не доставлено.\n\nОтправитель: sales@crm.example\nКому: ana@example.org'],
    [
      'French labels',
      'Le message n’a pas pu être remis.\n\nMotif : utilisateur inconnu\nExpéditeur : sales@crm.example\nDestinataire : ana@example.org',
    ],
  ])('%s', async (_, text) => {
    const report = await readNotice({ from: postmaster, text })
    expect(report.recipients.map(({ address }) => address)).toEqual(['ana@example.org'])
  })

  it('and is never the return path that the notice went to', async () => {
    const text =
      'It could not be delivered.\n\n----- Original message -----\n\nReceived: from a\nFrom: sales@crm.example\nTo: b-mfqxg2lq7k@bounces.crm.example\n'
    const report = await readNotice({ text })
    expect([report.kind, report.recipients.map(({ address }) => address)]).toEqual(['bounce', [null]])
  })
})

it('reads the reply in a transcript of MDaemon', async () => {
  const text =
    'IT COULD NOT BE DELIVERED!\n\nFailed address: ana@example.org\n\n Tue: --> RCPT To:<ana@example.org>\n Tue: <-- 550 none here'
  expect(told(await readNotice({ text }))).toEqual(['ana@example.org 550'])
})

it('names once who is listed twice, for people and for administrators', async () => {
  const text =
    'Delivery has failed to these recipients or distribution lists:\n\nAna@example.org\nThe address was not found.\n\nDiagnostic information for administrators:\n\nana@example.org\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##'
  expect(told(await readNotice({ from: postmaster, text }))).toEqual(['Ana@example.org 550 5.1.1'])
})

it('whom a notice says to write to instead has not failed', async () => {
  const text =
    'The message could not be delivered to ana@example.org: ana@example.org has left the company.\n' +
    'Address your mail to office@example.org instead.'
  expect((await readNotice({ from: postmaster, text })).recipients.map(({ address }) => address)).toEqual([
    'ana@example.org',
  ])
})

it('cuts a long error of XMail’s, and names the recipient', async () => {
  const text = `[<00>] XMail bounce: Rcpt=[ana@example.org];Error=[550 5.1.1 none${' '.repeat(3000)}x]`
  expect(told(await readNotice({ text }))).toEqual(['ana@example.org 550 5.1.1'])
})

describe('an address in what is said of a recipient is no other recipient', () => {
  it.each([
    ['Reason', 'Reason:\n<ben@example.net>: 550 5.1.1 unknown user'],
    ['an empty line after it', 'The reason was:\n\nben@example.net: 550 5.1.1 mailbox unknown'],
    ['German', 'Grund:\n<ben@example.net>: 550 5.1.1 unbekannt'],
    ['Japanese', '理由：\nben@example.net 550 5.1.1 unknown'],
    ['a wrapped sentence', 'ana@example.org is forwarded to\nben@example.net, 550 5.1.1 unknown there'],
  ])('%s', async (_, reason) => {
    const text = `The message could not be delivered to the following recipients:\n\nana@example.org\n${reason}`
    expect(told(await readNotice({ text }))).toEqual(['ana@example.org 550 5.1.1'])
  })

  it('but recipients behind each other’s reasons are', async () => {
    const text =
      'The following addresses failed:\n\nana@example.org\nReason:\n550 5.1.1 unknown\nben@example.net\nReason:\n552 5.2.2 full'
    expect(told(await readNotice({ text }))).toEqual([
      'ana@example.org 550 5.1.1',
      'ben@example.net 552 5.2.2',
    ])
  })
})
