// Builds the stages of a Dockerfile in directories, with its own commands. Package installs are left to the machine.

import { execFileSync } from 'node:child_process'
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Stage, Step } from './stages.ts'

export interface Built {
  readonly stage: Stage
  /** The directory that stands for `/` of the image. */
  readonly root: string
}

/** The user `node` of the base image, where this process may give files away. */
export const imageUser = process.getuid?.() === 0 ? { uid: 1000, gid: 1000 } : null

/**
 * Builds all stages below `scratch`, out of the files in `context` that `.dockerignore` lets through.
 * @returns the last stage. Throws when a command fails.
 */
export function build(
  stages: readonly Stage[],
  context: string,
  scratch: string,
  say: (line: string) => void,
): Built {
  const built: Built[] = []
  for (const stage of stages) {
    say(`FROM … AS ${stage.name}`)
    const root = join(scratch, stage.name)
    mkdirSync(join(root, stage.workdir), { recursive: true })
    for (const step of stage.steps) {
      if (step.kind === 'copy') copy(step, root, context, built, say)
      else run(step, root, say)
    }
    built.push({ stage, root })
  }
  const last = built.at(-1)
  if (last === undefined) throw new Error('the Dockerfile has no stage')
  return last
}

function copy(
  step: Step & { kind: 'copy' },
  root: string,
  context: string,
  built: readonly Built[],
  say: (line: string) => void,
): void {
  const { from, sources, target, workdir } = step
  say(`COPY ${from === null ? '' : `--from=${from} `}${sources.join(' ')} ${target}`)
  const origin = from === null ? context : built.find(each => each.stage.name === from)?.root
  if (origin === undefined) throw new Error(`COPY --from=${from}: no stage before it has that name`)
  for (const source of sources) {
    if (from === null && ignored(context).includes(source))
      throw new Error(`COPY ${source}: .dockerignore keeps it out of the build`)
    const path = join(origin, source)
    const isFile = statSync(path).isFile()
    const destination = join(
      root,
      resolve(workdir, target.endsWith('/') && isFile ? join(target, basename(source)) : target),
    )
    mkdirSync(dirname(destination), { recursive: true })
    cpSync(path, destination, { recursive: true, verbatimSymlinks: true })
  }
}

const ignored = (context: string): readonly string[] => {
  const file = join(context, '.dockerignore')
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
}

function run(step: Step & { kind: 'run' }, root: string, say: (line: string) => void): void {
  const { command, workdir, environment } = step
  say(`RUN ${command.slice(0, 120)}`)
  if (/\bapt-get\b/.test(command)) {
    say('    (not run: this machine has to have these packages)')
    return
  }
  // The one kind of step that names an absolute path: it is the image's, not this machine's.
  const made = /^mkdir (\/\S+) && chown node:node \1$/.exec(command)?.[1]
  if (made !== undefined) {
    mkdirSync(join(root, made))
    if (imageUser !== null) chownSync(join(root, made), imageUser.uid, imageUser.gid)
    return
  }
  if (/(^|[\s=])\/[a-z]/.test(command))
    throw new Error(`RUN ${command}: it would touch this machine’s own files`)
  execFileSync('sh', ['-ec', command], {
    cwd: join(root, workdir),
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...environment, npm_config_update_notifier: 'false' },
  })
}
