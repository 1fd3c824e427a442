// One server, one attack after the other, and innocent mail beside each: what became of all of them.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mintedAddresses, sqliteCount, startRebound } from '../bench/targets.ts'
import { type Attack, attacks } from './attacks.ts'
import { type Innocent, sendInnocent } from './innocent.ts'

export interface Soaked {
  readonly name: string
  /** Mails, sessions or requests of the attacker. */
  readonly attempts: number
  readonly innocent: Innocent
  readonly rows: number
}

export interface SoakResult {
  readonly control: Innocent
  readonly soaked: readonly Soaked[]
  /** Most memory that the server ever had; null where the kernel does not tell. */
  readonly peakMegabytes: number | null
}

export interface SoakOptions {
  /** 1 is every attack in full. */
  readonly scale: number
  readonly only: string
  /** Innocent mails beside each attack at least. */
  readonly innocentMails: number
  readonly onSoaked: (soaked: Soaked, control: Innocent) => void
}

const domain = 'bounces.example'

/** Runs the attacks against a server of its own with a heap of 512 MB; rejects when that ends. */
export async function runSoak({ scale, only, innocentMails, onSoaked }: SoakOptions): Promise<SoakResult> {
  const directory = mkdtempSync(join(tmpdir(), 'rebound-soak-'))
  const file = join(directory, 'rebound.sqlite')
  const addresses = mintedAddresses(300)
  const server = await startRebound('rebound', {
    url: `sqlite:${file}`,
    addresses,
    count: sqliteCount(file, 'rebound_bounces', '*'),
    nodeFlags: ['--max-old-space-size=512'],
    // Loopback is where the attackers come from: nobody is trusted, and limits are those that users have.
    env: { REBOUND_MAX_CLIENTS_PER_IP: '50', REBOUND_TRUSTED_NETWORKS: '192.0.2.1/32' },
  })
  let isAlive = true
  server.child.process.once('exit', () => {
    isAlive = false
  })
  const httpPort = Number(/"protocol":"http"[^\n]*?"port":(\d+)/.exec(server.child.text())?.[1])
  const victim = { smtpPort: server.port, httpPort, paths: addresses.slice(0, 150), domain }
  const innocents = addresses.slice(150)
  try {
    const control = await sendInnocent(server.port, innocents, () => true, innocentMails)
    const soaked: Soaked[] = []
    for (const attack of attacks.filter(({ name }) => name.includes(only))) {
      const before = (await server.stored()) ?? 0
      const { attempts, innocent } = await beside(attack, victim, innocents, { scale, innocentMails })
      if (!isAlive) throw new Error(`${attack.name}: the server ended\n${server.child.text().slice(-2000)}`)
      const line = { name: attack.name, attempts, innocent, rows: ((await server.stored()) ?? 0) - before }
      soaked.push(line)
      onSoaked(line, control)
    }
    return { control, soaked, peakMegabytes: peakOf(server.child.process.pid ?? 0) }
  } finally {
    await server.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function beside(
  attack: Attack,
  victim: Parameters<Attack['run']>[0],
  addresses: readonly string[],
  { scale, innocentMails }: Pick<SoakOptions, 'scale' | 'innocentMails'>,
): Promise<{ readonly attempts: number; readonly innocent: Innocent }> {
  let isOver = false
  const [attempts, innocent] = await Promise.all([
    attack.run(victim, scale).finally(() => {
      isOver = true
    }),
    sendInnocent(victim.smtpPort, addresses, () => isOver, innocentMails),
  ])
  return { attempts, innocent }
}

/** proc(5): the most that was resident at any time. */
function peakOf(pid: number): number | null {
  try {
    const kilobytes = /VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024)
  } catch {
    return null
  }
}
