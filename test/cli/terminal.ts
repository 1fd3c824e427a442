// A command line run in this process, on a database of its own.

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { programOf, run, shellOf } from '../../src/cli/program.ts'
import type { Io } from '../../src/cli/terminal.ts'
import { secret } from '../end-to-end/server.ts'

export interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** The environment of one installation; without `databaseUrl` SQLite in a directory of its own. */
export function installation(databaseUrl?: string): Readonly<Record<string, string>> {
  return {
    REBOUND_DATA_DIR: mkdtempSync(join(tmpdir(), 'rebound-cli-')),
    REBOUND_SECRET: secret,
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
  }
}

/** Every command, none of them run. */
export function wholeProgram(): Promise<Command> {
  return programOf(shellOf({}, { out: () => {}, err: () => {} }, new Date(), () => {}))
}

/** Runs `rebound …words`. */
export async function say(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = installation(),
  world: Pick<Io, 'stdin' | 'terminal'> = {},
): Promise<Said> {
  const out: string[] = []
  const err: string[] = []
  const io: Io = { out: line => out.push(line), err: line => err.push(line), ...world }
  const code = await run(words, environment, io)
  return { code, out: out.join('\n'), err: err.join('\n') }
}

/** Every line of what was said as JSON. */
export function lines({ out }: Said): readonly Record<string, unknown>[] {
  return out.split('\n').map(line => JSON.parse(line))
}
