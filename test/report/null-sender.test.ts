// The null sender of the envelope counts like `Return-Path: <>` in the mail: for every fixture, and from SMTP to verdict.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createJudge } from '../../src/classify/ladder.ts'
import { createIntake } from '../../src/intake.ts'
import { defaultRules } from '../../src/knowledge/default-rules.ts'
import { createMemoryBudget } from '../../src/message/memory-budget.ts'
import { type Envelope, isNullSender } from '../../src/model/envelope.ts'
import type { Report } from '../../src/model/report.ts'
import { readHere } from '../../src/reading/here.ts'
import { readReport } from '../../src/report/read.ts'
import { keepEvidence, reportFromEvidence } from '../../src/rules/evidence.ts'
import { parse } from './fixtures.ts'

const folder = join(import.meta.dirname, '../fixtures')
const { judge } = createJudge({ rules: defaultRules })

/** Fixtures that a header field can be put on top of, and that say nothing of their sender yet. */
const mails = readdirSync(folder)
  .filter(name => name.endsWith('.eml'))
  .map(name => ({ name, bytes: readFileSync(join(folder, name)) }))
  .filter(
    ({ bytes }) => /^[!-9;-~]+:/.test(bytes.toString('latin1')) && !/^return-path:/im.test(bytes.toString()),
  )

const withoutFlag = (report: Report): unknown => ({ ...report, nullSender: null })

test('there are fixtures without a Return-Path', () => expect(mails.length).toBeGreaterThan(50))

test.each(mails)('$name is read and judged the same by envelope and by header', async ({ bytes }) => {
  const byEnvelope = readReport(await parse(bytes), { nullSender: true })
  const byHeader = readReport(await parse(Buffer.concat([Buffer.from('Return-Path: <>\n'), bytes])))
  expect(withoutFlag(byEnvelope)).toEqual(withoutFlag(byHeader))
  expect(judge(byEnvelope)).toEqual(judge(byHeader))
})

const notice = `From: mx@client.example
To: returns@bounces.example
Subject: hello

Your message to ana@example.org could not be delivered: user unknown.

----- Original message -----
Return-Path: <news@crm.example>
From: news@crm.example
To: ana@example.org
Subject: News
Message-ID: <1@crm.example>

News.
`

test('it makes a notice of a mail that has no other sign', async () => {
  const kinds = [false, true].map(async nullSender => readReport(await parse(notice), { nullSender }).kind)
  expect(await Promise.all(kinds)).toEqual(['ordinary', 'bounce'])
})

test('what SMTP says of the sender reaches the reader', async () => {
  const flags: boolean[] = []
  const take = createIntake({
    openMemory: createMemoryBudget(1e9).open,
    read: readHere(report => {
      flags.push(report.nullSender)
      return judge(report)
    }),
    address: async () => null,
    keepReply: async () => {},
    events: async () => [],
    record: async () => [],
    observe: () => {},
    unproven: { take: () => true, giveBack: () => {} },
    onObserveError: () => {},
  })
  const envelope = (mailFrom: string | null): Envelope => ({
    session: 's',
    receivedAt: new Date(0),
    client: { ip: '192.0.2.1', helo: 'x', tls: false },
    mailFrom,
    recipients: [],
  })
  for (const sender of [null, 'MAILER-DAEMON', 'Mailer-Daemon@client.example', 'ana@client.example'])
    await take(envelope(sender), { bytes: only(Buffer.from(notice)) })
  expect(flags).toEqual([true, true, true, false])
  expect(isNullSender('not-mailer-daemon@client.example')).toBe(false)
})

test('evidence keeps it, so that rules are tried on the same report', async () => {
  for (const nullSender of [true, false]) {
    const report = readReport(await parse(notice), { nullSender })
    expect(reportFromEvidence(keepEvidence(report))?.nullSender).toBe(nullSender)
  }
})

async function* only(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes
}
