// How commands are written: every one shows an example and answers programs too, and wrong usage says what is right.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { beforeAll, describe, expect, test } from 'vitest'
import { timeBound } from '../../src/model/validity.ts'
import { installation, lines, say, wholeProgram } from './terminal.ts'

/** The words of every command that does something. */
function leaves(command: Command, words: readonly string[] = []): readonly (readonly string[])[] {
  if (command.commands.length === 0) return [words]
  return command.commands.flatMap(each => leaves(each, [...words, each.name()]))
}
const all = leaves(await wholeProgram())

/** An installation with an empty database. */
const migrated = installation()
beforeAll(async () => {
  expect((await say(['migrate'], migrated)).code).toBe(0)
})

/** A mail as it came, a server, and a show for people: nothing of it is JSON. */
const withoutJson = ['serve', 'demo', 'postmaster show']

test('there are commands', () => expect(all.length).toBeGreaterThan(25))

test.each(all.map(words => words.join(' ')))('%s --help has an example and --json', async words => {
  const { code, out } = await say([...words.split(' '), '--help'])
  expect(code).toBe(0)
  expect(out).toMatch(/^Example: .*\S/m)
  expect(out.split('Example:')[1]).toContain(words)
  expect(/^ +--json /m.test(out)).toBe(!withoutJson.includes(words))
})

describe('wrong usage exits 2, says what is right, and prints nothing on stdout', () => {
  const longId = 'x'.repeat(65)
  test.each<[words: readonly string[], expected: RegExp]>([
    [['records', 'list', '--csv', '--json'], /--csv.*cannot be used with.*--json/],
    [['records', 'list', '--campaign', ''], /^--campaign is empty: write a value, or leave it out$/],
    [['records', 'list', '--module', ''], /^--module is empty/],
    [['records', 'list', '--campaign', longId], /^--campaign x+: must be text of 1 to 64 characters/],
    [['records', 'list', '--module', 'contact'], /^--module contact: .*did you mean contacts\?/],
    [['records', 'show', 'contact', '42'], /^MODULE contact: .*did you mean contacts\?.*companies, leads/],
    [['records', 'show', 'contacts', longId], /^ID x+: must be text of 1 to 64 characters/],
    [['records', 'reset', 'led', '42'], /^MODULE led: .*did you mean leads\?/],
    [['records', 'alive', 'led', '42'], /^MODULE led: .*did you mean leads\?/],
    [['records', 'reset', 'contacts', ''], /^ID .*1 to 64 characters/],
    [['campaigns', 'show', longId], /^ID x+: must be/],
    [
      ['bounce', 'postfix', 'unknown-user', '--to', 'foo'],
      /^--to foo: write an address, as in b-.*address mint/,
    ],
    [['bounce', '--all', '--to', ''], /^--to/],
    [
      ['bounce', 'postfix', 'unknown-user', '--to', 'a@b.example', '--original-to', '@'],
      /^--original-to @: write an address/,
    ],
    [['bounces', 'list', '--campaign', ''], /^--campaign is empty/],
    [['bounces', 'list', '--campaign', longId], /^--campaign x+: must be/],
    [['bounces', 'list', '--after', 'zz'], /^--after zz: write the cursor that an earlier list ended with$/],
    [['address', 'mint', '--modul', 'contacts'], /Did you mean --module\?/],
    [['address', 'mint', '--module', 'contacts'], /^--id is needed: .*\n--to is needed: .*$/],
    [
      ['address', 'mint', '--module', 'contact', '--id', '1', '--to', 'a@example.org'],
      /did you mean contacts\?/,
    ],
    [
      ['rules', 'add', '--section', 'body', '--type', 'hard'],
      /^--text is needed: 1 to 100 characters, as they stand/,
    ],
    [['rules', 'add'], /^--section is needed: body.*\n--type is needed: .*\n--text is needed: .*$/],
    [
      ['rules', 'add', '--section', 'body', '--type', 'hard', '--text', ''],
      /^--text should have at least 1 character$/,
    ],
    [['webhooks', 'list', '--limit', ''], /^--limit is empty/],
    [['webhooks', 'retri', '3'], /unknown command 'retri'\n\(Did you mean retry\?\)/],
    [['incidents', '3'], /unknown command '3'/],
    [['rules', '--jsn'], /unknown option '--jsn'/],
    [['rules', 'import', '/none/rules.json'], /^\/none\/rules\.json: there is no such file$/],
    [['rules', 'import', 'README.md'], /^README\.md: this is not JSON; write what "rules export" prints$/],
    [['classify', '--rules', 'README.md', 'x.eml'], /^--rules README\.md: this is not JSON; write what/],
    [['bounces', 'undo', '--since', '2026-01-31T12:00'], /^--since 2026-01-31T12:00: must be ISO 8601/],
  ])('%j', async (words, expected) => {
    const { code, out, err } = await say(words, migrated)
    expect(err).toMatch(expected)
    expect(code).toBe(2)
    expect(out).toBe('')
  })
})

