// A reader's thread that mails can harm: each does as its subject says, and the others are read as ever.

import { parentPort, workerData } from 'node:worker_threads'
import type { Report } from '../../src/model/report.ts'
import { readFrom } from '../../src/reading/here.ts'
import { obeyOrders } from '../../src/reading/obey.ts'
import { Progress } from '../../src/reading/progress.ts'

const harms: Readonly<Record<string, () => void>> = {
  hang: () => {
    for (;;);
  },
  grow: () => {
    for (const kept: unknown[] = []; ; ) kept.push(new Array(1_000_000).fill(kept))
  },
  exit: () => process.exit(3),
  throw: () => {
    throw new Error('a fault of ours')
  },
}

if (parentPort === null) throw new Error('this file is started as a thread')
obeyOrders(parentPort, new Progress(workerData as SharedArrayBuffer), judge =>
  readFrom((report: Report) => {
    harms[report.sections.subject]?.()
    return judge(report)
  }),
)
