// A process under measurement: started, known to be up by what it prints, its CPU time read from the kernel.

import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '..', '..')

export interface Child {
  readonly process: ChildProcess
  /** All that it has printed. */
  readonly text: () => string
  /** CPU seconds since its start, user and system, of all its threads and of its descendants. */
  readonly cpuSeconds: () => number
  /** Resolves when it has ended. */
  readonly stop: () => Promise<void>
}

/** Starts Node with these arguments; resolves with the first match of `ready` in its output, rejects when it ends before. */
export async function startNode(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  ready: RegExp,
): Promise<{ readonly child: Child; readonly found: RegExpExecArray }> {
  const child = spawn(process.execPath, [...args], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let text = ''
  const found = await new Promise<RegExpExecArray>((found, failed) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', chunk => {
        text = `${text}${chunk}`.slice(-1_000_000)
        const match = ready.exec(text)
        if (match) found(match)
      })
    child.once('exit', code => failed(new Error(`ended with ${code}:\n${text}`)))
  })
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise(done => child.once('exit', done))
    child.kill('SIGTERM')
    await gone
  }
  return {
    child: { process: child, text: () => text, cpuSeconds: () => cpuSecondsOf(child.pid ?? 0), stop },
    found,
  }
}

const ticksPerSecond = 100

/** CPU seconds of a process and its descendants; 0 where the kernel does not tell. */
export function cpuSecondsOf(pid: number): number {
  const stats = processStats()
  const family = new Set([pid])
  for (let grown = true; grown; ) {
    grown = false
    for (const { pid: id, parent } of stats)
      if (family.has(parent) && !family.has(id)) {
        family.add(id)
        grown = true
      }
  }
  return (
    stats.filter(each => family.has(each.pid)).reduce((sum, each) => sum + each.ticks, 0) / ticksPerSecond
  )
}

function processStats(): readonly { pid: number; parent: number; ticks: number }[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      try {
        // The name in parentheses may hold spaces: fields are counted behind it (proc(5)).
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        return [
          { pid: Number(name), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) },
        ]
      } catch {
        return []
      }
    })
}
