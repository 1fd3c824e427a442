// Every command and npm script that the pages mention exists.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { wholeProgram } from '../cli/terminal.ts'
import { root } from '../end-to-end/server.ts'

const pages = [
  ...readdirSync(root).filter(name => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs')).flatMap(name => (name.endsWith('.md') ? [`docs/${name}`] : [])),
]
const program = await wholeProgram()

/** Whether the words begin with a command; the words after it are its arguments. */
function isCommand(words: readonly string[], command: Command = program): boolean {
  const [word, ...rest] = words
  if (word === undefined || command.commands.length === 0) return true
  const next = command.commands.find(each => each.name() === word)
  if (next !== undefined) return isCommand(rest, next)
  // A group such as `webhooks` also runs alone, followed by an option.
  return command !== program && !/^[a-z]/.test(word)
}

/** The plain words that follow `rebound` wherever a page shows how to type it. */
function named(text: string): readonly string[] {
  const typed = text.matchAll(/(?:npm run -s rebound --|main\.js|`rebound) ((?:[a-z-]+ ?)+)/g)
  return [...typed].map(match => (match[1] ?? '').trim())
}

const scripts = new Set(Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts))

test.each(pages)('%s', page => {
  const text = readFileSync(join(root, page), 'utf8')
  expect(named(text).filter(words => !isCommand(words.split(' ')))).toEqual([])
  const run = [...text.matchAll(/npm run (?:-s )?([a-z][a-z:]*)/g)].map(match => match[1] ?? '')
  expect(run.filter(name => !scripts.has(name))).toEqual([])
})

test('a command that does not exist is noticed', () => {
  expect(named('`rebound doctor` and `npm run -s rebound -- records shw contacts 42`')).toEqual([
    'doctor',
    'records shw contacts',
  ])
  expect(isCommand(['nurse'])).toBe(false)
  expect(isCommand(['records', 'shw'])).toBe(false)
  expect(isCommand(['records', 'show', 'contacts'])).toBe(true)
})
