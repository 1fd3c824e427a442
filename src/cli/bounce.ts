// `npm run bounce`: the harness on the command line. Sends test bounces, checks what became of them, or saves them.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Presets, SingleBar } from 'cli-progress'
import { ApiError, apiAt } from '../harness/api.ts'
import { type Composed, checkPair, compose } from '../harness/compose.ts'
import { load } from '../harness/load.ts'
import { everyPair, type Pair } from '../harness/mix.ts'
import { UnknownNameError } from '../harness/names.ts'
import { openSender } from '../harness/send.ts'
import { momentOf } from '../harness/variation.ts'
import { checkGreeting, UnreachableError } from '../harness/verbatim.ts'
import { type Run, verify } from '../harness/verify.ts'
import { makeFolder } from '../system/folder.ts'
import { type BounceOptions, readOptions, usage } from './bounce-options.ts'
import { showList, showLoad, showRun } from './bounce-results.ts'
import { CommandError, type Io, json } from './terminal.ts'

/**
 * Runs one command line of the harness.
 * `runId` is what makes records and campaign of a run its own: digits, at most 13.
 * @returns 0 done, 1 refused or a difference. Throws CommandError: 1 when the server is not there, 2 for wrong usage.
 */
export async function bounce(
  words: readonly string[],
  io: Io,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  runId: string = String(Date.now()),
): Promise<number> {
  try {
    return await dispatch(readOptions(words, environment), io, runId)
  } catch (error) {
    if (error instanceof ApiError || error instanceof UnreachableError)
      throw new CommandError(error.message, 1)
    if (error instanceof UnknownNameError) throw new CommandError(error.message, 2)
    throw error
  }
}

async function dispatch(options: BounceOptions, io: Io, runId: string): Promise<number> {
  if (options.help) {
    io.out(usage)
    return 0
  }
  if (options.list) {
    showList(options.json, io)
    return 0
  }
  const seed = options.seed ?? runId
  const { load: plan } = options
  if (plan !== null)
    return showLoad(await withRun(options, seed, runId, run => load(plan, run)), seed, options.json, io)
  const pairs = options.all ? everyPair() : [pairOf(options.names)]
  if (options.verify)
    return showRun(await withRun(options, seed, runId, run => verify(pairs, run)), seed, options.json, io)
  const returnPath = options.to ?? (options.save === undefined ? undefined : 'b-sample@bounces.localhost')
  if (returnPath === undefined)
    throw new CommandError('Say where to send it: --to RETURN-PATH, or --verify to mint one.', 2)
  const composed = pairs.map(({ writer, scenario }) =>
    compose(writer, scenario, {
      returnPath,
      recipient: options.failed,
      at: momentOf(seed),
      seed,
      originalReturnPath: options.originalTo,
    }),
  )
  return options.save === undefined
    ? await sendAll(composed, returnPath, options, io)
    : await saveAll(composed, options.save, options.json, io)
}

function pairOf(names: readonly string[]): Pair {
  const [writer, scenario, ...more] = names
  if (writer === undefined || scenario === undefined || more.length > 0)
    throw new CommandError('Name a writer and a scenario (--list shows them), or write --all.', 2)
  return checkPair(writer, scenario)
}

/** Runs `work` against the server, with a progress bar where a person looks on; it is gone when there is a result to show. */
async function withRun<Result>(
  options: BounceOptions,
  seed: string,
  runId: string,
  work: (run: Run) => Promise<Result>,
): Promise<Result> {
  await checkGreeting(options.smtp)
  const bar = new SingleBar(
    { format: '{bar} {value}/{total}  {eta} s left', clearOnComplete: true, stream: process.stderr },
    Presets.shades_classic,
  )
  const isWatched = process.stderr.isTTY === true
  let started = false
  const progress = (done: number, of: number): void => {
    if (!started) bar.start(of, 0)
    started = true
    bar.update(done)
  }
  try {
    return await work({
      target: options.smtp,
      api: apiAt(options.http, options.token),
      seed,
      at: momentOf(seed),
      runId,
      recipient: options.failed,
      ...(isWatched ? { progress } : {}),
    })
  } finally {
    bar.stop()
  }
}

/** One after the other over one connection. */
async function sendAll(
  all: readonly Composed[],
  returnPath: string,
  options: BounceOptions,
  io: Io,
): Promise<number> {
  await checkGreeting(options.smtp)
  const sender = openSender(options.smtp)
  let refused = 0
  try {
    for (const message of all) {
      const { writer, scenario } = message
      const sent = await sender.send(message)
      if (!sent.acknowledged) refused++
      if (options.json) io.out(json({ writer, scenario, returnPath, ...sent }))
      else io.out(`${writer} ${scenario}: ${sent.response}`)
    }
  } finally {
    sender.close()
  }
  if (refused > 0) {
    io.err(`${refused} of ${all.length} not acknowledged.`)
    return 1
  }
  io.err(`Whose it is:        npm run -s rebound -- address read ${options.originalTo ?? returnPath}`)
  io.err('What came of it:    npm run -s rebound -- records show MODULE ID')
  return 0
}

async function saveAll(
  all: readonly Composed[],
  directory: string,
  asJson: boolean,
  io: Io,
): Promise<number> {
  try {
    makeFolder(directory, 0o777)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new CommandError(`--save ${directory}: write a folder that can be made or is there (${reason})`, 1)
  }
  for (const { writer, scenario, raw, expected } of all) {
    const path = join(directory, `${writer}-${scenario}`)
    await writeFile(`${path}.eml`, raw)
    await writeFile(`${path}.json`, `${JSON.stringify(expected, null, 2)}\n`)
    io.out(asJson ? json({ file: `${path}.eml`, writer, scenario, expected }) : `${path}.eml`)
  }
  return 0
}
