// `npm run soak [-- --scale N] [--only WORDS]`: attacks by strangers against a running server, innocent mail beside each.
// `npm run soak -- faults [--database sqlite|mysql] [--only WORDS] [--kills N] [--most SECONDS]`: databases that fail.
// `npm run soak -- galera`: two servers on a cluster of three nodes that die, stop and come back.
// Prints what each did. Exits 1 where a fault lost, doubled or miscounted mail, or where innocent mail was not accepted, more
// rows were left than may be, or the server took over 400 MB; beside ordinary mail, 250.

import { harmOf, runSoak } from './soak/run.ts'

function given(name: string, otherwise: string): string {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise)
}

if (process.argv[2] === 'faults') await faults()
if (process.argv[2] === 'galera') await galera()

async function galera(): Promise<never> {
  const { canSkew, clusterLacks } = await import('./soak/galera-cluster.ts')
  const lacking = clusterLacks()
  if (lacking !== null) {
    console.error(`This needs a cluster: install ${lacking}`)
    process.exit(2)
  }
  if (!canSkew) console.log('the clocks of the nodes agree: install faketime to set them 20 s apart')
  const { printGalera } = await import('./soak/run-galera.ts')
  process.exit((await printGalera(8)) ? 0 : 1)
}

async function faults(): Promise<never> {
  const { printFaults } = await import('./soak/print-faults.ts')
  const database = given('database', 'sqlite,mysql')
  const isFine = await printFaults({
    dialects: (['sqlite', 'mysql'] as const).filter(each => database.includes(each)),
    only: given('only', '')
      .split(',')
      .filter(words => words !== ''),
    kills: Number(given('kills', '50')),
    mostMs: Number(given('most', '120')) * 1_000,
    senders: 8,
  })
  process.exit(isFine ? 0 : 1)
}

const scale = Number(given('scale', '1'))
if (!(scale > 0 && scale <= 1)) {
  console.error('--scale needs a number from 0 to 1, such as --scale 0.1')
  process.exit(2)
}
console.log(
  `${'attack'.padEnd(50)} ${'attempts'.padStart(8)} ${'innocent'.padStart(10)} ${'slowest'.padStart(26)} ${'rows'.padStart(6)} ${'peak MB'.padStart(8)}`,
)
const { control, soaked, peakMegabytes } = await runSoak({
  scale,
  only: given('only', ''),
  innocentMails: 20,
  onSoaked: (soaked, { slowestMs }) => {
    const { name, attempts, innocent, rows, peakMegabytes } = soaked
    const stall = `${Math.round(innocent.slowestMs)} ms, ×${(innocent.slowestMs / slowestMs).toFixed(1)}, ${innocent.slowestCpuMs} CPU`
    console.log(
      `${name.padEnd(50)} ${String(attempts).padStart(8)} ${`${innocent.accepted}/${innocent.sent}`.padStart(10)} ${stall.padStart(26)} ${String(rows).padStart(6)} ${String(peakMegabytes ?? '').padStart(8)}`,
    )
    for (const harm of harmOf(soaked)) console.log(`  HARM: ${harm}`)
  },
})
console.log(
  `control: ${control.sent} innocent mails alone, median ${control.medianMs.toFixed(0)} ms, slowest ${control.slowestMs.toFixed(0)} ms`,
)
console.log(`peak memory of the server: ${peakMegabytes ?? 'unknown'} MB`)
process.exit(soaked.every(each => harmOf(each).length === 0) ? 0 : 1)
