// What the harness found, as tables for people or NDJSON for programs.

import { scenarios, scenariosOf, writerNames, writers } from '../harness/compose.ts'
import type { LoadResult } from '../harness/load.ts'
import type { RunResult, Trial } from '../harness/verify.ts'
import { printTable } from './table.ts'
import { type Io, json } from './terminal.ts'

/** What there is to send. */
export function showList(asJson: boolean, io: Io): void {
  const rows = scenarios.map(({ name, what }) => ({
    scenario: name,
    what,
    writers: writerNames.filter(writer => scenariosOf(writer).includes(name)),
  }))
  if (asJson) {
    for (const row of rows) io.out(json(row))
    return
  }
  const programs = writerNames.map(name => [
    name,
    name === 'mailbox' ? 'the recipient’s own side: people and automatic answers' : writers[name].program,
  ])
  const writtenBy = (names: readonly string[]): string =>
    names.length > 2 ? `${names.length} writers` : names.join(', ')
  printTable(io, ['writer', 'program'], programs, 100)
  io.out('')
  printTable(
    io,
    ['scenario', 'what happened', 'written by'],
    rows.map(row => [row.scenario, row.what, writtenBy(row.writers)]),
    100,
  )
}

/** @returns the exit code: 1 when anything differs. */
export function showRun(result: RunResult, seed: string, asJson: boolean, io: Io): number {
  const { trials, campaignId, campaignDifferences } = result
  if (asJson) for (const trial of trials) io.out(json(trialLine(trial)))
  else printTable(io, ['writer', 'scenario', 'answer', 'result'], trials.map(trialRow), 160)
  const agreeing = trials.filter(trial => trial.differences.length === 0).length
  io.err(
    agreeing === trials.length
      ? `${trials.length} sent, all agree.`
      : `${trials.length} sent, ${agreeing} agree, ${trials.length - agreeing} differ.`,
  )
  showCampaign(campaignId, campaignDifferences, io)
  io.err(`Repeat it with --seed ${seed}.`)
  return agreeing === trials.length && campaignDifferences.length === 0 ? 0 : 1
}

function trialRow({ composed, event, differences }: Trial): string[] {
  const answer = event === null ? ['–'] : [event.kind, event.type, event.category]
  return [
    composed.writer,
    composed.scenario,
    answer.filter(word => word !== null).join(' '),
    differences.length === 0 ? 'agrees' : differences.join('; '),
  ]
}

function trialLine({ composed, recordId, sent, event, record, differences }: Trial) {
  const { writer, scenario, returnPath, expected } = composed
  return {
    writer,
    scenario,
    recordId,
    returnPath,
    reply: sent.response,
    differences,
    expected,
    event,
    record,
  }
}

/** @returns the exit code: 1 when anything was refused or differs. */
export function showLoad(result: LoadResult, seed: string, asJson: boolean, io: Io): number {
  const { campaignId, campaignDifferences, problems, ...figures } = result
  const { sent, acknowledged, asExpected, p50Milliseconds, p99Milliseconds, seconds } = figures
  if (asJson) io.out(json({ campaignId, ...figures, campaignDifferences, problems, seed }))
  else
    printTable(
      io,
      ['sent', 'acknowledged', 'as expected', 'a second', 'p50', 'p99'],
      [
        [
          sent,
          acknowledged,
          asExpected,
          (acknowledged / seconds).toFixed(1),
          `${p50Milliseconds.toFixed(1)} ms`,
          `${p99Milliseconds.toFixed(1)} ms`,
        ],
      ],
    )
  for (const [problem, count] of problems.slice(0, 20)) io.err(`${count} × ${problem}`)
  if (problems.length > 20) io.err(`… and ${problems.length - 20} other problems.`)
  showCampaign(campaignId, campaignDifferences, io)
  io.err(`Repeat it with --seed ${seed}.`)
  return asExpected === sent && campaignDifferences.length === 0 ? 0 : 1
}

function showCampaign(id: string, differences: readonly string[], io: Io): void {
  io.err(
    differences.length === 0
      ? `The counts of campaign ${id} agree.`
      : `The counts of campaign ${id} differ: ${differences.join('; ')}.`,
  )
}
