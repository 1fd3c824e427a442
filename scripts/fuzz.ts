// `npm run fuzz [-- --count N] [--seed N] [--mails DIR] [--cuts N]`: broken mails through the reader. Every mail of the
// harness and the fixtures, and of DIR where given, is mutated N times in all (200,000 unless told) and cut at random
// points (50 each). Exits 1 with the seed of the first mails that threw, took too long or got an answer of a wrong type, and
// where the heap of the last tenth is not that of the first; is killed with the seed of a mail that hangs.
//
// `npm run fuzz -- cost [--sizes 30,300,3000] [--only WORDS]`: what a mail of so many KB may cost, whatever it repeats.
// Exits 1 where one costs more than five times an ordinary report by the byte, or holds the event loop too long.
//
// `npm run fuzz -- scan [--count N] [--seed N] [--mails DIR]`: the same mails whole and mutated (100,000 unless told),
// read both ways. Exits 1 where the scanner and the splitter disagree.
//
// `npm run fuzz -- sessions [--count N] [--seed N]`: so many random SMTP sessions (100,000 unless told) against the
// listener, every twentieth an innocent mail. Exits 1 where one was answered wrongly or never ended, where anything escaped, or
// where the heap grew.

import { readdirSync, readFileSync } from 'node:fs'
import { composedMails, mailsIn } from './bench/mails.ts'
import { faultsOf } from './fuzz/ask.ts'
import { readBothWays } from './fuzz/both-ways.ts'
import { fuzzCost } from './fuzz/cost.ts'
import { grows, heapMegabytes } from './fuzz/heap.ts'
import { mutate, sequence } from './fuzz/mutate.ts'
import { watchForHangs } from './fuzz/watchdog.ts'

const MAX_SHOWN = 10
/** Far beyond what the size of any of these mails explains. */
const MAX_MS = 2000
const HANG_MS = 60_000

function option(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`)
  const value = at < 0 ? otherwise : Number(process.argv[at + 1])
  if (Number.isInteger(value) && value >= 0) return value
  console.error(`--${name} needs a whole number, such as --${name} ${otherwise}`)
  process.exit(2)
}

function mailsGiven(): readonly Buffer[] {
  const at = process.argv.indexOf('--mails')
  if (at < 0) {
    console.log('no --mails DIR given: only our own mails are broken')
    return []
  }
  const directory = process.argv[at + 1] ?? ''
  try {
    return mailsIn(directory)
  } catch (error) {
    console.error(`--mails ${directory}: ${error instanceof Error ? error.message : String(error)}`)
    process.exit(2)
  }
}

if (process.argv[2] === 'cost') {
  const given = (name: string, otherwise: string): string =>
    process.argv[process.argv.indexOf(`--${name}`) + 1 || Number.POSITIVE_INFINITY] ?? otherwise
  const sizes = given('sizes', '30,300,3000')
    .split(',')
    .map(size => Number(size) * 1000)
  if (!sizes.every(size => size > 0)) {
    console.error('--sizes needs sizes in KB, such as --sizes 30,300')
    process.exit(2)
  }
  process.exit((await fuzzCost({ sizes, only: given('only', '') })) === 0 ? 0 : 1)
}

if (process.argv[2] === 'sessions') {
  const { fuzzSessions } = await import('./fuzz/sessions.ts')
  process.exit((await fuzzSessions(option('count', 100_000), option('seed', 1))) === 0 ? 0 : 1)
}

const fixtures = new URL('../test/fixtures/', import.meta.url)
const own = readdirSync(fixtures)
  .filter(name => name.endsWith('.eml'))
  .map(name => readFileSync(new URL(name, fixtures)))
const mails = [...composedMails(), ...own, ...mailsGiven()].filter(mail => mail.length < 300_000)
if (process.argv[2] === 'scan')
  process.exit((await fuzzScan(option('count', 100_000), option('seed', 1))) ? 0 : 1)

/** True when nothing differs. */
async function fuzzScan(count: number, seed: number): Promise<boolean> {
  let scanned = 0
  let different = 0
  const readOne = async (what: string, bytes: Buffer, chunkBytes?: number): Promise<void> => {
    const { isScanned, difference } = await readBothWays(bytes, chunkBytes)
    if (isScanned) scanned++
    if (difference === null) return
    different++
    if (different <= MAX_SHOWN) console.log(`${what}: ${difference}`)
  }
  for (const [at, mail] of mails.entries()) await readOne(`mail ${at}`, mail)
  console.log(`${mails.length} mails, ${scanned} scanned, ${different} read differently`)
  scanned = 0
  for (let n = 0; n < count; n++) {
    const below = sequence(seed + n)
    const mail = mutate(mails[below(mails.length)] ?? Buffer.alloc(0), mails, below)
    await readOne(`seed ${seed + n}`, mail, 1 + below(2 * mail.length + 1))
  }
  console.log(`${count} mutated mails, ${scanned} scanned, ${different} read differently`)
  return different === 0
}

const [count, seed, cuts] = [option('count', 200_000), option('seed', 1), option('cuts', 50)]

let faulty = 0
async function ask(what: string, bytes: Buffer): Promise<void> {
  const faults = await faultsOf(bytes, MAX_MS)
  if (faults.length === 0) return
  faulty++
  if (faulty <= MAX_SHOWN) console.log(`${what}: ${faults.join('; ')}`)
}

const started = performance.now()
for (const [at, mail] of mails.entries()) {
  const below = sequence(seed + at)
  for (let cut = 0; cut < cuts; cut++) {
    const end = below(mail.length + 1)
    await ask(`mail ${at} cut at ${end}`, mail.subarray(0, end))
  }
}
console.log(`${mails.length} mails cut at ${cuts} points each, ${faulty} faults`)
const watchdog = watchForHangs('the mail of seed', HANG_MS)
const heaps: number[] = []
for (let n = 0; n < count; n++) {
  watchdog.at(seed + n)
  // One seed a mail, so that `--count 1 --seed S` repeats it.
  const below = sequence(seed + n)
  await ask(`seed ${seed + n}`, mutate(mails[below(mails.length)] ?? Buffer.alloc(0), mails, below))
  if ((n + 1) % Math.ceil(count / 10) !== 0) continue
  heaps.push(heapMegabytes())
  console.log(`${n + 1} mutated, ${faulty} faults, heap ${heaps.at(-1)} MB`)
}
await watchdog.stop()
if (grows(heaps)) {
  faulty++
  console.log('the heap grows')
}
const seconds = (performance.now() - started) / 1000
console.log(`${count} mutated mails, ${faulty} faults, ${Math.round(seconds)} s`)
process.exit(faulty === 0 ? 0 : 1)
