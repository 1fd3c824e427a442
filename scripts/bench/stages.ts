// Where a message's CPU goes: self time by room, from the engine's profiler, beside what a bare smtp-server costs.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { round, startLoad } from './server.ts'
import { mintedAddresses, sqliteCount, startRebound, startSink } from './targets.ts'

const warmUp = 3_000
const messages = 6_000
const order = { connections: 20, startTls: false, rate: null }

/** Times are microseconds of the monotonic clock, which all processes share. */
interface Profile {
  readonly startTime: number
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
      // All of it in the one thread that is profiled.
      env: { REBOUND_READER_THREAD: 'off' },
      nodeFlags: ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=500'],
    }),
    sent: 0,
  }
  try {
    const measure = async (of: typeof sink): Promise<Measured> => {
      await round(load, of, { ...order, messages: warmUp })
      const before = of.target.child.cpuSeconds()
      const from = monotonicMicros()
      await round(load, of, { ...order, messages })
      const cost = ((of.target.child.cpuSeconds() - before) / messages) * 1e6
      return { cost, from, to: monotonicMicros() }
    }
    const unit = await measure(sink)
    const ours = await measure(rebound)
    await rebound.target.stop()
    const file = readdirSync(folder).find(name => name.endsWith('.cpuprofile'))
    if (file === undefined) throw new Error('the profiler wrote nothing')
    print(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile, ours, unit.cost)
  } finally {
    await load.stop()
    await sink.target.stop()
    await rebound.target.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Measured {
  /** CPU microseconds a message. */
  readonly cost: number
  /** When, by the monotonic clock, in microseconds. */
  readonly from: number
  readonly to: number
}

const monotonicMicros = (): number => Number(process.hrtime.bigint() / 1000n)

/** Shares of the busy time, scaled to the CPU of a message. */
function print(profile: Profile, ours: Measured, unit: number): void {
  const times = timesByRoom(profile, ours)
  const busy = [...times.values()].reduce((sum, time) => sum + time, 0)
  console.log(
    `  a message costs ${Math.round(ours.cost)} µs of CPU, ${(ours.cost / unit).toFixed(1)} of a bare sink's (${Math.round(unit)} µs)`,
  )
  for (const [room, time] of [...times].sort((a, b) => b[1] - a[1]).slice(0, 25)) {
    const cost = (time / busy) * ours.cost
    console.log(
      `    ${room.padEnd(28)} ${Math.round(cost).toString().padStart(6)} µs ${(cost / unit).toFixed(2).padStart(6)} sinks`,
    )
  }
}

/** Of the measured round alone: the profile holds the start, the warm-up and the end too. */
function timesByRoom(
  { nodes, samples, timeDeltas, startTime }: Profile,
  { from, to }: Measured,
): ReadonlyMap<string, number> {
  const rooms = new Map<number, string>(nodes.map(({ id, callFrame }) => [id, roomOf(callFrame)]))
  const times = new Map<string, number>()
  let at = startTime
  for (const [index, sample] of samples.entries()) {
    const delta = timeDeltas[index] ?? 0
    at += delta
    const room = rooms.get(sample) ?? 'engine'
    if (room !== 'idle' && at >= from && at <= to) times.set(room, (times.get(room) ?? 0) + delta)
  }
  return times
}

function roomOf({ functionName, url }: { readonly functionName: string; readonly url: string }): string {
  if (functionName === '(idle)' || functionName === '(program)')
    return functionName === '(idle)' ? 'idle' : 'engine'
  if (functionName === '(garbage collector)') return 'garbage collector'
  const packages = [...url.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g)]
  const last = packages.at(-1)?.[1]
  if (last !== undefined) return `npm ${last}`
  const own = /\/dist\/(?:src\/)?([a-z-]+(?:\/(?:recording|database|homes|tables|upkeep))?)/.exec(url)
  if (own) return own[1] ?? 'own'
  return url.startsWith('node:')
    ? `node ${
        url
          .slice(5)
          .replace(/^internal\//, '')
          .split('/')[0]
      }`
    : 'engine'
}
