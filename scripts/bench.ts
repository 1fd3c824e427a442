// `npm run bench [-- reading rules recording listener server stages thread commands footprint] [--mails DIR]`: figures as ratios against a reference in the same run.
// `npm run bench -- growth pages [--events N] [--database sqlite|mysql]`: big tables; only where they are named.
// Machines are noisy: reference and ours alternate in short rounds, and the median ratio counts.

import { benchCommands } from './bench/commands.ts'
import { benchFootprint } from './bench/footprint.ts'
import { benchGrowth } from './bench/growth.ts'
import { benchListener } from './bench/listener.ts'
import { benchPages } from './bench/pages.ts'
import { benchReading } from './bench/reading.ts'
import { benchRecording } from './bench/recording.ts'
import { benchRules } from './bench/rules.ts'
import { benchServer } from './bench/server.ts'
import { benchStages } from './bench/stages.ts'
import { benchThread } from './bench/thread.ts'

const words = process.argv.slice(2)
function given(name: string): string | null {
  const at = words.indexOf(`--${name}`)
  return at < 0 ? null : (words.splice(at, 2)[1] ?? null)
}
const mails = given('mails')
const events = Number(given('events') ?? 1_000_000)
const database = given('database')
if (!(events >= 100_000 && events % 100_000 === 0)) {
  console.error('--events needs a multiple of 100,000, such as --events 1000000')
  process.exit(2)
}
const databases = (['sqlite', 'mysql'] as const).filter(each => database === null || database === each)
if (databases.length === 0) {
  console.error('--database needs sqlite or mysql')
  process.exit(2)
}
const known = {
  reading: () => benchReading(mails),
  rules: benchRules,
  recording: benchRecording,
  listener: benchListener,
  server: () => benchServer(),
  stages: benchStages,
  thread: () => benchThread(),
  commands: benchCommands,
  footprint: benchFootprint,
}
/** Takes minutes and gigabytes. */
const onlyNamed = {
  growth: () => benchGrowth({ events, databases }),
  pages: () => benchPages({ events, databases }),
}
const all = { ...known, ...onlyNamed }
const unknown = words.find(word => !(word in all))
if (unknown !== undefined) {
  console.error(`There is no bench "${unknown}"; write one or more of ${Object.keys(all).join(', ')}.`)
  process.exit(2)
}
for (const [name, run] of Object.entries(words.length > 0 ? all : known)) {
  if (words.length > 0 && !words.includes(name)) continue
  console.log(`\n${name}`)
  await run()
}
