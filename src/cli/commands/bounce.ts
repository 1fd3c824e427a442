// `rebound bounce`: the harness on the command line. Sends test bounces, checks the results, or saves them as files.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Presets, SingleBar } from 'cli-progress'
import { ApiError, apiAt } from '../../harness/api.ts'
import { type Composed, checkPair, compose } from '../../harness/compose.ts'
import { load } from '../../harness/load.ts'
import { everyPair, type Pair } from '../../harness/mix.ts'
import { UnknownNameError } from '../../harness/names.ts'
import { openSender } from '../../harness/send.ts'
import { momentOf } from '../../harness/variation.ts'
import { checkGreeting, UnreachableError } from '../../harness/verbatim.ts'
import { type VerifyRun, verify } from '../../harness/verify.ts'
import { fileErrorWords } from '../../system/file-error.ts'
import { makeFolder } from '../../system/folder.ts'
import { type BounceOptions, type BounceWords, bounceOptions, withBounceOptions } from '../bounce-options.ts'
import { showList, showLoad, showRun } from '../bounce-results.ts'
import { withOwnServer } from '../own-server.ts'
import type { Define, Shell } from '../shell.ts'
import { CommandError, type Io, json } from '../terminal.ts'

export const bounceCommand: Define = (command, shell) => {
  const { hints } = shell
  const mint = hints.rebound('address mint --module contacts --id 42 --to ana@example.org')
  withBounceOptions(command.argument('[writer]').argument('[scenario]'))
    .addHelpText(
      'after',
      `
Example: ${hints.rebound(`bounce postfix unknown-user --to "$(${mint})"`)}
         ${hints.rebound('bounce --all --verify --own-server')}
         ${hints.rebound('bounce --rate 200 --seconds 60 --mix realistic')}`,
    )
    .action(async (writer: string | undefined, scenario: string | undefined, words: BounceWords) => {
      const names = [writer, scenario].filter(name => name !== undefined)
      const options = bounceOptions(names, words, shell.environment)
      if (words.list) showList(options.json, shell.io)
      else shell.exit(await (options.ownServer ? bounceAtOwn(options, shell) : bounce(options, shell)))
    })
}

async function bounceAtOwn(options: BounceOptions, shell: Shell): Promise<number> {
  return withOwnServer(({ smtp, http }) =>
    bounce(
      {
        ...options,
        smtp: { host: '127.0.0.1', port: smtp },
        http: `http://127.0.0.1:${http}`,
        token: undefined,
      },
      shell,
    ),
  )
}

/** @returns 0 done, 1 refused or a difference. Throws CommandError: 1 when the server is not there, 2 for wrong usage. */
async function bounce(options: BounceOptions, shell: Shell): Promise<number> {
  try {
    return await dispatch(options, shell)
  } catch (error) {
    if (error instanceof ApiError) throw new CommandError(error.message, 1)
    if (error instanceof UnreachableError)
      throw new CommandError(`${error.message} To start a server here: ${shell.hints.rebound('serve')}`, 1)
    if (error instanceof UnknownNameError) throw new CommandError(error.message, 2)
    throw error
  }
}

async function dispatch(options: BounceOptions, shell: Shell): Promise<number> {
  const { io } = shell
  // Keeps records and campaign of one run apart from those of others.
  const runId = String(shell.startedAt.getTime())
  const seed = options.seed ?? runId
  const { load: plan } = options
  if (plan !== null)
    return showLoad(await withRun(options, seed, runId, run => load(plan, run)), seed, options.json, io)
  const pairs = options.all ? everyPair() : [pairOf(options.names)]
  if (options.verify) {
    const result = await withRun(options, seed, runId, run => verify(pairs, run))
    const exitCode = showRun(result, seed, options.json, io)
    if (!options.ownServer)
      io.err(
        `${pairs.length} records of campaign ${result.campaignId} stay in that server's database; with --own-server it is one of its own.`,
      )
    return exitCode
  }
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
    ? await sendAll(composed, returnPath, options, shell)
    : await saveAll(composed, options.save, options.json, io)
}

function pairOf([writer, scenario]: readonly string[]): Pair {
  if (writer === undefined || scenario === undefined)
    throw new CommandError('Name a writer and a scenario (--list shows them), or write --all.', 2)
  return checkPair(writer, scenario)
}

/** Runs `work` against the server, with a progress bar where a person looks on; it is gone when there is a result to show. */
async function withRun<Result>(
  options: BounceOptions,
  seed: string,
  runId: string,
  work: (run: VerifyRun) => Promise<Result>,
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
  { io, hints }: Shell,
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
  io.err(`Whose it is:     ${hints.rebound(`address read ${options.originalTo ?? returnPath}`)}`)
  io.err(`What it did:     ${hints.rebound('records show MODULE ID')}`)
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
    throw new CommandError(
      `--save ${directory}: write a folder that can be made or exists (${fileErrorWords(error)})`,
      1,
    )
  }
  for (const { writer, scenario, raw, expected } of all) {
    const path = join(directory, `${writer}-${scenario}`)
    await writeFile(`${path}.eml`, raw)
    await writeFile(`${path}.json`, `${JSON.stringify(expected, null, 2)}\n`)
    io.out(asJson ? json({ file: `${path}.eml`, writer, scenario, expected }) : `${path}.eml`)
  }
  return 0
}
