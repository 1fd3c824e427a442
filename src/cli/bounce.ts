// `npm run bounce`: the harness on the command line. Sends test bounces, checks what became of them, or saves them.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { apiAt } from '../harness/api.ts'
import { type Composed, compose, scenarios, scenariosOf, writerNames, writers } from '../harness/compose.ts'
import { nearest, UnknownNameError } from '../harness/names.ts'
import { send } from '../harness/send.ts'
import { everyPair, verify } from '../harness/verify.ts'
import { CommandError, type Io, json, table } from './terminal.ts'

type Environment = Readonly<Record<string, string | undefined>>

const options = {
  list: { type: 'boolean' },
  all: { type: 'boolean' },
  verify: { type: 'boolean' },
  to: { type: 'string' },
  'original-to': { type: 'string' },
  failed: { type: 'string' },
  smtp: { type: 'string' },
  http: { type: 'string' },
  token: { type: 'string' },
  save: { type: 'string' },
  seed: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

const usage = `Usage: npm run bounce -- --list
       npm run bounce -- WRITER SCENARIO --to RETURN-PATH
       npm run bounce -- --all --verify

  --list                what there is to send
  --to ADDR             the return path to send to (rebound address mint …)
  --failed ADDR         the address that failed (ana@example.org)
  --original-to ADDR    the return path inside the returned copy, when it is not --to
  --all                 every writer with every scenario
  --verify              mint return paths, send, compare record, campaign and verdict; exit 1 on any difference
  --save DIR            write .eml files, and .json of what a correct reader answers, instead of sending
  --seed TEXT           the same seed repeats a run exactly
  --smtp HOST:PORT      (127.0.0.1:2525, or REBOUND_SMTP_PORT)
  --http URL            (http://127.0.0.1:9925, or REBOUND_HTTP_PORT)
  --token TEXT          (REBOUND_API_TOKEN)
  --json                NDJSON on standard output

Example: npm run bounce -- postfix unknown-user --to "$(npm run -s rebound -- address mint --module contacts --id 42 --to ana@example.org)" --failed ana@example.org`

/** The moment and the identity of a run: the only things that differ between two runs of one seed. */
export interface Moment {
  readonly now: Date
  /** Digits, unique to the run. */
  readonly runId: string
}

const thisMoment = (): Moment => {
  const now = new Date()
  return { now, runId: String(now.getTime()) }
}

/**
 * Runs one command line of the harness.
 * @returns 0 done, 1 failed or a difference; throws CommandError (2) for wrong usage.
 */
export async function bounce(
  words: readonly string[],
  io: Io,
  environment: Environment = process.env,
  moment: Moment = thisMoment(),
): Promise<number> {
  const { values, positionals } = parse(words)
  if (values.help) {
    io.out(usage)
    return 0
  }
  if (values.list) return list(values, io)

  const smtp = target(values.smtp ?? `127.0.0.1:${environment.REBOUND_SMTP_PORT ?? 2525}`)
  const http = values.http ?? `http://127.0.0.1:${environment.REBOUND_HTTP_PORT ?? 9925}`
  const token = values.token ?? environment.REBOUND_API_TOKEN
  const seed = values.seed ?? moment.runId
  const recipient = values.failed ?? 'ana@example.org'
  const pairs = values.all ? everyPair() : [pair(positionals)]

  if (values.verify) {
    const result = await verify(pairs, {
      target: smtp,
      api: apiAt(http, token),
      seed,
      at: moment.now,
      runId: moment.runId,
      recipient,
    })
    const bad = result.trials.filter(trial => trial.differences.length > 0)
    if (values.json) {
      for (const { composed, recordId, sent, differences } of result.trials) {
        const { writer, scenario, returnPath, expected } = composed
        io.out(
          json({
            writer,
            scenario,
            recordId,
            returnPath,
            reply: sent.response,
            agrees: differences.length === 0,
            differences,
            expected,
          }),
        )
      }
    } else {
      io.out(
        table(
          ['writer', 'scenario', 'answer', 'result'],
          result.trials.map(({ composed, event, differences }) => [
            composed.writer,
            composed.scenario,
            [event?.kind, event?.type, event?.category].filter(Boolean).join(' ') || null,
            differences.join('; ') || 'agrees',
          ]),
          120,
        ),
      )
    }
    for (const difference of result.campaignDifferences)
      io.err(`campaign ${result.campaignId}: ${difference}`)
    io.err(
      `${result.trials.length} sent, ${result.trials.length - bad.length} agree, ${bad.length} differ; seed ${seed}; campaign ${result.campaignId}${result.campaignDifferences.length === 0 ? ' agrees' : ' differs'}.`,
    )
    return bad.length === 0 && result.campaignDifferences.length === 0 ? 0 : 1
  }

  const to = values.to ?? (values.save === undefined ? undefined : 'b-sample@bounces.localhost')
  if (to === undefined)
    throw new CommandError('Say where to send it: --to RETURN-PATH, or --verify to mint one.', 2)
  const context = {
    returnPath: to,
    recipient,
    at: moment.now,
    seed,
    originalReturnPath: values['original-to'],
  }
  const composed = pairs.map(({ writer, scenario }) => compose(writer, scenario, context))
  if (values.save !== undefined) return await save(values.save, composed, io)

  let exitCode = 0
  for (const each of composed) {
    const sent = await send(each, smtp)
    if (!sent.acknowledged) exitCode = 1
    if (values.json) io.out(json({ writer: each.writer, scenario: each.scenario, to, ...sent }))
    else io.out(`${each.writer} ${each.scenario}: ${sent.response}`)
    if (sent.code === null) {
      throw new CommandError(
        `Nothing takes mail at ${smtp.host}:${smtp.port}. Start the server with npm start, or name its address with --smtp.`,
        1,
      )
    }
  }
  if (exitCode === 0) io.err('See what came of it: npm run -s rebound -- bounces list')
  return exitCode
}

type Values = ReturnType<typeof parse>['values']

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true })
  } catch (error) {
    const unknown = /'--([\w-]+)/.exec(String(error))?.[1]
    const hint =
      unknown && !(unknown in options) ? ` Did you mean --${nearest(unknown, Object.keys(options))}?` : ''
    throw new CommandError(`${error instanceof Error ? error.message : error}.${hint}`, 2)
  }
}

