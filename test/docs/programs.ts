// What runs the blocks of docs/: the interpreters that are installed here.

import { spawn, spawnSync } from 'node:child_process'
import { delimiter } from 'node:path'
import { bareEnvironment } from '../end-to-end/server.ts'

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Debian keeps what administrators use out of other people's path. */
export const path = [process.env.PATH, '/usr/sbin', '/sbin'].join(delimiter)

const known = new Map<string, boolean>()

/** Is it installed? Says once what is left out when it is not. */
export function installed(command: string, versionWord = '--version'): boolean {
  const found =
    known.get(command) ??
    spawnSync(command, [versionWord], { stdio: 'ignore', env: { PATH: path } }).status === 0
  if (!found && !known.has(command))
    console.log(`left out: what docs/ says in ${command}, which is not installed here`)
  known.set(command, found)
  return found
}

/** Runs a program to its end. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly environment: Readonly<Record<string, string>> },
): Promise<Ran> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...bareEnvironment(), PATH: path, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', chunk => out.push(chunk))
    child.stderr.on('data', chunk => err.push(chunk))
    child.once('error', failed)
    child.once('close', code =>
      done({ code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
    )
  })
}
