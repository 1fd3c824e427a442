// The words of `rebound bounce`: what can be written, and what is wrong with what was.

import { type Command, Option } from 'commander'
import { type MixName, mixNames } from '../harness/mix.ts'
import { checkName, UnknownNameError } from '../harness/names.ts'
import type { Target } from '../harness/send.ts'
import { isAddress } from '../model/validity.ts'
import type { Environment } from '../system/service-manager.ts'
import { wholeNumber } from './names.ts'
import type { JsonOption } from './shell.ts'
import { CommandError } from './terminal.ts'

/** As commander hands them over. */
export interface BounceWords extends JsonOption {
  readonly list?: boolean
  readonly all?: boolean
  readonly verify?: boolean
  readonly to?: string
  readonly originalTo?: string
  readonly failed: string
  readonly save?: string
  readonly seed?: string
  readonly rate?: string
  readonly seconds?: string
  readonly mix?: string
  readonly connections?: string
  readonly smtp?: string
  readonly http?: string
  readonly token?: string
  readonly ownServer?: boolean
}

/** Options that choose a stream of mails. */
const stream = ['rate', 'seconds', 'mix'] as const

/** Each option with those that cannot stand beside it; a pair is named once. */
const options: readonly (readonly [
  flags: string,
  help: string,
  conflicts?: readonly (keyof BounceWords)[],
])[] = [
  [
    '--list',
    'show what there is to send',
    [...stream, 'all', 'verify', 'to', 'originalTo', 'save', 'seed', 'connections', 'smtp', 'http', 'token'],
  ],
  ['--to <address>', 'the return path to send to (address mint prints one)'],
  ['--original-to <address>', 'the return path inside the returned copy, when it is not --to'],
  ['--all', 'every writer with every scenario', stream],
  [
    '--verify',
    'mint return paths, send, compare record, campaign and verdict; exit 1 on any difference',
    [...stream, 'save', 'to', 'originalTo'],
  ],
  [
    '--save <folder>',
    'write .eml files, and .json of what a correct reader answers, instead of sending',
    [...stream, 'smtp'],
  ],
  ['--seed <text>', 'the same seed repeats a run exactly'],
  ['--rate <count>', 'messages a second, each to a record of its own (1)', ['to', 'originalTo']],
  ['--seconds <count>', 'for how long (10)', ['to', 'originalTo']],
  ['--mix <name>', `of what: ${mixNames.join(' or ')}`, ['to', 'originalTo']],
  ['--connections <count>', 'how many a stream may open at the most (20)'],
  ['--smtp <host:port>', 'where to send (127.0.0.1:2525, or the port in REBOUND_SMTP_PORT)'],
  ['--http <url>', 'where the API is (http://127.0.0.1:9925, or the port in REBOUND_HTTP_PORT)'],
  ['--token <text>', 'of the API (REBOUND_API_TOKEN)'],
  [
    '--own-server',
    'start a server for --verify or --rate alone, and throw its database away afterwards',
    ['list', 'to', 'originalTo', 'save', 'smtp', 'http', 'token'],
  ],
]

/** Adds the options. */
export function withBounceOptions(command: Command): Command {
  for (const [flags, help, conflicts = []] of options)
    command.addOption(new Option(flags, help).conflicts([...conflicts]))
  return command
    .option('--failed <address>', 'the address that failed', 'ana@example.org')
    .option('--json', 'one JSON object a line')
}

export interface LoadWanted {
  readonly rate: number
  readonly seconds: number
  readonly mix: MixName
  readonly connections: number
}

/** What to send, and where. */
export interface BounceOptions {
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
  readonly ownServer: boolean
  /** WRITER SCENARIO. */
  readonly names: readonly string[]
}

/** Throws CommandError (2) that says what to write instead. */
export function bounceOptions(
  names: readonly string[],
  words: BounceWords,
  environment: Environment,
): BounceOptions {
  const clash = clashOf(names, words)
  if (clash !== null) throw new CommandError(clash, 2)
  return {
    all: words.all ?? false,
    verify: words.verify ?? false,
    json: words.json ?? false,
    to: words.to === undefined ? undefined : address('--to', words.to),
    originalTo: words.originalTo === undefined ? undefined : address('--original-to', words.originalTo),
    failed: address('--failed', words.failed),
    save: words.save,
    seed: words.seed,
    load: loadOf(words),
    smtp: target(words.smtp ?? `127.0.0.1:${environment.REBOUND_SMTP_PORT ?? 2525}`),
    http: url(words.http ?? `http://127.0.0.1:${environment.REBOUND_HTTP_PORT ?? 9925}`),
    token: words.token ?? environment.REBOUND_API_TOKEN,
    ownServer: words.ownServer ?? false,
    names,
  }
}

/** What commander does not check: arguments beside options, and an option that needs another. */
function clashOf(names: readonly string[], words: BounceWords): string | null {
  const chooser = (['list', 'all', ...stream] as const).find(word => words[word] !== undefined)
  if (names.length > 0 && chooser !== undefined)
    return `${names.join(' ')} and --${chooser}: each chooses what to send; leave out one of the two`
  if (words.connections !== undefined && stream.every(word => words[word] === undefined))
    return '--connections without --rate: it is how many a stream may open; write --rate N too, or leave it out'
  const isChecked = words.verify === true || stream.some(word => words[word] !== undefined)
  if (words.ownServer === true && !isChecked)
    return '--own-server without --verify: its records would be gone before you see them; write --verify too'
  return null
}

function loadOf({ rate, seconds, mix, connections }: BounceWords): LoadWanted | null {
  if (rate === undefined && seconds === undefined && mix === undefined) return null
  return {
    rate: wholeNumber('--rate', rate ?? '1', 10_000),
    seconds: wholeNumber('--seconds', seconds ?? '10', 86_400),
    mix: mixNamed(mix ?? 'realistic'),
    connections: wholeNumber('--connections', connections ?? '20', 1000),
  }
}

function mixNamed(word: string): MixName {
  try {
    return checkName('mix', word, mixNames)
  } catch (error) {
    if (error instanceof UnknownNameError) throw new CommandError(error.message, 2)
    throw error
  }
}

function address(option: string, text: string): string {
  if (isAddress(text)) return text
  const example =
    option === '--failed' ? 'ana@example.org' : 'b-…@bounces.crm.example; "address mint" prints one'
  throw new CommandError(`${option} ${text}: write an address, as in ${example}`, 2)
}

function url(text: string): string {
  if (/^https?:\/\/[^/]+\/?$/.test(text)) return text
  throw new CommandError(`--http ${text}: write a URL without a path, as in http://127.0.0.1:9925`, 2)
}

function target(text: string): Target {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(text) ?? []
  if (host === undefined || Number(port) > 65_535)
    throw new CommandError(`--smtp ${text}: write HOST:PORT, as in 127.0.0.1:2525 or [::1]:2525`, 2)
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
}
