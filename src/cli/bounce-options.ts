// The words of `npm run bounce`: what can be written, and what is wrong with what was.

import { parseArgs } from 'node:util'
import { type MixName, mixNames } from '../harness/mix.ts'
import { checkName, nearest, UnknownNameError } from '../harness/names.ts'
import type { Target } from '../harness/send.ts'
import { contradictionIn } from './bounce-contradictions.ts'
import { CommandError } from './terminal.ts'

type Environment = Readonly<Record<string, string | undefined>>

const options = {
  list: { type: 'boolean' },
  all: { type: 'boolean' },
  verify: { type: 'boolean' },
  to: { type: 'string' },
  'original-to': { type: 'string' },
  failed: { type: 'string' },
  save: { type: 'string' },
  seed: { type: 'string' },
  rate: { type: 'string' },
  seconds: { type: 'string' },
  mix: { type: 'string' },
  connections: { type: 'string' },
  smtp: { type: 'string' },
  http: { type: 'string' },
  token: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

export const usage = `Usage: npm run bounce -- --list
       npm run bounce -- WRITER SCENARIO --to RETURN-PATH
       npm run bounce -- --all --verify
       npm run bounce -- --rate 200 --seconds 60 --mix realistic

  --list                what there is to send
  --to ADDR             the return path to send to (rebound address mint …)
  --failed ADDR         the address that failed (ana@example.org)
  --original-to ADDR    the return path inside the returned copy, when it is not --to
  --all                 every writer with every scenario
  --verify              mint return paths, send, compare record, campaign and verdict; exit 1 on any difference
  --save DIR            write .eml files, and .json of what a correct reader answers, instead of sending
  --seed TEXT           the same seed repeats a run exactly
  --rate N --seconds N  N messages a second for N seconds (1 and 10), each to a record of its own
  --mix NAME            of what: ${mixNames.join(' or ')}
  --connections N       how many to open at the most (20)
  --smtp HOST:PORT      (127.0.0.1:2525, or the port in REBOUND_SMTP_PORT)
  --http URL            (http://127.0.0.1:9925, or the port in REBOUND_HTTP_PORT)
  --token TEXT          (REBOUND_API_TOKEN)
  --json                NDJSON on standard output

Example: npm run bounce -- postfix unknown-user --to "$(npm run -s rebound -- address mint --module contacts --id 42 --to ana@example.org)"`

export interface LoadWanted {
  readonly rate: number
  readonly seconds: number
  readonly mix: MixName
  readonly connections: number
}

export interface BounceOptions {
  readonly help: boolean
  readonly list: boolean
  readonly all: boolean
  readonly verify: boolean
  readonly json: boolean
  readonly to: string | undefined
  readonly originalTo: string | undefined
  readonly failed: string
  readonly save: string | undefined
  readonly seed: string | undefined
  /** Null unless a rate, a duration or a mix was given. */
  readonly load: LoadWanted | null
  readonly smtp: Target
  readonly http: string
  readonly token: string | undefined
  /** WRITER SCENARIO. */
  readonly names: readonly string[]
}

/** Throws CommandError (2) that says what to write instead. */
export function readOptions(words: readonly string[], environment: Environment): BounceOptions {
  const { values, positionals } = parse(words)
  const given = new Set<string>(Object.keys(values))
  if (positionals.length > 0) given.add('names')
  const contradiction = values.help ? null : contradictionIn(given, positionals)
  if (contradiction !== null) throw new CommandError(contradiction, 2)
  const wantsLoad = values.rate !== undefined || values.seconds !== undefined || values.mix !== undefined
  const http = values.http ?? `http://127.0.0.1:${environment.REBOUND_HTTP_PORT ?? 9925}`
  if (!/^https?:\/\/[^/]+\/?$/.test(http))
    throw new CommandError(`--http ${http}: write a URL without a path, as in http://127.0.0.1:9925`, 2)
  return {
    help: values.help ?? false,
    list: values.list ?? false,
    all: values.all ?? false,
    verify: values.verify ?? false,
    json: values.json ?? false,
    to: values.to,
    originalTo: values['original-to'],
    failed: address(values.failed ?? 'ana@example.org'),
    save: values.save,
    seed: values.seed,
    load: wantsLoad
      ? {
          rate: number('--rate', values.rate ?? '1', 10_000),
          seconds: number('--seconds', values.seconds ?? '10', 86_400),
          mix: mix(values.mix ?? 'realistic'),
          connections: number('--connections', values.connections ?? '20', 1000),
        }
      : null,
    smtp: target(values.smtp ?? `127.0.0.1:${environment.REBOUND_SMTP_PORT ?? 2525}`),
    http,
    token: values.token ?? environment.REBOUND_API_TOKEN,
    names: positionals,
  }
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true })
  } catch (error) {
    const unknown = /Unknown option '--([\w-]+)/.exec(String(error))?.[1]
    throw new CommandError(
      unknown === undefined
        ? `${error instanceof Error ? error.message : error}`
        : `There is no option --${unknown}. Did you mean --${nearest(unknown, Object.keys(options))}?`,
      2,
    )
  }
}

function mix(word: string): MixName {
  try {
    return checkName('mix', word, mixNames)
  } catch (error) {
    if (error instanceof UnknownNameError) throw new CommandError(error.message, 2)
    throw error
  }
}

function number(option: string, text: string, most: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw new CommandError(`${option} ${text}: write a whole number from 1 to ${most}`, 2)
}

function address(text: string): string {
  if (/^[^\s@<>]+@[^\s@<>]+$/.test(text)) return text
  throw new CommandError(`--failed ${text}: write an address, as in ana@example.org`, 2)
}

function target(text: string): Target {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(text) ?? []
  if (host === undefined || Number(port) > 65_535)
    throw new CommandError(`--smtp ${text}: write HOST:PORT, as in 127.0.0.1:2525 or [::1]:2525`, 2)
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
}
