// The log as a person at a terminal reads it: a line of words for each line of JSON.

import { harmless } from './harmless.ts'

/** SGR codes (ECMA-48 §8.3.117). */
const colors: Readonly<Record<string, number>> = {
  trace: 2,
  debug: 2,
  info: 32,
  warn: 33,
  error: 31,
  fatal: 31,
}
const dim = 2
const levelWidth = 5

/** @param line as pino writes it; anything else is shown as it is */
export function readableLine(line: string, { hasColors }: { readonly hasColors: boolean }): string {
  const paint = (text: string, color: number | undefined): string =>
    hasColors && color !== undefined ? `\u001b[${color}m${text}\u001b[0m` : text
  const entry = parsed(line)
  if (entry === null) return `${harmless(line.trimEnd())}\n`
  const { level, time, msg, err, ...fields } = entry
  const words = Object.entries(fields).flatMap(([name, value]) => wordsOf(name, value))
  const head = [
    paint(clock(time), dim),
    paint(String(level).padEnd(levelWidth), colors[String(level)]),
    harmless(String(msg ?? '')),
    ...words.map(word => paint(word, dim)),
  ].join(' ')
  return `${head}\n${errorLines(err, String(level))}`
}

function parsed(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' ? (value as Readonly<Record<string, unknown>> | null) : null
  } catch {
    return null
  }
}

/** The time of day here; the JSON log has the date, in UTC. */
function clock(time: unknown): string {
  const at = new Date(String(time))
  return Number.isNaN(at.getTime()) ? '--:--:--' : at.toTimeString().slice(0, 8)
}

/** `name=value`; an object in a list without its quotes, a value of nothing left out. */
function wordsOf(name: string, value: unknown): readonly string[] {
  if (value === null || value === undefined || value === '') return []
  if (Array.isArray(value) && value.length === 0) return []
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return [`${name}=${harmless(/\s/.test(text) && typeof value === 'string' ? JSON.stringify(text) : text)}`]
}

/** An error, with its stack if it is our fault. */
function errorLines(error: unknown, level: string): string {
  if (typeof error !== 'object' || error === null) return ''
  const { message, stack } = error as { readonly message?: unknown; readonly stack?: unknown }
  const isOurs = level === 'error' || level === 'fatal'
  const text = String((isOurs ? stack : message) ?? message ?? '')
  return text
    .split('\n')
    .map(line => `         ${harmless(line)}\n`)
    .join('')
}
