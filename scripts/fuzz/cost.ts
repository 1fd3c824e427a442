// What reading and judging a mail costs: processor time in all, and in the longest turn of the event loop.

// It is the build that is measured, since that is what runs: the loader of the sources names every function anew.

import { fiveKilobyteReports } from '../bench/mails.ts'
import { mixed, ordinary, places, repeated, units } from './shapes.ts'

export interface Cost {
  /** Of the whole mail. */
  readonly cpuMs: number
  /** Of the longest turn: what everybody else waits. */
  readonly turnMs: number
}

type Reader = typeof import('../../src/reader.ts')
const build = new URL('../../dist/src/reader.js', import.meta.url)
const { createReader }: Reader = await import(build.href)
const reader = createReader()
const CHUNK_BYTES = 64 * 1024

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** As it comes from a socket: each chunk in a turn of its own. */
async function* received(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    await new Promise(setImmediate)
    yield bytes.subarray(at, at + CHUNK_BYTES)
  }
}

/** Reads and judges one mail. Processor time, not time: other programs of the machine do not count. */
export async function costOf(bytes: Buffer): Promise<Cost> {
  await new Promise(setImmediate)
  const started = cpuMs()
  let last = started
  let turnMs = 0
  let isDone = false
  const turn = (): void => {
    const now = cpuMs()
    turnMs = Math.max(turnMs, now - last)
    last = now
    if (!isDone) setImmediate(turn)
  }
  setImmediate(turn)
  reader.judge(reader.read(await reader.parse(received(bytes))))
  isDone = true
  const ended = cpuMs()
  return { cpuMs: ended - started, turnMs: Math.max(turnMs, ended - last) }
}

/** The least of several tries: what the collector and the compiler add to one of them is not the mail's. */
async function leastOf(bytes: Buffer, tries: number, enough: (cost: Cost) => boolean): Promise<Cost> {
  let best: Cost = { cpuMs: Number.POSITIVE_INFINITY, turnMs: Number.POSITIVE_INFINITY }
  for (let n = 0; n < tries && (n === 0 || !enough(best)); n++) {
    const cost = await costOf(bytes)
    best = { cpuMs: Math.min(best.cpuMs, cost.cpuMs), turnMs: Math.min(best.turnMs, cost.turnMs) }
  }
  return best
}

/** Milliseconds a byte of the bench's 5 KB reports of all writers, warm. */
export async function ordinaryCost(rounds = 20): Promise<number> {
  const reports = fiveKilobyteReports()
  const bytes = reports.reduce((sum, report) => sum + report.length, 0)
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round++) {
    let sum = 0
    for (const report of reports) sum += (await costOf(report)).cpuMs
    best = Math.min(best, sum)
  }
  return best / bytes
}

export interface CostOptions {
  readonly sizes: readonly number[]
  /** Only shapes whose name contains this. */
  readonly only: string
}

const MAX_RATIO = 5
const MAX_TURN_MS = 50
const MAX_TURN_RATIO = 3
const never = (): boolean => false

interface Measured {
  /** By the byte, in times of an ordinary report's. */
  readonly ratio: number
  readonly turnMs: number
  readonly isCheap: boolean
}

/** Other programs slow a processor down for seconds at a time: what looks dear is measured again beside its controls. */
const CONFIRMATIONS = 3

async function measured(bytes: Buffer, size: number): Promise<Measured> {
  let last: Measured = { ratio: 0, turnMs: 0, isCheap: true }
  for (let n = 0; n <= CONFIRMATIONS; n++) {
    const perByte = n === 0 ? firstPerByte : await ordinaryCost(4)
    const control = n === 0 ? null : await leastOf(ordinary(size), 3, never)
    const maxTurnMs = Math.max(MAX_TURN_MS, MAX_TURN_RATIO * (control?.turnMs ?? 0))
    const maxMs = MAX_RATIO * perByte * bytes.length
    const isCheap = ({ cpuMs, turnMs }: Cost): boolean => cpuMs <= maxMs && turnMs <= maxTurnMs
    const cost = await leastOf(bytes, n === 0 ? 3 : 8, isCheap)
    last = { ratio: cost.cpuMs / bytes.length / perByte, turnMs: cost.turnMs, isCheap: isCheap(cost) }
    if (last.isCheap) break
  }
  return last
}

let firstPerByte = 0

/** Costs of every shape in every size. Says which are too dear, and how many. */
export async function fuzzCost({ sizes, only }: CostOptions): Promise<number> {
  firstPerByte = await ordinaryCost()
  console.log(`an ordinary report: ${(firstPerByte * 1e6).toFixed(0)} ns a byte`)
  let dear = 0
  const worst: (Measured & { readonly name: string })[] = []
  for (const size of sizes) {
    const control = await leastOf(ordinary(size), 5, never)
    console.log(
      `ordinary of ${size / 1000} KB: ${control.cpuMs.toFixed(1)} ms, longest turn ${control.turnMs.toFixed(1)} ms`,
    )
    for (const [unit, text] of Object.entries({ ...units, 'every unit': mixed })) {
      const body = repeated(text, size)
      for (const [place, put] of Object.entries(places)) {
        const name = `${unit} in ${place}, ${size / 1000} KB`
        if (!name.includes(only)) continue
        const found = await measured(Buffer.from(put(body), 'latin1'), size)
        worst.push({ name, ...found })
        if (found.isCheap) continue
        dear++
        console.log(
          `${name}: ${found.ratio.toFixed(1)} times an ordinary byte, longest turn ${found.turnMs.toFixed(1)} ms`,
        )
      }
    }
  }
  worst.sort((a, b) => b.ratio - a.ratio)
  console.log(`${worst.length} shapes, ${dear} too dear; the dearest by the byte:`)
  for (const { name, ratio, turnMs } of worst.slice(0, 10))
    console.log(`  ${ratio.toFixed(1)} times, longest turn ${turnMs.toFixed(1)} ms: ${name}`)
  return dear
}
