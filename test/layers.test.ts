// Holds the import table of ARCHITECTURE.md and the file sizes: the layout is a promise, not a habit.

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const source = join(root, 'src')

/** Room → rooms it may import, as the table of ARCHITECTURE.md says; a room is a folder or a file directly in `src`. */
const allowed: Record<string, readonly string[]> = importTable(
  readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8'),
)

function importTable(page: string): Record<string, readonly string[]> {
  const names = (cell: string): string[] => [...cell.matchAll(/`([a-z-]+)`/g)].map(match => match[1] ?? '')
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| [^|]+ \| ([^|]+) \|$/gm)]
  return Object.fromEntries(rows.map(([, room = '', may = '']) => [room, names(may)]))
}

/** Packages that only one file may import. */
const doors: Record<string, string> = {
  knex: 'store/database/open.ts',
  'better-sqlite3': 'store/database/glance.ts',
  'smtp-server': 'smtp/connection.ts',
  imapflow: 'mailbox/imap.ts',
  mailparser: 'backend/kept-mail.ts',
  '@zone-eu/mailsplit': 'message/splitter.ts',
  'prom-client': 'metrics/instruments.ts',
  nodemailer: 'harness/send.ts',
  pino: 'system/log.ts',
}

/** What the middle never touches: net, files, clock, randomness. */
const middle = ['model', 'return-path', 'message', 'report', 'classify', 'knowledge', 'crm']
const outside =
  /^node:(net|tls|fs|fs\/promises|http|https|child_process|dns|timers|timers\/promises|worker_threads)$/
/** Reads the tables in JSON once, at the start: they are a part of the program. */
const tables = { file: 'knowledge/files.ts', target: 'node:fs' }
const clockOrChance =
  /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandomBytes\(|\brandomUUID\(|\bperformance\.now\(/

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(file => /\.tsx?$/.test(file))

const roomOf = (file: string): string =>
  file.includes('/') ? file.slice(0, file.indexOf('/')) : file.replace(/\.tsx?$/, '')

interface Import {
  readonly file: string
  readonly target: string
  readonly typeOnly: boolean
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(source, file), 'utf8')
  const found: Import[] = []
  for (const match of text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm))
    found.push({ file, target: match[2] ?? '', typeOnly: match[1] !== undefined })
  for (const match of text.matchAll(/\bimport\(\s*'([^']+)'/g))
    found.push({ file, target: match[1] ?? '', typeOnly: false })
  return found
}

function targetRoom(each: Import): string | null {
  if (!each.target.startsWith('.')) return null
  const path = relative(source, resolve(source, dirname(each.file), each.target))
  if (path.startsWith('../migrations')) return 'migrations'
  return path.startsWith('..') ? null : roomOf(path)
}

const imports = files.flatMap(importsOf)

describe('the import table', () => {
  test('sees the source', () => {
    expect(files.length).toBeGreaterThan(30)
    expect(imports.length).toBeGreaterThan(60)
  })

  test('every room is in the table', () => {
    expect(files.map(roomOf).filter(room => !(room in allowed))).toEqual([])
  })

  test('no room imports another than it may', () => {
    const wrong = imports.flatMap(each => {
      const from = roomOf(each.file)
      const to = targetRoom(each)
      if (to === null || to === from || allowed[from]?.includes(to)) return []
      return [`${each.file} imports ${each.target}`]
    })
    expect(wrong).toEqual([])
  })

  test('no row allows what no import needs', () => {
    const used = new Set(imports.map(each => `${roomOf(each.file)} ${targetRoom(each)}`))
    const idle = Object.entries(allowed).flatMap(([from, rooms]) =>
      rooms.filter(to => !used.has(`${from} ${to}`)).map(to => `${from} needs no ${to}`),
    )
    expect(idle).toEqual([])
  })

  test('one door per package', () => {
    const wrong = imports.flatMap(each => {
      const name = Object.keys(doors).find(door => each.target === door || each.target.startsWith(`${door}/`))
      if (name === undefined || each.typeOnly || doors[name] === each.file) return []
      return [`${each.file} imports ${each.target}`]
    })
    expect(wrong).toEqual([])
  })

  test('the middle imports no net, files, clock or chance', () => {
    const wrong = imports
      .filter(each => middle.includes(roomOf(each.file)) && !each.typeOnly && outside.test(each.target))
      .filter(({ file, target }) => file !== tables.file || target !== tables.target)
      .map(each => `${each.file} imports ${each.target}`)
    for (const file of files)
      if (middle.includes(roomOf(file)) && clockOrChance.test(readFileSync(join(source, file), 'utf8')))
        wrong.push(`${file} asks a clock or chance`)
    expect(wrong).toEqual([])
  })
})

describe('the files', () => {
  test('none is longer than 300 lines, tables exempt', () => {
    const tables = ['settings/table.ts', 'model/categories.ts', 'knowledge/']
    const long = files.filter(
      file =>
        !tables.some(table => file.startsWith(table)) &&
        readFileSync(join(source, file), 'utf8').split('\n').length > 301,
    )
    expect(long).toEqual([])
  })

  test('a type that a file exports is declared nowhere else: one name, one thing', () => {
    const declared = files.flatMap(file =>
      [
        ...readFileSync(join(source, file), 'utf8').matchAll(
          /^(export )?(?:interface|type|(?:abstract )?class) (\w+)/gm,
        ),
      ].map(([, exported, name = '']) => ({ file, name, isExported: exported !== undefined })),
    )
    const exported = new Set(declared.filter(({ isExported }) => isExported).map(({ name }) => name))
    expect(exported.size).toBeGreaterThan(400)
    const places = (name: string): readonly string[] =>
      declared.filter(each => each.name === name).map(({ file }) => file)
    const doubled = [...exported].filter(name => places(name).length > 1)
    expect(doubled.map(name => `${name}: ${places(name).join(', ')}`)).toEqual([])
  })

  test('constants are named like all else, in camel case', () => {
    const shouted = files.flatMap(file =>
      [
        ...readFileSync(join(source, file), 'utf8').matchAll(
          /^(?:export )?const ([A-Z][A-Z0-9]*_[A-Z0-9_]+)/gm,
        ),
      ].map(match => `${match[1]} in ${file}`),
    )
    expect(shouted).toEqual([])
  })

  test('no name says nothing', () => {
    const empty = /(^|\/)(utils?|helpers?|common|types|index|misc)\.tsx?$|(Manager|Service)/
    expect(files.filter(file => empty.test(file))).toEqual([])
  })

  test('each opens with a sentence of what it is', () => {
    const silent = files.filter(file => !/^(#!.*\n)?\/\/ \S/.test(readFileSync(join(source, file), 'utf8')))
    expect(silent).toEqual([])
  })
})
