// `rebound receive`: mails out of files, folders or a pipe, recorded as if they had come in by SMTP.

import type { Receiver } from '../../receiving.ts'
import { fileErrorWords } from '../../system/file-error.ts'
import { archivedMails, archiveFiles, foundAt, sizeOf } from '../archive-files.ts'
import { type Interruption, watchSignals } from '../interruption.ts'
import type { StoredMail } from '../mail-files.ts'
import type { Define, JsonOption, Shell } from '../shell.ts'
import { type ArchiveFate, startTally, type Tally } from '../tally.ts'
import { CommandError, harmless, json } from '../terminal.ts'

interface ReceiveWords extends JsonOption {
  readonly dryRun?: boolean
  readonly remove?: boolean
  readonly linkByAddress?: boolean
  readonly each?: boolean
}

/** sysexits.h, EX_TEMPFAIL: what a mail server that pipes to us takes for "keep it and try again". */
const tryAgain = 75

export const receiveCommand: Define = (command, shell) => {
  command
    .argument('<path...>', 'files, mbox files, Maildirs, folders, or - for a mail or mbox on standard input')
    .option('--dry-run', 'record nothing; say what would be new')
    .option(
      '--remove',
      'let hard bounces remove addresses, as those that come by SMTP do; else they only flag',
    )
    .option(
      '--link-by-address',
      'link what nothing else links to the record that has the failed address (soft)',
    )
    .option('--each', 'one line a mail: what became of it')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
A mail is judged by its own date, and what was recorded before is not recorded again: run it as often as you like.

Example: ${shell.hints.rebound('receive --dry-run bounces.mbox')}
         ${shell.hints.rebound('receive --remove -  < mail.eml   # exit 75: try again later')}`,
    )
    .action(async (paths: string[], words: ReceiveWords) => {
      if (!paths.includes('-')) return shell.exit(await receive(paths, words, shell))
      // A mail server that gets another code would return the mail to its sender, or drop it.
      shell.exit(
        await receive(paths, words, shell).catch((error: unknown) => {
          shell.io.err(shell.hints.inText(error instanceof Error ? error.message : String(error)))
          return tryAgain
        }),
      )
    })
}

/** At most this many mails wait for their commit: as many as a transaction takes. */
const mostWaiting = 200
/** The database refuses so many in a row: it is not going to take the next one. */
const mostFailures = 20

interface Run {
  readonly shell: Shell
  readonly words: ReceiveWords
  readonly receiver: Receiver
  readonly tally: Tally
  readonly interruption: Interruption
}

/** @returns 0; 1 if something could not be read or recorded (75 for a pipe); 128 and the signal's number if stopped. */
async function receive(paths: readonly string[], words: ReceiveWords, shell: Shell): Promise<number> {
  const given = await shell.config()
  const config = words.linkByAddress ? { ...given, linkAddress: 'yes' as const } : given
  const { openReceiver } = await import('../../receiving.ts')
  const tally = startTally({ dryRun: words.dryRun === true })
  const receiver = await openReceiver(
    config,
    { dryRun: words.dryRun === true, remove: words.remove === true },
    ({ recorded }) => {
      for (const { event, isNew } of recorded) if (isNew) tally.event(event)
    },
  )
  const interruption = watchSignals()
  const progress = showProgress(tally, shell)
  try {
    const unread = await receivePaths(paths, { shell, words, receiver, tally, interruption })
    progress.stop()
    // A program that pipes one mail to us takes whatever we say for a complaint.
    const isPipe = paths.every(path => path === '-')
    if (!isPipe || words.json || words.dryRun) tally.show(shell.io, { json: words.json === true })
    const stopped = interruption.exitCode()
    if (stopped !== null) {
      if (paths.includes('-')) process.stdin.destroy()
      shell.io.err('Stopped. Run the same command again to go on: what is recorded is skipped.')
      return stopped
    }
    if (tally.count('failed') > 0) return isPipe ? tryAgain : 1
    return unread + tally.count('cut-off') > 0 ? 1 : 0
  } finally {
    progress.stop()
    interruption.ignore()
    await receiver.close()
  }
}

/** @returns how many paths could not be read */
async function receivePaths(paths: readonly string[], run: Run): Promise<number> {
  const { io, hints } = run.shell
  const waiting = new Set<Promise<void>>()
  let unread = 0
  const failed = (path: string, error: unknown): void => {
    if (error instanceof CommandError) throw error
    unread++
    io.err(hints.inText(`${harmless(path)}: ${fileErrorWords(error)}`))
  }
  try {
    for (const path of paths) {
      try {
        for await (const file of archiveFiles(path, failed))
          await receiveFile(file, waiting, run).catch((error: unknown) => failed(file, error))
      } catch (error) {
        failed(path, error)
      }
      if (run.interruption.exitCode() !== null) break
    }
  } finally {
    await Promise.all(waiting)
  }
  return unread
}

async function receiveFile(file: string, waiting: Set<Promise<void>>, run: Run): Promise<void> {
  const { shell, tally, interruption } = run
  tally.file(file, await sizeOf(file))
  const mails = archivedMails(file, shell.io.stdin ?? process.stdin, tally.bytes)
  while (interruption.exitCode() === null) {
    const next = await interruption.unless(mails.next())
    if (next === null || next.done) return
    const reading = readOnce(next.value, interruption)
    const done = receiveMail(file, next.value, reading.bytes, run).finally(() => waiting.delete(done))
    waiting.add(done)
    // The next mail may be cut out of the file once this one is read; its commit may come later.
    await Promise.race([reading.isRead, done])
    if (waiting.size >= mostWaiting) await Promise.race(waiting)
    if (tally.count('failed') >= mostFailures && tally.count('recorded') === 0)
      throw new CommandError('The database takes nothing: mend that, and run this again', 1)
  }
}

/** The file ends within this mail. */
class CutOff extends Error {}

/** A signal came while the mail was read. */
class Stopped extends Error {}

/** The bytes of a mail, and when they have been read. */
function readOnce(
  mail: StoredMail,
  interruption: Interruption,
): { readonly bytes: AsyncIterable<Uint8Array>; readonly isRead: Promise<void> } {
  let finish = (): void => {}
  const isRead = new Promise<void>(resolve => {
    finish = resolve
  })
  async function* bytes(): AsyncGenerator<Uint8Array> {
    try {
      const chunks = mail.bytes[Symbol.asyncIterator]()
      for (;;) {
        const next = await interruption.unless(chunks.next())
        if (next === null) throw new Stopped()
        if (next.done) break
        yield next.value
      }
      // Half a report may read as another one than the whole.
      if (mail.isCutOff()) throw new CutOff()
    } finally {
      finish()
    }
  }
  return { bytes: bytes(), isRead }
}

/** Takes one mail in and counts what became of it. Never rejects for what the database does. */
async function receiveMail(
  file: string,
  mail: StoredMail,
  bytes: AsyncIterable<Uint8Array>,
  { shell, words, receiver, tally }: Run,
): Promise<void> {
  let outcome: ArchiveFate
  let reason: unknown = null
  try {
    const taken = await receiver.receive(foundAt(file, mail), bytes)
    if (taken.kind !== 'accepted') outcome = 'not-a-mail'
    else if (taken.recorded.length === 0) outcome = 'not-ours'
    else outcome = taken.recorded.some(({ isNew }) => isNew) ? 'recorded' : 'known'
  } catch (error) {
    if (error instanceof Stopped) return
    outcome = error instanceof CutOff ? 'cut-off' : 'failed'
    reason = error
  }
  tally.mail(outcome)
  const name = harmless(await mail.name())
  if (words.each) shell.io.out(words.json ? json({ file: name, outcome }) : `${name}: ${outcome}`)
  // In a pipe nobody reads it, or a mail server takes it for a complaint.
  if (outcome === 'not-a-mail' && !words.each && file !== '-') shell.io.err(`${name}: not a mail`)
  if (outcome === 'cut-off')
    shell.io.err(`${name}: the file ends within this mail; if it is whole, end the file with an empty line`)
  if (outcome === 'failed') shell.io.err(`${name}: not recorded: ${fileErrorWords(reason)}`)
}

const lineEveryMs = 10_000
const redrawEveryMs = 200

/** Where it stands: redrawn on a terminal, a line now and then elsewhere. */
function showProgress(tally: Tally, { io }: Shell): { readonly stop: () => void } {
  const isWatched = process.stderr.isTTY === true && io.terminal !== undefined
  const timer = setInterval(
    () => (isWatched ? process.stderr.write(`\r\u001b[K${tally.line()}`) : io.err(tally.line())),
    isWatched ? redrawEveryMs : lineEveryMs,
  )
  timer.unref()
  let isStopped = false
  return {
    stop: () => {
      clearInterval(timer)
      if (isWatched && !isStopped) process.stderr.write('\r\u001b[K')
      isStopped = true
    },
  }
}
