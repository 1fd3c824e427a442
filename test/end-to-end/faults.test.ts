// The soak of faults in short: what is killed, cut, full or gone loses nothing, counts nothing twice, and recovers by itself.

import { expect, it } from 'vitest'
import { isTold, runFaults, unsoundIn } from '../../scripts/soak/run-faults.ts'
import { canStartMariadb } from '../mariadb.ts'
import { within } from '../patience.ts'

// On MariaDB only what SQLite cannot show: each fault there starts where the one before ended.
const of = {
  sqlite: ['server killed', 'file moved away', 'a table gone', 'clock'],
  mysql: [
    'server killed',
    'database killed',
    'network cut',
    "COMMIT's answer swallowed",
    'connections reset',
  ],
} as const

it.each((['sqlite', 'mysql'] as const).filter(dialect => dialect === 'sqlite' || canStartMariadb))(
  'on %s mail survives faults, each once, and /readyz tells of them',
  { timeout: within(240_000) },
  async dialect => {
    const reports = await runFaults({
      dialects: [dialect],
      only: of[dialect],
      mostMs: 6_000,
      kills: 3,
      senders: 4,
      onReport: () => {},
    })
    expect(reports.length).toBeGreaterThanOrEqual(of[dialect].length)
    for (const report of reports) {
      expect([report.name, unsoundIn(report)]).toEqual([report.name, []])
      expect(report.acknowledged).toBeGreaterThan(0)
      // How soon is for the soak to say: a busy machine is late.
      if (isTold(report)) expect([report.name, report.toldAfterMs]).not.toEqual([report.name, null])
    }
  },
)
