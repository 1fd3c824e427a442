// Why a mail was judged as it was: its signs, and the opinion of every rung, as lines for people.

import { categories } from '../model/categories.ts'
import type { Report } from '../model/report.ts'
import type { Explanation, RecipientExplanation, Verdict } from '../model/verdict.ts'
import { harmless } from './terminal.ts'

/** `exact-status 5.1.1`: the rung, its rule, the words that decided, and what they overruled. */
export function because({ because: { rung, rule, text, overruled } }: Verdict): string {
  const words = text === undefined ? '' : `: “${text}”`
  const lost = overruled === undefined ? '' : `, overruling ${overruled.rung} ${overruled.rule}`
  return `${rung} ${rule}${words}${lost}`
}

export function explanationLines(
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
  { address, verdict, wait, steps }: RecipientExplanation,
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
  lines.push(`    = ${verdict.type} ${verdict.category} (${lasting(verdict)}${because(verdict)})`)
  lines.push(`      ${categories[verdict.category].sentence}`)
  if (wait !== undefined)
    lines.push(`      come back after ${wait.seconds} s: “${cut(wait.text)}” (${wait.places.join(', ')})`)
  return lines
}

function lasting({ permanent }: Verdict): string {
  if (permanent === null) return ''
  return permanent ? 'permanent, ' : 'temporary, '
}

function cut(text: string): string {
  return text.length > 300 ? `${text.slice(0, 299)}…` : text
}
