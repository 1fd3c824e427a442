// `rebound classify`: what mails report and how they are judged, as lines for people or NDJSON for programs.

import { readFile } from 'node:fs/promises'
import { categories } from '../model/categories.ts'
import type { Message } from '../model/message.ts'
import type { Report } from '../model/report.ts'
import type { Explanation, Judgement, RecipientExplanation, Verdict } from '../model/verdict.ts'
import { classified } from '../reader.ts'
import { filesUnder, mailsOf, type StoredMail } from './mail-files.ts'
import { CommandError, harmless, type Io } from './terminal.ts'

/** What SMTP knew of a mail and its bytes do not say. */
interface Delivery {
  readonly nullSender: boolean
}

/** The stages that a mail goes through; none of them throws for what a mail says. */
export interface Reader {
  readonly parse: (bytes: AsyncIterable<Uint8Array>) => Promise<Message>
  readonly read: (message: Message, delivery: Delivery) => Report
  readonly signs: (message: Message, delivery: Delivery) => readonly string[]
  readonly judge: (report: Report) => Judgement
  readonly explain: (report: Report) => Explanation
}

export interface ClassifyOptions {
  readonly json?: boolean
  readonly explain?: boolean
  /** The mails came with `MAIL FROM:<>`. */
  readonly nullSender?: boolean
  /** A file of rules as `rules export` writes it; they take the place of the shipped ones. */
  readonly rules?: string
}

export interface ClassifyWorld {
  readonly io: Io
  readonly stdin?: AsyncIterable<Uint8Array>
  /** Makes the stages; `rules` is parsed JSON, undefined for the shipped rules. Throws an Error that says what is wrong. */
  readonly createReader: (options: { readonly rules?: unknown }) => Reader
}

/**
 * Classifies every mail under the paths.
 * @returns 0, or 1 when a path could not be read; the others are classified all the same.
 * Throws CommandError with exit code 2 for a rules file that cannot be used.
 */
export async function classifyPaths(
  paths: readonly string[],
  options: ClassifyOptions,
  { io, stdin = process.stdin, createReader }: ClassifyWorld,
): Promise<number> {
  const reader =
    options.rules === undefined ? createReader({}) : await readerWithRules(options.rules, createReader)
  let exitCode = 0
  const failed = (path: string, error: unknown): void => {
    io.err(`${harmless(path)}: ${error instanceof Error ? error.message : String(error)}`)
    exitCode = 1
  }
  for (const path of paths) {
    try {
      for await (const file of filesUnder(path)) {
        try {
          for await (const mail of mailsOf(file, stdin)) await classifyMail(mail, reader, options, io)
        } catch (error) {
          failed(file, error)
        }
      }
    } catch (error) {
      failed(path, error)
    }
  }
  return exitCode
}

async function readerWithRules(file: string, createReader: ClassifyWorld['createReader']): Promise<Reader> {
  try {
    return createReader({ rules: JSON.parse(await readFile(file, 'utf8')) })
  } catch (error) {
    throw new CommandError(`--rules ${file}: ${error instanceof Error ? error.message : String(error)}`, 2)
  }
}

async function classifyMail(
  mail: StoredMail,
  reader: Reader,
  options: ClassifyOptions,
  io: Io,
): Promise<void> {
  const message = await reader.parse(mail.bytes)
  const delivery = { nullSender: options.nullSender === true }
  const report = reader.read(message, delivery)
  const judgement = reader.judge(report)
  const file = await mail.name()
  const explanation = options.explain === true ? reader.explain(report) : null
  if (options.json === true) {
    const line = { file, ...classified(report, judgement) }
    io.out(
      JSON.stringify(
        explanation === null
          ? line
          : { ...line, signs: reader.signs(message, delivery), explanation: explanation.recipients },
      ),
    )
    return
  }
  for (const line of humanLines(file, judgement)) io.out(line)
  if (explanation !== null)
    for (const line of explanationLines(report, reader.signs(message, delivery), explanation)) io.out(line)
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

function because({ because: { rung, rule, text, overruled } }: Verdict): string {
  const words = text === undefined ? '' : `: “${text}”`
  const lost = overruled === undefined ? '' : `, overruling ${overruled.rung} ${overruled.rule}`
  return `${rung} ${rule}${words}${lost}`
}

function explanationLines(
  report: Report,
  signs: readonly string[],
  explanation: Explanation,
): readonly string[] {
  const from = report.reportingMta === null ? '' : `, from ${report.reportingMta}`
  const lines = [
    report.reader === 'none'
      ? '  no reader took it for a report or an automatic answer'
      : `  read by ${report.reader}${from}`,
    `  signs of a mail system: ${signs.length === 0 ? 'none' : signs.join('; ')}`,
  ]
  explanation.recipients.forEach((recipient, at) => {
    lines.push(...recipientLines(recipient, report.recipients[at]?.diagnostic ?? null))
  })
  return lines.map(harmless)
}

const marks = { decides: '→', overruled: '✗', outranked: ' ', silent: '·' } as const
const fates = {
  decides: '',
  overruled: '  (overruled: the sender is at fault)',
  outranked: '  (outranked)',
  silent: '',
}

/** What a rule about the stage of the session makes of the words found. */
const hints: Readonly<Record<string, string>> = {
  'stage/connect': ' (refused on connecting, before any recipient)',
  'stage/helo': ' (refused at HELO, before any recipient)',
  'stage/mail': ' (refused at MAIL FROM, before any recipient)',
  'stage/data':
    ' (unknown-user by its words, but of a mailbox that had been accepted: after DATA, or status 5.2.x)',
}

function recipientLines(
  { address, verdict, steps }: RecipientExplanation,
  diagnostic: string | null,
): string[] {
  const lines = [`  ${address ?? '(no address)'}`]
  if (diagnostic !== null) lines.push(`    said: ${cut(diagnostic)}`)
  if (verdict === null) return [...lines, '    did not fail: nothing to judge']
  let silent: string[] = []
  const fold = (): void => {
    if (silent.length > 0) lines.push(`    ${marks.silent} no opinion    ${silent.join(', ')}`)
    silent = []
  }
  for (const { rung, opinion, fate } of steps) {
    if (opinion === null) {
      silent.push(rung)
      continue
    }
    fold()
    const words = opinion.text === undefined ? '' : ` “${cut(opinion.text)}”`
    const said = `${opinion.type ?? ''} ${opinion.category}, ${opinion.rule}${words}`.trim()
    lines.push(`    ${marks[fate]} ${rung.padEnd(13)} ${said}${hints[opinion.rule] ?? ''}${fates[fate]}`)
  }
  fold()
  const how = verdict.permanent === null ? '' : verdict.permanent ? 'permanent, ' : 'temporary, '
  lines.push(`    = ${verdict.type} ${verdict.category} (${how}${because(verdict)})`)
  lines.push(`      ${categories[verdict.category].sentence}`)
  return lines
}

function cut(text: string): string {
  return text.length > 300 ? `${text.slice(0, 299)}…` : text
}
