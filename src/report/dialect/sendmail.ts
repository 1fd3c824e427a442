// Sendmail without a machine part, old (v5) and new: titled sections, recipients in one, the SMTP session in another.

import type { Finding, RecipientFinding } from '../finding.ts'
import { isNamedAddress } from '../machine/typed-address.ts'
import { isDelay } from '../notice/delay.ts'
import { headOf } from '../notice/heads.ts'
import { mentions } from '../notice/phrases.ts'
import type { Reading } from '../reading.ts'

const titles = [
  'transcript of session follows',
  'the following addresses had',
  'the following addresses have',
  'recipients of this delivery',
  'the following recipients',
]

interface Section {
  readonly title: string
  readonly lines: readonly string[]
}

/** A notice in Sendmail's words, or null. */
export function readSendmail(reading: Reading): Finding | null {
  if (!mentions(reading.lower, titles)) return null
  const sections = sectionsOf(reading.lines)
  if (!sections.some(section => mentions(section.title, titles))) return null
  const transcript = sections
    .filter(section => section.title.includes('transcript'))
    .flatMap(section => section.lines)
  const listing = sections.filter(
    section => !section.title.includes('transcript') && mentions(section.title, titles),
  )
  const delayed = listing.some(section => section.title.includes('transient non-fatal')) || isDelay(reading)
  const action = delayed ? 'delayed' : 'failed'
  const listed = listing.flatMap(section => recipientsIn(section.lines, action, transcript))
  const recipients = listed.length > 0 ? listed : fromTranscript(transcript, action)
  return recipients.length > 0 ? { reader: 'sendmail', recipients } : null
}

/** `   ----- Transcript of session follows -----` begins a section; what stands before the first has no title. */
function sectionsOf(lines: readonly string[]): readonly Section[] {
  const sections: { title: string; lines: string[] }[] = [{ title: '', lines: [] }]
  for (const line of lines) {
    const trimmed = line.trim()
    if (trimmed.startsWith('---') && trimmed.length < 120 && /[a-z]/i.test(trimmed)) {
      sections.push({ title: trimmed.replace(/^[-\s]{1,120}|[-\s]{1,120}$/g, '').toLowerCase(), lines: [] })
    } else {
      sections.at(-1)?.lines.push(line)
    }
  }
  return sections
}

function recipientsIn(
  lines: readonly string[],
  action: 'failed' | 'delayed',
  transcript: readonly string[],
): readonly RecipientFinding[] {
  const found: RecipientFinding[] = []
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const address = headOf(line)?.addresses[0] ?? null
    const program = address === null && /^"?[|/]/.test(line.trim())
    if (address === null && !program) continue
    const words: string[] = []
    while (at + 1 < lines.length && continues(line, words, lines[at + 1] ?? ''))
      words.push((lines[++at] ?? '').trim())
    const expanded = bracketed(words, 'expanded from:')
    const original = expanded === null ? null : (headOf(expanded)?.addresses[0] ?? null)
    if (address === null && original === null) continue
    const reason = bracketed(words, 'reason:') ?? headOf(line)?.rest ?? null
    found.push({
      address: address ?? original,
      originalAddress: original,
      action,
      diagnostic: reason || null,
      text: words.join('\n'),
    })
  }
  return found.map(one => ({
    ...one,
    text: [one.text, ...sessionAbout(one, transcript, found.length === 1)].join('\n'),
  }))
}

/** What belongs to a recipient stands deeper, in brackets, or goes on within them. */
function continues(head: string, words: readonly string[], line: string): boolean {
  if (line.trim() === '') return false
  if (indentOf(line) > indentOf(head) || line.trimStart().startsWith('(')) return true
  const last = words.findLastIndex(word => word.startsWith('('))
  return last >= 0 && !words.slice(last).some(word => word.endsWith(')'))
}

const indentOf = (line: string): number => line.length - line.trimStart().length

/** The value of `(reason: …)` among a recipient's indented lines, which may fold. */
function bracketed(words: readonly string[], label: string): string | null {
  const start = words.findIndex(line => line.toLowerCase().startsWith(`(${label}`))
  if (start < 0) return null
  let text = ''
  for (const line of words.slice(start, start + 20)) {
    text += `${text === '' ? '' : ' '}${line}`
    if (line.endsWith(')')) break
  }
  return text
    .slice(label.length + 1)
    .replace(/\)$/, '')
    .trim()
}

/** The lines of the session that name a recipient; all of them when none does and it is the only one. */
function sessionAbout(
  { address, originalAddress }: RecipientFinding,
  transcript: readonly string[],
  isOnly: boolean,
): readonly string[] {
  const mine = [address, originalAddress].flatMap(name => (name ? [name.toLowerCase()] : []))
  const about: string[] = []
  for (let at = 0; at < transcript.length && about.length < 100; at++) {
    const lower = (transcript[at] ?? '').toLowerCase()
    if (!mine.some(name => lower.includes(name))) continue
    about.push(transcript[at] ?? '')
    // What the server answered to a command that names it.
    while (lower.startsWith('>>>') && (transcript[at + 1] ?? '').startsWith('<<<'))
      about.push(transcript[++at] ?? '')
  }
  const isAnybodys = isOnly || !transcript.some(line => line.includes('@'))
  return about.length === 0 && isAnybodys ? transcript.slice(0, 100) : about
}

/** v5 lists nobody: `550 <ana@example.org>... User unknown` does, below what the remote server said. */
function fromTranscript(
  transcript: readonly string[],
  action: 'failed' | 'delayed',
): readonly RecipientFinding[] {
  const found = new Map<string, RecipientFinding>()
  let answers: string[] = []
  for (const raw of transcript.slice(0, 2000)) {
    const line = raw.trim()
    if (line.startsWith('>>>')) answers = []
    if (line.startsWith('<<<')) answers.push(line.slice(3).trim())
    const named = localVerdict(line)
    if (named === null) continue
    // `554 <a@b>... 550 Host unknown`: the second code is the cause, the first is Sendmail's own.
    const words = /^[245]\d\d[ -]/.test(named.words) ? named.words : line
    const key = named.address.toLowerCase()
    if (!found.has(key) && found.size < 100) {
      found.set(key, {
        address: named.address,
        action,
        diagnostic: [...answers, words].join(' '),
        text: [...answers, line].join('\n'),
      })
    }
    answers = []
  }
  return [...found.values()]
}

/** `[code ]<address>... words`, unless the code is one of success. */
function localVerdict(line: string): { address: string; words: string } | null {
  const dots = line.indexOf('...')
  if (dots < 0 || dots > 400 || /^(?:[23]\d\d|<<<|>>>)/.test(line)) return null
  const address = line
    .slice(0, dots)
    .replace(/^\d{3}[ -]/, '')
    .replace(/^[245]\.\d{1,3}\.\d{1,3}\s/, '')
    .replace(/^<|>$/g, '')
    .trim()
  return isNamedAddress(address) ? { address, words: line.slice(dots + 3).trim() } : null
}
