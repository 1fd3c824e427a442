// The CRM's mail that comes back: an offer to a customer, different from seed to seed.

import { dateTime, zones } from './lines.ts'
import type { SentMail } from './situation.ts'
import type { Variation } from './variation.ts'

const subjects = [
  'Your invitation to our open day',
  'News for our customers in autumn',
  'Your order is on its way',
  'A question about your last visit',
  'Three ideas for your next project',
] as const

/** A mail sent to `to` from `returnPath`, some minutes before `at`. `X-Rebound-Ref` is as docs/return-path asks. */
export function sentMail(to: string, returnPath: string, at: Date, vary: Variation): SentMail {
  const date = new Date(at.getTime() - vary.integer(1, 90) * 1000)
  const subject = vary.pick(subjects)
  const messageId = `<${vary.hex(12)}.${vary.integer(1000, 99999)}@crm.example>`
  const from = 'Customer Care <care@crm.example>'
  const header = [
    `Received: from crm.example (crm.example [192.0.2.10])`,
    `\tby mail.crm.example with ESMTPS id ${vary.hex(11).toUpperCase()}`,
    `\tfor <${to}>; ${dateTime(date, zones.cet)}`,
    `Message-ID: ${messageId}`,
    `Date: ${dateTime(date, zones.cet)}`,
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${subject}`,
    `X-Rebound-Ref: ${returnPath}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
  ]
  const body = [
    'Dear customer,',
    '',
    'thank you for your interest. We look forward to hearing from you.',
    `Your reference is ${vary.integer(100000, 999999)}.`,
    '',
    'Kind regards',
    'Customer Care',
  ]
  return { messageId, subject, date, from, to, header, returnPath, body }
}

/** The whole mail as a reporter returns it. `field` is how the program spells the name. */
export function returnedCopy(mail: SentMail, field: 'Return-Path' | 'Return-path' = 'Return-Path'): string[] {
  return [...returnedHeader(mail, field), '', ...mail.body]
}

/** The header alone, for reporters that return no more (RFC 3461 §4.3, RET=HDRS). */
export function returnedHeader(
  mail: SentMail,
  field: 'Return-Path' | 'Return-path' = 'Return-Path',
): string[] {
  return [`${field}: <${mail.returnPath}>`, ...mail.header]
}

export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1)

/** The server that took mail for this address, in writers' texts. */
export const serverOf = (address: string): { readonly name: string; readonly ip: string } => ({
  name: `mx.${domainOf(address)}`,
  ip: '192.0.2.25',
})
