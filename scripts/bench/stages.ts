// Where a message's CPU goes: self time by room, from the engine's profiler, beside what a bare smtp-server costs.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { round, startLoad } from './server.ts'
import { mintedAddresses, sqliteCount, startRebound, startSink } from './targets.ts'

const warmUp = 3_000
const messages = 6_000
const order = { connections: 20, startTls: false, rate: null }

interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string }
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** Profiles the server on SQLite; prints microseconds a message by room, scaled to the CPU that the kernel counted. */
export async function benchStages(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rebound-stages-'))
  const addresses = mintedAddresses(warmUp + messages)
  const path = join(folder, 'rebound.sqlite')
  const load = await startLoad()
  const sink = { target: await startSink(addresses), sent: 0 }
  const rebound = {
    target: await startRebound('Rebound', {
      url: `sqlite:${path}`,
      addresses,
      count: sqliteCount(path, 'rebound_bounces', '*'),
      nodeFlags: ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=500'],
    }),
    sent: 0,
  }
  try {
    const cost = async (of: typeof sink): Promise<number> => {
      await round(load, of, { ...order, messages: warmUp })
      const before = of.target.child.cpuSeconds()
      await round(load, of, { ...order, messages })
      return ((of.target.child.cpuSeconds() - before) / messages) * 1e6
    }
    const unit = await cost(sink)
    const ours = await cost(rebound)
    await rebound.target.stop()
    const file = readdirSync(folder).find(name => name.endsWith('.cpuprofile'))
    if (file === undefined) throw new Error('the profiler wrote nothing')
    print(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile, ours, unit)
  } finally {
    await load.stop()
    await sink.target.stop()
    await rebound.target.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The profile covers the start too; its shares are taken of the busy time and scaled to the CPU of a message. */
function print(profile: Profile, ours: number, unit: number): void {
  const rooms = new Map<number, string>(profile.nodes.map(({ id, callFrame }) => [id, roomOf(callFrame)]))
  const times = new Map<string, number>()
  for (const [at, sample] of profile.samples.entries()) {
    const room = rooms.get(sample) ?? 'engine'
    times.set(room, (times.get(room) ?? 0) + (profile.timeDeltas[at] ?? 0))
  }
  times.delete('idle')
  const busy = [...times.values()].reduce((sum, time) => sum + time, 0)
  console.log(
    `  a message costs ${Math.round(ours)} µs of CPU, ${(ours / unit).toFixed(1)} of a bare sink's (${Math.round(unit)} µs)`,
  )
  for (const [room, time] of [...times].sort((a, b) => b[1] - a[1]).slice(0, 25)) {
    const cost = (time / busy) * ours
    console.log(
      `    ${room.padEnd(28)} ${Math.round(cost).toString().padStart(6)} µs ${(cost / unit).toFixed(2).padStart(6)} sinks`,
    )
  }
}

function roomOf({ functionName, url }: { readonly functionName: string; readonly url: string }): string {
  if (functionName === '(idle)' || functionName === '(program)')
    return functionName === '(idle)' ? 'idle' : 'engine'
  if (functionName === '(garbage collector)') return 'garbage collector'
  const own = /\/dist\/(?:src\/)?([a-z-]+(?:\/(?:recording|database|homes|tables|upkeep))?)/.exec(url)
  if (own) return own[1] ?? 'own'
  const packages = [...url.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g)]
  const last = packages.at(-1)?.[1]
  if (last !== undefined) return `npm ${last}`
  return url.startsWith('node:')
    ? `node ${
        url
          .slice(5)
          .replace(/^internal\//, '')
          .split('/')[0]
      }`
    : 'engine'
}
