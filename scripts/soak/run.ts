// One attack after the other, and innocent mail beside each: what became of all of them. Attacks share a server, save those
// that need one set otherwise.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, startNode } from '../bench/child.ts'
import { mintedAddresses, sqliteCount, startRebound } from '../bench/targets.ts'
import { type Attack, attacks, firstGuessed, type Victim } from './attacks.ts'
import { type Innocent, sendInnocent } from './innocent.ts'

export interface Soaked {
  readonly name: string
  /** Mails, sessions or requests of the attacker. */
  readonly attempts: number
  readonly innocent: Innocent
  /** Events that the attack left. */
  readonly rows: number
  readonly maxRows: number
  /** Contacts and campaigns that nobody sent to: what a claim made. */
  readonly invented: number
  /** Most memory that the server had meanwhile; null where the kernel does not tell. */
  readonly peakMegabytes: number | null
  readonly maxMegabytes: number
}

/** What the server may take, whatever is sent. */
const MAX_MEGABYTES = 400

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

/** Runs the attacks against servers with a heap of 512 MB; rejects when one of them ends. */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const wanted = attacks.filter(({ name }) => name.includes(options.only))
  const controls: Innocent[] = []
  const soaked: Soaked[] = []
  for (const settings of new Set(attacks.map(({ settings }) => settings))) {
    const group = wanted.filter(attack => attack.settings === settings)
    if (group.length === 0) continue
    const result = await soakGroup(group, settings ?? {}, options)
    controls.push(result.control)
    soaked.push(...result.soaked)
  }
  const [control] = controls
  if (!control) throw new Error(`there is no attack "${options.only}"`)
  const peaks = soaked.flatMap(({ peakMegabytes }) => peakMegabytes ?? [])
  return { control, soaked, peakMegabytes: peaks.length === 0 ? null : Math.max(...peaks) }
}

async function soakGroup(
  group: readonly Attack[],
  settings: Readonly<Record<string, string>>,
  { scale, innocentMails, onSoaked }: SoakOptions,
): Promise<Pick<SoakResult, 'control' | 'soaked'>> {
  const directory = mkdtempSync(join(tmpdir(), 'rebound-soak-'))
  const file = join(directory, 'rebound.sqlite')
  const addresses = mintedAddresses(300)
  const innocents = addresses.slice(150)
  const others = `rebound_bounces where return_path not in (${innocents.map(path => `'${path}'`).join(', ')})`
  const server = await startRebound('rebound', {
    url: `sqlite:${file}`,
    addresses,
    count: sqliteCount(file, others, '*'),
    nodeFlags: ['--max-old-space-size=512'],
    // Loopback is where the attackers come from: nobody is trusted, and limits are those that users have.
    env: { REBOUND_MAX_CLIENTS_PER_IP: '50', REBOUND_TRUSTED_NETWORKS: '192.0.2.1/32', ...settings },
  })
  const pid = server.child.process.pid ?? 0
  const cpuMs = (): number => cpuMsOf(pid)
  let isAlive = true
  server.child.process.once('exit', () => {
    isAlive = false
  })
  const httpPort = Number(/"protocol":"http"[^\n]*?"port":(\d+)/.exec(server.child.text())?.[1])
  const victim = { smtpPort: server.port, httpPort, paths: addresses.slice(0, 150), domain }
  try {
    const control = await sendInnocent(server.port, innocents, () => true, innocentMails, cpuMs)
    const soaked: Soaked[] = []
    for (const attack of group) {
      const before = (await server.stored()) ?? 0
      forgetPeak(pid)
      const { attempts, innocent } = await beside(attack, victim, innocents, { scale, innocentMails, cpuMs })
      if (!isAlive) throw new Error(`${attack.name}: the server ended\n${server.child.text().slice(-2000)}`)
      const rows = ((await server.stored()) ?? 0) - before
      const { name, maxMegabytes = MAX_MEGABYTES, maxRows = Number.POSITIVE_INFINITY } = attack
      const invented = await inventedIn(file)
      const line = {
        name,
        attempts,
        innocent,
        rows,
        maxRows,
        invented,
        peakMegabytes: peakOf(pid),
        maxMegabytes,
      }
      soaked.push(line)
      onSoaked(line, control)
    }
    return { control, soaked }
  } finally {
    await server.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** What is wrong with it, in words; empty for a harmless attack. */
export function harmOf({ innocent, rows, maxRows, invented, peakMegabytes, maxMegabytes }: Soaked): string[] {
  const refusals = [...new Set(innocent.refusals)].map(answer => `innocent mail was answered: ${answer}`)
  return [
    ...refusals,
    ...(rows > maxRows ? [`${rows} rows, more than ${maxRows}`] : []),
    ...(invented > 0 ? [`${invented} contacts and campaigns that nobody sent to`] : []),
    ...((peakMegabytes ?? 0) >= maxMegabytes ? [`${peakMegabytes} MB, more than ${maxMegabytes}`] : []),
  ]
}

async function inventedIn(file: string): Promise<number> {
  const counts = ['rebound_contacts', 'rebound_campaigns'].map(table =>
    sqliteCount(file, `${table} where cast(id as integer) >= ${firstGuessed}`, '*')(),
  )
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
}

async function beside(
  attack: Attack,
  victim: Victim,
  addresses: readonly string[],
  {
    scale,
    innocentMails,
    cpuMs,
  }: Pick<SoakOptions, 'scale' | 'innocentMails'> & { readonly cpuMs: () => number },
): Promise<{ readonly attempts: number; readonly innocent: Innocent }> {
  let isOver = false
  const [attempts, innocent] = await Promise.all([
    attackFrom(attack, victim, scale).finally(() => {
      isOver = true
    }),
    sendInnocent(victim.smtpPort, addresses, () => isOver, innocentMails, cpuMs),
  ])
  return { attempts, innocent }
}

/** Attempts made by the attack, in a process of its own. */
async function attackFrom({ name }: Attack, victim: Victim, scale: number): Promise<number> {
  const script = join(root, 'scripts/soak/attacker.ts')
  const words = ['--import', 'tsx', script, name, JSON.stringify(victim), String(scale)]
  const { child, found } = await startNode(words, {}, /attempts (\d+)\n/)
  await child.stop()
  return Number(found[1])
}

/** proc(5): from now on the peak counts anew. */
function forgetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5')
  } catch {
    // Then it is the peak since the start.
  }
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

const tickMs = 10

/** proc(5): processor time that the server has had, in user and kernel mode; 0 where the kernel does not tell. */
function cpuMsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) * tickMs
  } catch {
    return 0
  }
}
