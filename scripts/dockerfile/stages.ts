// The Dockerfile as data: its stages, the steps that build each, and what the last one says about running it.

export interface Stage {
  readonly name: string
  /** COPY and RUN in their order, with what held when they stood there. */
  readonly steps: readonly Step[]
  readonly workdir: string
  readonly environment: Readonly<Record<string, string>>
  readonly user: string
  readonly volumes: readonly string[]
  readonly ports: readonly number[]
  readonly stopSignal: NodeJS.Signals
  /** Exec form; empty where the stage has none. */
  readonly healthcheck: readonly string[]
  /** Exec form; empty where the stage has none. */
  readonly command: readonly string[]
}

export type Step =
  | {
      readonly kind: 'copy'
      readonly from: string | null
      readonly sources: readonly string[]
      readonly target: string
      readonly workdir: string
    }
  | {
      readonly kind: 'run'
      readonly command: string
      readonly workdir: string
      readonly environment: Readonly<Record<string, string>>
    }

/** Reads a Dockerfile. Throws for an instruction, or a form of one, that it does not know: nothing is skipped unseen. */
export function readStages(text: string): readonly Stage[] {
  const stages: Stage[] = []
  for (const [word, rest] of instructions(text)) {
    const stage = stages.pop()
    if (word === 'FROM') {
      if (stage !== undefined) stages.push(stage)
      stages.push(emptyStage(/ AS (\S+)$/i.exec(rest)?.[1] ?? `stage-${stages.length}`))
    } else if (stage === undefined) throw new Error(`${word} stands before FROM`)
    else stages.push({ ...stage, ...change(stage, word, rest) })
  }
  return stages
}

/** Lines with continuations joined, comments and empty lines dropped. */
function instructions(text: string): [word: string, rest: string][] {
  return text
    .split('\n')
    .filter(line => !/^\s*(#|$)/.test(line))
    .join('\n')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .map(line => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1).trim()])
}

const emptyStage = (name: string): Stage => ({
  name,
  steps: [],
  workdir: '/',
  environment: {},
  user: 'root',
  volumes: [],
  ports: [],
  stopSignal: 'SIGTERM',
  healthcheck: [],
  command: [],
})

function change(stage: Stage, word: string, rest: string): Partial<Stage> {
  const { steps, workdir, environment } = stage
  switch (word) {
    case 'WORKDIR':
      return { workdir: rest }
    case 'ENV':
      return { environment: { ...environment, ...pairs(rest) } }
    case 'USER':
      return { user: rest }
    case 'VOLUME':
      return { volumes: [...stage.volumes, ...rest.split(/\s+/)] }
    case 'EXPOSE':
      return { ports: [...stage.ports, ...rest.split(/\s+/).map(Number)] }
    case 'STOPSIGNAL':
      return { stopSignal: rest as NodeJS.Signals }
    case 'CMD':
      return { command: execForm(word, rest) }
    case 'HEALTHCHECK':
      return { healthcheck: execForm(word, rest.replace(/^(--\S+\s+)*CMD\s+/, '')) }
    case 'RUN':
      return { steps: [...steps, { kind: 'run', command: rest, workdir, environment }] }
    case 'COPY':
      return { steps: [...steps, copyStep(rest, workdir)] }
    default:
      throw new Error(`${word} is not known here: teach scripts/dockerfile/stages.ts what it does`)
  }
}

function copyStep(rest: string, workdir: string): Step {
  const words = rest.split(/\s+/)
  const from = words[0]?.startsWith('--from=') ? (words.shift()?.slice('--from='.length) ?? null) : null
  const target = words.pop()
  if (target === undefined || words.length === 0 || words.some(word => word.startsWith('--')))
    throw new Error(`COPY ${rest}: this form is not known here`)
  return { kind: 'copy', from, sources: words, target, workdir }
}

const pairs = (rest: string): Record<string, string> =>
  Object.fromEntries(
    rest.split(/\s+/).map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  )

/** A shell between the engine and our process would keep the signals for itself. */
function execForm(word: string, text: string): readonly string[] {
  if (!text.startsWith('[')) throw new Error(`${word} ${text}: write it as ["file", "argument"]`)
  return JSON.parse(text)
}
