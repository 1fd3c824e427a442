// `npm run soak [-- --scale N] [--only WORDS]`: attacks by strangers against a running server, innocent mail beside each.
// Prints what each attack did. Exits 1 where innocent mail was not accepted or the server took over 400 MB.

import { runSoak } from './soak/run.ts'

const MAX_MEGABYTES = 400

function given(name: string, otherwise: string): string {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise)
}

const scale = Number(given('scale', '1'))
if (!(scale > 0 && scale <= 1)) {
  console.error('--scale needs a number from 0 to 1, such as --scale 0.1')
  process.exit(2)
}
console.log(
  `${'attack'.padEnd(42)} ${'attempts'.padStart(8)} ${'innocent'.padStart(10)} ${'slowest'.padStart(16)} ${'rows'.padStart(6)}`,
)
const { control, soaked, peakMegabytes } = await runSoak({
  scale,
  only: given('only', ''),
  innocentMails: 20,
  onSoaked: ({ name, attempts, innocent, rows }, { slowestMs }) => {
    const stall = `${Math.round(innocent.slowestMs)} ms, ×${(innocent.slowestMs / slowestMs).toFixed(1)}`
    console.log(
      `${name.padEnd(42)} ${String(attempts).padStart(8)} ${`${innocent.accepted}/${innocent.sent}`.padStart(10)} ${stall.padStart(16)} ${String(rows).padStart(6)}`,
    )
    for (const refusal of new Set(innocent.refusals)) console.log(`  innocent mail was answered: ${refusal}`)
  },
})
console.log(
  `control: ${control.sent} innocent mails alone, median ${control.medianMs.toFixed(0)} ms, slowest ${control.slowestMs.toFixed(0)} ms`,
)
console.log(`peak memory of the server: ${peakMegabytes ?? 'unknown'} MB`)
const isHarmless =
  soaked.every(({ innocent }) => innocent.refusals.length === 0) && (peakMegabytes ?? 0) < MAX_MEGABYTES
process.exit(isHarmless ? 0 : 1)
