// Changes mails in ways that leave their meaning, and tells how many verdicts changed with them.
// npm run metamorphic -- --mails DIR [--misses N]

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { outcomeOf } from '../test/metamorphic/pairs.ts'

const { values } = parseArgs({
  options: { mails: { type: 'string' }, misses: { type: 'string', default: '20' } },
})
const folder = values.mails ?? 'test/fixtures'
if (!existsSync(folder)) {
  console.log(`${folder} is not there: nothing was changed and nothing judged.`)
  process.exit(values.mails === undefined ? 1 : 0)
}
const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.eml'))
let pairs = 0
let changedPairs = 0
let falselyHard = 0
const byChange = new Map<string, number>()
const misses: string[] = []
for (const name of names) {
  const outcome = await outcomeOf(readFileSync(join(folder, name)))
  pairs += outcome.pairs
  changedPairs += outcome.differences.length
  for (const { change, before, after, falselyHard: isHard } of outcome.differences) {
    byChange.set(change, (byChange.get(change) ?? 0) + 1)
    if (isHard) falselyHard++
    misses.push(`${isHard ? 'HARD ' : ''}${name} · ${change}\n    ${before}\n    ${after}`)
  }
}
misses.sort((a, b) => Number(b.startsWith('HARD')) - Number(a.startsWith('HARD')))
for (const miss of misses.slice(0, Number(values.misses))) console.log(miss)
for (const [change, count] of [...byChange].sort((a, b) => b[1] - a[1])) console.log(`${count}  ${change}`)
const stayed = pairs === 0 ? 100 : (100 * (pairs - changedPairs)) / pairs
console.log(
  `${names.length} mails, ${pairs} pairs, ${stayed.toFixed(2)} % stayed, ${falselyHard} became hard`,
)