function list(values: Values, io: Io): number {
  const rows = scenarios.map(({ name, what }) => ({
    scenario: name,
    what,
    writers: writerNames.filter(writer => scenariosOf(writer).includes(name)),
  }))
  if (values.json) for (const row of rows) io.out(json(row))
  else {
    io.out(
      table(
        ['writer', 'program'],
        writerNames.map(name => [
          name,
          name === 'mailbox'
            ? 'the recipient’s own side: people and automatic answers'
            : writers[name].program,
        ]),
        100,
      ),
    )
    io.out('')
    io.out(
      table(
        ['scenario', 'what happened', 'written by'],
        rows.map(row => [
          row.scenario,
          row.what,
          row.writers.length > 2 ? `${row.writers.length} writers` : row.writers.join(', '),
        ]),
        100,
      ),
    )
  }
  return 0
}

function pair(positionals: readonly string[]) {
  const [writer, scenario] = positionals
  if (positionals.length !== 2 || writer === undefined || scenario === undefined) {
    throw new CommandError(`Name a writer and a scenario (see --list), or --all.\n\n${usage}`, 2)
  }
  try {
    const { writer: known, scenario: what } = compose(writer, scenario, {
      returnPath: 'x@x.example',
      at: new Date(0),
    })
    return { writer: known, scenario: what }
  } catch (error) {
    if (error instanceof UnknownNameError) throw new CommandError(error.message, 2)
    throw error
  }
}

function target(text: string) {
  const parts = /^(.+):(\d{1,5})$/.exec(text)
  if (!parts?.[1]) throw new CommandError(`--smtp ${text}: write HOST:PORT, as in 127.0.0.1:2525`, 2)
  return { host: parts[1].replace(/^\[|\]$/g, ''), port: Number(parts[2]) }
}

async function save(directory: string, all: readonly Composed[], io: Io): Promise<number> {
  await mkdir(directory, { recursive: true })
  for (const { writer, scenario, raw, expected } of all) {
    const path = join(directory, `${writer}-${scenario}`)
    await writeFile(`${path}.eml`, raw)
    await writeFile(`${path}.json`, `${JSON.stringify(expected, null, 2)}\n`)
    io.out(`${path}.eml`)
  }
  return 0
}
