// `rebound classify`: what mails report and how they are judged, as lines for people or NDJSON for programs.

import { readFile } from 'node:fs/promises'
import type { Judgement } from '../../model/verdict.ts'
import type { MailReader } from '../../reader.ts'
import { fileErrorWords } from '../../system/file-error.ts'
import { because, explanationLines } from '../explanation.ts'
import { filesUnder, mailsOf, type StoredMail } from '../mail-files.ts'
import type { Define, JsonOption } from '../shell.ts'
import { CommandError, harmless, type Io, json } from '../terminal.ts'

export interface ClassifyOptions extends JsonOption {
  readonly explain?: boolean
  /** The mails came with `MAIL FROM:<>`. */
  readonly nullSender?: boolean
  /** A file of rules as `rules export` writes it; they take the place of the shipped ones. */
  readonly rules?: string
}

export const classifyCommand: Define = (command, { io, hints, exit }) => {
  command
    .argument('<path...>', 'files, directories, mbox files, or - for standard input')
    .option('--json', 'one JSON object a message')
    .option('--explain', 'show the opinion of each rung of the ladder')
    .option('--rules <file>', 'judge with these operators’ rules (JSON)')
    .option('--null-sender', 'the mails came with MAIL FROM:<>, which their bytes need not show')
    .addHelpText('after', `\nExample: ${hints.rebound('classify --json bounces.mbox')}`)
    .action(async (paths: string[], options: ClassifyOptions) =>
      exit(await classifyPaths(paths, options, io)),
    )
}

/**
 * Classifies every mail under the paths.
 * @returns 0, or 1 when a path could not be read; the others are classified all the same.
 * Throws CommandError with exit code 2 for a rules file that cannot be used.
 */
export async function classifyPaths(
  paths: readonly string[],
  options: ClassifyOptions,
  io: Io,
): Promise<number> {
  const { createReader, classifiedOf } = await import('../../reader.ts')
  const rules = options.rules === undefined ? undefined : await rulesOf(options.rules)
  const reader = orUsage(`--rules ${options.rules}`, () => createReader(rules === undefined ? {} : { rules }))
  let exitCode = 0
  const failed = (path: string, error: unknown): void => {
    io.err(`${harmless(path)}: ${fileErrorWords(error)}`)
    exitCode = 1
  }
  const classifyFile = async (file: string): Promise<void> => {
    try {
      for await (const mail of mailsOf(file, io.stdin ?? process.stdin))
        await classifyMail(mail, reader, classifiedOf, options, io)
    } catch (error) {
      failed(file, error)
    }
  }
  for (const path of paths) {
    try {
      for await (const file of filesUnder(path)) await classifyFile(file)
    } catch (error) {
      failed(path, error)
    }
  }
  return exitCode
}

async function rulesOf(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CommandError(`--rules ${file}: ${fileErrorWords(error)}`, 2)
  })
  try {
    return JSON.parse(text)
  } catch {
    throw new CommandError(`--rules ${file}: this is not JSON; write what "rules export" prints`, 2)
  }
}

/** A fault in `work` counts as wrong usage of `option`. */
function orUsage<Value>(option: string, work: () => Value): Value {
  try {
    return work()
  } catch (error) {
    throw new CommandError(`${option}: ${error instanceof Error ? error.message : String(error)}`, 2)
  }
}

async function classifyMail(
  mail: StoredMail,
  reader: MailReader,
  classifiedOf: typeof import('../../reader.ts').classifiedOf,
  options: ClassifyOptions,
  io: Io,
): Promise<void> {
  const message = await reader.parse(mail.bytes)
  const delivery = { nullSender: options.nullSender === true }
  const report = reader.read(message, delivery)
  const judgement = reader.judge(report)
  const file = await mail.name()
  const explanation = options.explain === true ? reader.explain(report) : null
  const signs = explanation === null ? [] : reader.signs(message, delivery)
  if (options.json === true) {
    const line = { file, ...classifiedOf(report, judgement) }
    io.out(json(explanation === null ? line : { ...line, signs, explanation: explanation.recipients }))
    return
  }
  for (const line of humanLines(file, judgement)) io.out(line)
  if (explanation !== null) for (const line of explanationLines(report, signs, explanation)) io.out(line)
}

/** `file: bounce hard unknown-user ana@example.org 5.1.1 (exact-status 5.1.1)`, one line a recipient. */
function humanLines(file: string, { kind, recipients }: Judgement): readonly string[] {
  const of = recipients.length > 0 ? recipients : [null]
  return of.map(recipient => {
    const words: string[] = [kind]
    if (recipient !== null) {
      if (recipient.verdict !== null) words.push(recipient.verdict.type, recipient.verdict.category)
      words.push(recipient.address ?? recipient.originalAddress ?? '(no address)')
      if (recipient.status !== null) words.push(recipient.status)
      if (recipient.verdict !== null) words.push(`(${because(recipient.verdict)})`)
    }
    return harmless(`${file}: ${words.join(' ')}`)
  })
}
