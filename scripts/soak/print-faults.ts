// The report of a run of faults, a line each.

import { type FaultOptions, type FaultReport, lateIn, runFaults, unsoundIn } from './run-faults.ts'

/** Prints while it runs; false when anything was wrong. */
export async function printFaults(options: Omit<FaultOptions, 'onReport'>): Promise<boolean> {
  const cells = (...texts: readonly (string | number)[]): string =>
    texts.map((text, at) => (at === 0 ? `${text}`.padEnd(52) : `${text}`.padStart(10))).join(' ')
  console.log(
    cells(
      'fault',
      'times',
      'tries',
      'deferred',
      'broken',
      '250',
      'events',
      'told ms',
      'ready ms',
      'mail ms',
      'lost',
      'twice',
      'miscount',
    ),
  )
  let isFine = true
  const onReport = (report: FaultReport): void => {
    const { dialect, name, times, leftOut, sent, acknowledged, audit } = report
    if (leftOut !== null) {
      console.log(`${dialect}: ${name}: left out, ${leftOut}`)
      return
    }
    const { lost, twice, records, campaigns } = audit
    console.log(
      cells(
        `${dialect}: ${name}`,
        times,
        sent.attempts,
        sent.deferred,
        sent.broken,
        acknowledged,
        audit.events,
        report.toldAfterMs ?? '-',
        report.readyAfterMs ?? '-',
        report.acknowledgedAfterMs,
        lost.length,
        twice.length,
        records.length + campaigns.length,
      ),
    )
    for (const words of [...unsoundIn(report), ...lateIn(report)]) {
      isFine = false
      console.log(`  WRONG: ${words}`)
    }
  }
  await runFaults({ ...options, onReport })
  return isFine
}
