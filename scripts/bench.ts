// `npm run bench [-- reading rules server stages commands] [--mails DIR]`: figures as ratios against a reference in the same run.
// Machines are noisy: reference and ours alternate in short rounds, and the median ratio counts.

import { benchCommands } from './bench/commands.ts'
import { benchReading } from './bench/reading.ts'
import { benchRules } from './bench/rules.ts'
import { benchServer } from './bench/server.ts'
import { benchStages } from './bench/stages.ts'

const words = process.argv.slice(2)
const mailsAt = words.indexOf('--mails')
const mails = mailsAt < 0 ? null : (words.splice(mailsAt, 2)[1] ?? null)
const known = {
  reading: () => benchReading(mails),
  rules: benchRules,
  server: () => benchServer(),
  stages: benchStages,
  commands: benchCommands,
}
const unknown = words.find(word => !(word in known))
if (unknown !== undefined) {
  console.error(`There is no bench "${unknown}"; write one or more of ${Object.keys(known).join(', ')}.`)
  process.exit(2)
}
for (const [name, run] of Object.entries(known)) {
  if (words.length > 0 && !words.includes(name)) continue
  console.log(`\n${name}`)
  await run()
}
