// The cost fuzz in short, without a clock: how much of a mail is examined, and how often others have their turn.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fiveKilobyteReports } from '../../scripts/bench/mails.ts'
import { type Counter, openCounter } from '../../scripts/fuzz/examined.ts'
import { mixed, places, repeated, units } from '../../scripts/fuzz/shapes.ts'
import { createReader } from '../../src/reader.ts'
import { within } from '../patience.ts'

const reader = createReader()

async function read(bytes: Buffer): Promise<void> {
  reader.judge(reader.read(await reader.parse(whole(bytes))))
}

async function* whole(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}

const mailOf = (place: string, unit: string, size: number): Buffer =>
  Buffer.from((places[place] ?? String)(repeated(units[unit] ?? mixed, size)), 'latin1')

describe('by the byte', () => {
  /** The dearest of them is at 11.4. */
  const maxRatio = 13
  let counter: Counter
  let perByte = 0
  beforeAll(async () => {
    const reports = fiveKilobyteReports()
    for (const report of reports) await read(report)
    counter = await openCounter()
    let examined = 0
    for (const report of reports) examined += await counter.examinedBy(() => read(report))
    perByte = examined / reports.reduce((sum, report) => sum + report.length, 0)
  }, within(30_000))
  afterAll(async () => counter?.close())

  it.each(['a notice', 'a status part', 'a header', 'heads of parts'])(
    'nothing repeated in %s is examined many times as often as an ordinary report',
    { timeout: within(120_000) },
    async place => {
      const dear: string[] = []
      for (const unit of [...Object.keys(units), 'every unit']) {
        const bytes = mailOf(place, unit, 30_000)
        const ratio = (await counter.examinedBy(() => read(bytes))) / bytes.length / perByte
        if (ratio > maxRatio) dear.push(`${unit}: ${ratio.toFixed(1)}`)
      }
      expect(dear).toEqual([])
    },
  )
})

/** How often the event loop came round meanwhile. */
async function turnsOf(bytes: Buffer): Promise<number> {
  let turns = 0
  let isDone = false
  const turn = (): void => {
    turns++
    if (!isDone) setImmediate(turn)
  }
  setImmediate(turn)
  await read(bytes)
  isDone = true
  return turns
}

describe('in turns', () => {
  /** More than is kept of a mail (1 MB): what is passed over is read in turns too. */
  const size = 1_300_000
  /** What one turn reads at most (message/split.ts). */
  const pieceBytes = 64 * 1024

  it.each(Object.keys(places))('a big mail of %s comes round with every piece', async place => {
    for (const unit of ['letter', 'delimiter part', 'words hard']) {
      const bytes = mailOf(place, unit, size)
      expect(await turnsOf(bytes)).toBeGreaterThanOrEqual(Math.floor(bytes.length / pieceBytes))
    }
  })
})
