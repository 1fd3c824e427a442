// `rebound demo`: a server of its own, a dozen contacts whose mail comes back, and the results.

import { apiAt, type CampaignSeen, type ReboundApi } from '../../harness/api.ts'
import { type LoadResult, load } from '../../harness/load.ts'
import type { Pair } from '../../harness/mix.ts'
import { type Trial, type VerifyRun, verify } from '../../harness/verify.ts'
import { type ServerPorts, withOwnServer } from '../own-server.ts'
import type { Define, Shell } from '../shell.ts'
import { printTable } from '../table.ts'
import type { Io } from '../terminal.ts'

/** What comes back to the contacts of the demo, one each. */
const scenes: readonly Pair[] = [
  { writer: 'postfix', scenario: 'unknown-user' },
  { writer: 'office-365', scenario: 'unknown-user' },
  { writer: 'qmail', scenario: 'unknown-domain' },
  { writer: 'gmail', scenario: 'mailbox-full' },
  { writer: 'exchange', scenario: 'mailbox-disabled' },
  { writer: 'exim', scenario: 'spam-block' },
  { writer: 'sendmail', scenario: 'ip-block' },
  { writer: 'yahoo', scenario: 'auth-failure' },
  { writer: 'postfix', scenario: 'delayed' },
  { writer: 'mailbox', scenario: 'vacation-fr' },
  { writer: 'mailbox', scenario: 'complaint' },
  { writer: 'mailbox', scenario: 'ordinary' },
]

const stream = { rate: 50, seconds: 6, mix: 'realistic', connections: 10 } as const
export const demoCommand: Define = (command, shell) => {
  command
    .addHelpText('after', `\nExample: ${shell.hints.rebound('demo')}`)
    .action(async () => shell.exit(await withOwnServer(ports => present(ports, shell))))
}

/** @returns 0, or 1 when something came out wrong. */
async function present({ smtp, http }: ServerPorts, { io, hints }: Shell): Promise<number> {
  io.err(`A server of its own takes mail on port ${smtp} and answers on http://127.0.0.1:${http}.`)
  const base = `http://127.0.0.1:${http}`
  const api: ReboundApi = apiAt(base)
  const now = new Date()
  const run = (offset: number): VerifyRun => {
    const runId = String(now.getTime() + offset)
    return {
      target: { host: '127.0.0.1', port: smtp },
      api,
      seed: 'demo',
      at: now,
      runId,
      recipient: 'ana@example.org',
    }
  }

  io.err(
    `\n${scenes.length} contacts got a mail of campaign “Autumn”. This came back, and this is what the CRM now knows:\n`,
  )
  const first = await verify(scenes, run(0))
  printTable(
    io,
    ['came back from', 'saying', 'read as', 'because', 'contact now'],
    first.trials.map(trialRow),
    60,
  )
  io.out('')
  printCampaign('Autumn', first.campaign, io)

  io.err(
    `\nNow ${stream.rate * stream.seconds} more, ${stream.rate} a second, as a CRM of some size sees them …\n`,
  )
  const second = await load(stream, run(1))
  printLoad(second, io)
  io.out('')
  printCampaign('the stream', second.campaign, io)

  io.err('\nAnd some of what Prometheus scrapes at /metrics:\n')
  io.out(await metrics(base))

  const isRight =
    first.trials.every(trial => trial.differences.length === 0) &&
    first.campaignDifferences.length === 0 &&
    second.asExpected === second.sent &&
    second.campaignDifferences.length === 0
  for (const { composed, differences } of first.trials)
    for (const difference of differences) io.err(`${composed.writer} ${composed.scenario}: ${difference}`)
  for (const [problem, count] of second.problems) io.err(`${count} × ${problem}`)
  io.err(
    isRight
      ? `\nEverything came out as it should. Your own server: ${hints.rebound('serve')}`
      : '\nNot everything came out as it should: see above.',
  )
  return isRight ? 0 : 1
}

function trialRow({ composed, event, record }: Trial): string[] {
  const readAs = event === null ? ['–'] : [event.kind, event.type, event.category]
  const because = event?.decidedBy ? `${event.decidedBy} ${event.decidedRule ?? ''}`.trim() : ''
  const verdict = readAs.filter(word => word !== null).join(' ')
  return [composed.writer, composed.scenario, verdict, because, contactNow(record)]
}

function contactNow(record: Trial['record']): string {
  if (!record?.emailBounced) return 'unchanged'
  return record.email === null ? 'flagged, address removed' : 'flagged, address kept'
}

function printCampaign(name: string, campaign: CampaignSeen, io: Io): void {
  const { sent, hardBounces, softBounces, blockedBounces, complaints } = campaign
  printTable(
    io,
    ['campaign', 'sent', 'hard', 'soft', 'of them blocked', 'complaints'],
    [[name, sent, hardBounces, softBounces, blockedBounces, complaints]],
  )
}

function printLoad(result: LoadResult, io: Io): void {
  const { sent, acknowledged, asExpected, p50Milliseconds, p99Milliseconds } = result
  const milliseconds = (value: number): string => `${value.toFixed(1)} ms`
  printTable(
    io,
    ['sent', 'acknowledged', 'as expected', 'p50', 'p99'],
    [[sent, acknowledged, asExpected, milliseconds(p50Milliseconds), milliseconds(p99Milliseconds)]],
  )
}

/** Counters that moved, without the long list of those that did not. */
async function metrics(base: string): Promise<string> {
  const text = await (await fetch(`${base}/metrics`)).text()
  const wanted = /^rebound_(messages_total|bounced_sends_total|sends_total|message_seconds_(sum|count))[ {]/
  return text
    .split('\n')
    .filter(line => wanted.test(line) && !line.endsWith(' 0'))
    .join('\n')
}
