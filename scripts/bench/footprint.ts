// What a server costs before its first mail: time until it listens, memory when idle, room on the disk.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './child.ts'
import { median } from './rounds.ts'
import { startRebound } from './targets.ts'

const rounds = 5

export async function benchFootprint(): Promise<void> {
  for (const thread of ['off', 'on']) {
    const starts: number[] = []
    const costs: number[] = []
    const sizes: number[] = []
    for (let round = 0; round < rounds; round++) {
      const { seconds, cpuSeconds, megabytes } = await start(thread)
      starts.push(seconds)
      costs.push(cpuSeconds)
      sizes.push(megabytes)
    }
    console.log(
      `  reader's thread ${thread.padEnd(3)}  listens after ${median(starts).toFixed(2)} s, for ${median(costs).toFixed(2)} s of CPU; ${Math.round(median(sizes))} MB resident when idle`,
    )
  }
  console.log(`  installed: ${installedMegabytes().toFixed(0)} MB with what it depends on`)
}

interface Start {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly megabytes: number
}

/** On a new SQLite file. */
async function start(thread: string): Promise<Start> {
  const folder = mkdtempSync(join(tmpdir(), 'rebound-footprint-'))
  const began = performance.now()
  const { child, stop } = await startRebound('Rebound', {
    url: `sqlite:${join(folder, 'rebound.sqlite')}`,
    addresses: [],
    count: async () => 0,
    env: { REBOUND_READER_THREAD: thread },
  })
  try {
    const seconds = (performance.now() - began) / 1000
    const cpuSeconds = child.cpuSeconds()
    // What the start left is collected within a few seconds.
    await new Promise(resolve => setTimeout(resolve, 5_000))
    return { seconds, cpuSeconds, megabytes: residentMegabytes(child.process.pid ?? 0) }
  } finally {
    await stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) / 1024
}

/** The build and every package that users get. */
function installedMegabytes(): number {
  const lists = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
    cwd: root,
    encoding: 'utf8',
  })
  const [, ...packages] = lists.trim().split('\n')
  const bytes = [join(root, 'dist'), ...packages].reduce((sum, folder) => sum + bytesOf(folder), 0)
  return bytes / 1024 / 1024
}

/** Packages within a package have a line of their own. */
function bytesOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? sum : sum + bytesOf(path)
    return entry.isFile() ? sum + statSync(path).size : sum
  }, 0)
}
