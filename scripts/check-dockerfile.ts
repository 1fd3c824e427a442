// Executes the Dockerfile's own steps without a container engine and starts what they built: `npm run check:dockerfile`.
// What it cannot show: the base image itself. Package installs are left to the machine, and said so.

import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'

interface Stage {
  readonly name: string
  readonly root: string
  workdir: string
  readonly environment: Record<string, string>
  command: string[]
  healthcheck: string[]
  user: string
}

const context = resolve(import.meta.dirname, '..')
const scratch = mkdtempSync(join(tmpdir(), 'rebound-dockerfile-'))
const say = (line: string): void => console.log(line)

/** Lines of the Dockerfile with continuations joined and comments dropped. */
function instructions(): [string, string][] {
  const text = readFileSync(join(context, 'Dockerfile'), 'utf8').replace(/\\\n/g, ' ')
  return text
    .split('\n')
    .filter(line => line.trim() !== '' && !line.startsWith('#'))
    .map(line => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1).trim()])
}

/** Absolute container paths live under the stage's own root. */
const inside = (stage: Stage, path: string): string => join(stage.root, resolve(stage.workdir, path))

function copy(stage: Stage, words: string, stages: readonly Stage[]): void {
  const parts = words.split(/\s+/)
  const from = parts[0]?.startsWith('--from=') ? parts.shift()?.slice(7) : undefined
  const origin = from === undefined ? context : stages.find(each => each.name === from)?.root
  const target = parts.pop() ?? '.'
  for (const source of parts) {
    const destination = inside(
      stage,
      target.endsWith('/') && statSync(join(origin ?? '', source)).isFile()
        ? join(target, basename(source))
        : target,
    )
    mkdirSync(resolve(destination, '..'), { recursive: true })
    cpSync(join(origin ?? '', source), destination, { recursive: true, verbatimSymlinks: true })
  }
}

function runStep(stage: Stage, command: string): void {
  if (/\bapt-get\b/.test(command)) {
    say(`  (left to this machine: ${command.slice(0, 60)}…)`)
    return
  }
  if (/^mkdir \/data/.test(command)) {
    mkdirSync(inside(stage, '/data'))
    return
  }
  mkdirSync(inside(stage, '.'), { recursive: true })
  execFileSync('sh', ['-ec', command], {
    cwd: inside(stage, '.'),
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...stage.environment, npm_config_update_notifier: 'false' },
  })
}

function build(): Stage {
  const stages: Stage[] = []
  for (const [word, rest] of instructions()) {
    say(`${word} ${rest.slice(0, 100)}`)
    const stage = stages.at(-1)
    if (word === 'FROM') {
      const name = / AS (\S+)/.exec(rest)?.[1] ?? `stage-${stages.length}`
      stages.push({
        name,
        root: join(scratch, name),
        workdir: '/',
        environment: {},
        command: [],
        healthcheck: [],
        user: 'root',
      })
    } else if (stage === undefined) throw new Error(`${word} before FROM`)
    else if (word === 'WORKDIR') stage.workdir = rest
    else if (word === 'ENV')
      for (const pair of rest.split(/\s+/))
        stage.environment[pair.slice(0, pair.indexOf('='))] = pair.slice(pair.indexOf('=') + 1)
    else if (word === 'COPY') copy(stage, rest, stages)
    else if (word === 'RUN') runStep(stage, rest)
    else if (word === 'USER') stage.user = rest
    else if (word === 'CMD') stage.command = JSON.parse(rest)
    else if (word === 'HEALTHCHECK') stage.healthcheck = JSON.parse(rest.slice(rest.indexOf('CMD ') + 4))
    else if (!['VOLUME', 'EXPOSE', 'STOPSIGNAL'].includes(word))
      throw new Error(`this script does not know ${word}`)
  }
  const last = stages.at(-1)
  if (last === undefined) throw new Error('the Dockerfile has no stage')
  return last
}

const expectThat = (claim: string, holds: boolean): void => {
  if (!holds) throw new Error(`does not hold: ${claim}`)
  say(`ok  ${claim}`)
}

async function start(stage: Stage): Promise<void> {
  const app = inside(stage, '.')
  const data = join(stage.root, 'data')
  // Nobody may write to the application's files, as with a read-only root file system and another user.
  execFileSync('chmod', ['-R', 'a+rX,a-w', app])
  for (const directory of [scratch, stage.root]) chmodSync(directory, 0o755)
  const [uid, gid] =
    process.getuid?.() === 0 ? [65_534, 65_534] : [process.getuid?.() ?? 0, process.getgid?.() ?? 0]
  execFileSync('chown', ['-R', `${uid}:${gid}`, data])
  const environment = {
    PATH: process.env.PATH ?? '',
    ...stage.environment,
    REBOUND_DATA_DIR: data,
    REBOUND_SMTP_HOST: '127.0.0.1',
    REBOUND_SMTP_PORT: '0',
    REBOUND_HTTP_PORT: String(20_000 + (process.pid % 20_000)),
  }
  const [file = 'node', ...args] = stage.command
  const child = spawn(file, args, { cwd: app, env: environment, uid, gid, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  const up = new Promise<void>((done, failed) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', chunk => {
        text += chunk
        if (text.includes('is up.')) done()
      })
    child.once('exit', code => failed(new Error(`ended with ${code}:\n${text}`)))
  })
  const exited = new Promise<number | null>(done => child.once('exit', code => done(code)))
  await up
  const [check = 'node', ...words] = stage.healthcheck
  execFileSync(check, words, { env: environment })
  expectThat('HEALTHCHECK answers 0', true)
  child.kill('SIGTERM')
  expectThat('STOPSIGNAL ends it with 0', (await exited) === 0)
  expectThat('the database is in the volume', existsSync(join(data, 'rebound.sqlite')))
}

try {
  const image = build()
  const app = inside(image, '.')
  expectThat('the last stage runs as another user than root', image.user === 'node')
  for (const absent of ['typescript', 'vitest', '@biomejs/biome', 'tsx'])
    expectThat(`no ${absent} in the last stage`, !existsSync(join(app, 'node_modules', absent)))
  expectThat('no sources in the last stage', !existsSync(join(app, 'src')))
  await start(image)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