test('an unreadable mapping file is told before a module that only it can know', async () => {
  const { code, err } = await say(['records', 'show', 'accounts', '1'], {
    ...installation(),
    REBOUND_CRM_FILE: '/dev/null/mapping.json',
  })
  expect(code).not.toBe(0)
  expect(err).toContain('REBOUND_CRM_FILE')
  expect(err).not.toContain('did you mean')
})

test('an empty cursor is the beginning, as over HTTP', async () =>
  expect(await say(['bounces', 'list', '--after', '', '--json'], migrated)).toEqual({
    code: 0,
    out: '',
    err: '',
  }))

test('what changes something says so to programs', async () => {
  const environment = installation()
  const rebound = async (...words: string[]) => lines(await say([...words, '--json'], environment))[0]
  expect(await rebound('migrate')).toEqual({ applied: expect.arrayContaining([expect.any(String)]) })
  expect(await rebound('migrate')).toEqual({ applied: [] })
  const rule = ['--section', 'body', '--text', 'no longer works here', '--type', 'hard']
  const added = await rebound('rules', 'add', ...rule)
  const exported = await rebound('rules', 'export')
  expect(exported?.rules).toContainEqual(added)
  expect(await rebound('rules', 'remove', `${added?.id}`)).toEqual({ removed: added?.id })
  expect(await rebound('rules', 'restore')).toEqual({ restored: true })
  const file = join(environment.REBOUND_DATA_DIR ?? '', 'rules.json')
  writeFileSync(file, JSON.stringify(exported))
  // All but the one that was removed.
  const present = Array.isArray(exported?.rules) ? exported.rules.length - 1 : null
  expect(await rebound('rules', 'import', file)).toEqual({ added: 1, present })
  await say(['address', 'mint', '--module', 'contacts', '--id', '1', '--to', 'a@example.org'], environment)
  const rotated = { ...environment, REBOUND_SECRET: 'another-secret-of-at-least-thirty-two-bytes' }
  const [old] = lines(await say(['keys', 'list', '--json'], rotated))
  expect(lines(await say(['keys', 'forget', `${old?.id}`, '--json'], rotated))).toEqual([
    { forgotten: old?.id },
  ])
})

test('every time that help and docs show is one that the commands take', async () => {
  const shown = await Promise.all(all.map(async words => (await say([...words, '--help'])).out))
  const docs = [
    'README.md',
    ...readdirSync('docs')
      .filter(name => name.endsWith('.md'))
      .map(name => `docs/${name}`),
  ]
  const texts = [...shown, ...docs.map(name => readFileSync(name, 'utf8'))]
  const times = texts.flatMap(text =>
    [...text.matchAll(/--(?:since|until|from|to)[ =](\d{4}-\S*)/g)].map(([, time = '']) => time),
  )
  expect(times.length).toBeGreaterThan(2)
  expect(times.filter(time => timeBound(time, 'from') === null)).toEqual([])
})

describe('a noun without a command lists', async () => {
  const nouns = all.filter(([, command]) => command === 'list').map(([noun = '']) => noun)
  test('there are such', () => expect(nouns.length).toBeGreaterThan(7))
  test.each(nouns)('%s', async noun => {
    for (const options of [[], ['--json']]) {
      const bare = await say([noun, ...options], migrated)
      expect(bare).toEqual(await say([noun, 'list', ...options], migrated))
      expect(bare.code).toBe(0)
    }
    const help = await say([noun, '--help'])
    expect(help.out).toContain('Commands:')
    expect(help.out).toMatch(new RegExp(`Without a command: .*${noun} list$`))
  })
})
